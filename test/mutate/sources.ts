import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import vitestConfig from '../../vitest.config.ts';

/** The unit tests as `vitest.config.ts` has them. */
interface UnitTests {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Tests that say nothing of a mutant: of this tool, and of dist/ (each mutant differs from what was built, which is rebuilt before
 * the tests of a real change).
 */
const WITHOUT_SAY = ['test/mutate/**', 'test/build/**'];

/** @throws Error if no project is named "unit" */
export function unitTests(): UnitTests {
  const projects = (vitestConfig.test?.projects ?? []) as { test?: UnitTests & { name: string } }[];
  const unit = projects.find(({ test }) => test?.name === 'unit')?.test;
  if (!unit) throw new Error('vitest.config.ts: expected a project named "unit"');
  return { ...unit, exclude: [...unit.exclude, ...WITHOUT_SAY] };
}

/** The files that match, relative to the package, with `/`, sorted. */
export const filesOf = (root: string, include: readonly string[], exclude: readonly string[] = []): string[] =>
  globSync([...include], { cwd: root, exclude: [...exclude] })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();

export const readAll = (root: string, files: readonly string[]): Map<string, string> =>
  new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
