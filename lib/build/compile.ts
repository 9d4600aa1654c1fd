import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.ts';

/** The folder of Sluice's package.json, as a path. */
export const root = fileURLToPath(packageRoot());

/** Runs the command of a package by the Node that runs this, and passes its output on. If it fails, so does this process. */
export function run(packageName: string, command: string, ...words: readonly string[]): void {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  const script = join(dirname(manifest), bin[command] as string);
  const { status } = spawnSync(process.execPath, [script, ...words], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/**
 * Lets the compiler write the declarations of sources, and of all that they import, into an emptied folder.
 *
 * @param sources as paths below the package
 * @returns the path of the compiler's configuration, from which the folder's declarations can be read again
 */
export function emitDeclarations(folder: string, sources: readonly string[]): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tsconfig = join(folder, 'tsconfig.json');
  const back = (path: string) => relative(folder, join(root, path));
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: back('tsconfig.json'),
      compilerOptions: { noEmit: false, emitDeclarationOnly: true, rootDir: back('.'), outDir: '.' },
      include: [],
      files: sources.map(back),
    }),
  );
  run('typescript', 'tsc', '--project', tsconfig);
  return tsconfig;
}
