import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';

const root = fileURLToPath(packageRoot());
const definition = readFileSync(join(root, 'lib/constructs/definition.ts'), 'utf8');
const ends = readFileSync(join(root, 'lib/rollout/contracts/ends.ts'), 'utf8');

/** A source with a mistake in it, which somebody could well make. */
function mutated(source: string, from: string, to: string): string {
  if (!source.includes(from)) throw new Error(`there is no ${from} any more: give this mutant another place`);
  return source.replace(from, to);
}

const rolledBackRow = / {2}rolledBack: \{.*\},\n/.exec(ends)?.[0] ?? '';
const newRow = "  paused: { state: 'Paused', error: 'Paused', event: 'paused', deliberate: true, words: 'paused' },\n";
const withNewRow = mutated(ends, rolledBackRow, rolledBackRow + newRow);

/** A mutant is a file or two beside a table of ends of their own; the compiler has to name what is wrong with it. */
interface Mutant {
  readonly files: Readonly<Record<string, string>>;
  readonly names: string;
}

const ofDefinition = (from: string, to: string, names: string): Mutant => ({
  files: { definition: mutated(definition, from, to) },
  names,
});

const ROLLOUT = '../../../lib/rollout/document/rollout.ts';

const mutants: Readonly<Record<string, Mutant>> = {
  'a typo in the value of a Choice': ofDefinition("when('awaitCommit',", "when('awaitCommitt',", 'awaitCommitt'),
  'a typo in the state of a Choice': ofDefinition(", 'AwaitCommit')", ", 'AwaitComit')", 'AwaitComit'),
  'a typo in the state after a Task': ofDefinition("task('observe', 'Verdict')", "task('observe', 'Verdit')", 'Verdit'),
  'a typo in the state after a Wait': ofDefinition("Next: 'Observe' }", "Next: 'Obserfe' }", 'Obserfe'),
  'a typo in a Default': ofDefinition("Default: 'Revert'", "Default: 'Rewert'", 'Rewert'),
  'a typo in the state that a Catch leads to': ofDefinition("catchInto('Revert')", "catchInto('Rewert')", 'Rewert'),
  'a typo in the name of a state': ofDefinition('\n      Bake: {', '\n      Bakery: {', 'Bakery'),
  'an outcome without a row': {
    files: { outcome: "import type { Outcome } from './ends.ts';\nexport const outcome: Outcome = 'paused';\n" },
    names: 'paused',
  },
  'a next that is no place of the machine': {
    files: { next: `import type { Next } from '${ROLLOUT}';\nexport const next: Next = 'paused';\n` },
    names: 'paused',
  },
  'a row without its event': { files: { ends: mutated(ends, "event: 'reverted', ", '') }, names: 'event' },
  'a new row whose end has no state in the machine': { files: { ends: withNewRow, definition }, names: "'Paused'" },
};

/** The errors that the compiler finds in each mutant, and in the sources as they are. */
const errors = new Map<string, readonly string[]>();
const AS_IT_IS = 'the sources as they are';
let folder = '';

beforeAll(() => {
  mkdirSync(join(root, 'dist'), { recursive: true });
  folder = mkdtempSync(join(root, 'dist', 'mutants-'));
  const all = Object.entries<Pick<Mutant, 'files'>>({ ...mutants, [AS_IT_IS]: { files: { definition } } });
  for (const [index, [, { files }]] of all.entries()) {
    mkdirSync(join(folder, `${index}`));
    for (const [name, source] of Object.entries<string>({ ends, ...files })) {
      writeFileSync(join(folder, `${index}`, `${name}.ts`), placed(source));
    }
  }
  const options = { extends: '../../tsconfig.json', include: ['**/*.ts'], compilerOptions: { types: [] } };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const printed = compile();
  for (const [index, [name]] of all.entries()) {
    const place = `${relative(root, folder)}/${index}/`;
    errors.set(
      name,
      printed.filter((line) => line.startsWith(place)),
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The imports of a source that was moved beside the table of ends and two folders further down. */
const placed = (source: string): string =>
  source.replace("'../rollout/contracts/ends.ts'", "'./ends.ts'").replaceAll("'../rollout/", "'../../../lib/rollout/");

function compile(): readonly string[] {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return [];
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout).split('\n');
  }
}

it(`${AS_IT_IS} compile`, () => {
  expect(errors.get(AS_IT_IS)).toEqual([]);
});

it.each(Object.entries(mutants))('%s does not compile', (name, { names }) => {
  expect(errors.get(name)).toContainEqual(expect.stringContaining(names));
});
