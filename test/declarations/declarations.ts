import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../lib/package-root.ts';

/** Something that a user of the package can name, as its declaration has it. */
export interface Declared {
  /** For example `RolloutAliasProps.alarms`. */
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'type' | 'const' | 'function' | 'member';
  /** The doc comment right before it; empty if there is none. */
  readonly comment: string;
  readonly optional: boolean;
  /** The line that declares it. */
  readonly text: string;
}

/** An export, and the file that declares it. */
export interface Exported {
  readonly name: string;
  readonly file: string;
}

const root = fileURLToPath(packageRoot());

/** Lets the compiler emit the declarations of an entry point, and hands out a reader of their text. */
export function withDeclarations<T>(entry: string, use: (read: (file: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-declarations-'));
  try {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        emitDeclarationOnly: true,
        outDir: folder,
        rootDir: root,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files: [join(root, entry)],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
    return use((file) => readFileSync(join(folder, file.replace(/\.ts$/, '.d.ts')), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names that an entry point exports, with the files that they come from. */
export function exportsOf(entry: string, text: string): readonly Exported[] {
  const exports = text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']*)';/gm);
  return [...exports].flatMap(([, names = '', from = '']) =>
    namesIn(names).map((name) => ({ name, file: join(dirname(entry), from) })),
  );
}

/** The names that a declaration file takes from other files of the package. */
export const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^import (?:type )?\{([^}]*)\} from '\.[^']*';/gm)].flatMap(([, names = '']) => namesIn(names));

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.replace(/\btype\b/, '').trim())
    .filter(Boolean);

/** Everything that a declaration file declares, but what is private or protected, and constructors. */
export function declaredIn(text: string): readonly Declared[] {
  const declared: Declared[] = [];
  const inside: (string | undefined)[] = [];
  let comment = '';
  let open = false;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (open || line.startsWith('/**')) {
      comment = open ? `${comment}\n${line}` : line;
      open = !line.endsWith('*/');
      continue;
    }
    const parent = inside.at(-1);
    const found = inside.length === 0 ? topLevel(line) : parent ? memberOf(parent, line) : undefined;
    if (found) declared.push({ ...found, comment, text: line });
    comment = '';
    for (const brace of line.match(/[{}]/g) ?? []) {
      if (brace === '}') inside.pop();
      else inside.push(found?.name);
    }
  }
  return declared;
}

type Found = Omit<Declared, 'comment' | 'text'>;

function topLevel(line: string): Found | undefined {
  const [, kind, name] =
    /^export (?:declare )?(?:abstract )?(class|interface|type|const|function) (\w+)/.exec(line) ?? [];
  return name ? { name, kind: kind as Declared['kind'], optional: false } : undefined;
}

function memberOf(parent: string, line: string): Found | undefined {
  if (/^(private|protected|constructor|#)/.test(line)) return undefined;
  const [, name, optional] = /^(?:(?:readonly|static|abstract|get|set|declare) )*(\w+)(\?)?\s*[(:<;]/.exec(line) ?? [];
  return name ? { name: `${parent}.${name}`, kind: 'member', optional: optional === '?' } : undefined;
}
