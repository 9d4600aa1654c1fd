import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type TestModule, type Vitest } from 'vitest/node';
import type { NumberedEdit } from '../weave.ts';
import { weave } from '../weave.ts';
import type { Answer, Failure, Request, Setting } from './protocol.ts';

/** Runs files of tests on the woven code, one after the other, in a Vitest that stays up. Started by `pool.ts`. */
const [, , file = ''] = process.argv;
const folder = dirname(file);
const setting = JSON.parse(readFileSync(file, 'utf8')) as Setting;
const vitest = await start(setting);

process.on('disconnect', () => process.exit());
process.on('message', async (request: Request) => process.send?.(await run(vitest, request)));
process.send?.('ready');

function start({ root, edits }: Setting): Promise<Vitest> {
  return createVitest(
    {
      root,
      config: false,
      watch: false,
      include: ['**/*.ts'],
      pool: 'threads',
      maxWorkers: 1,
      bail: 1,
      silent: true,
      reporters: [],
      // How long a file may take is measured, and watched from outside.
      testTimeout: 0,
      // Woven code must not get into the cache that other runs of Vitest share; workers of one run have the same.
      fsModuleCachePath: join(folder, 'modules'),
      setupFiles: [fileURLToPath(import.meta.resolve('./setup.ts'))],
    },
    {
      cacheDir: join(folder, 'vite'),
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          transform: (code, id) => woven(code, edits[relative(root, id).replaceAll('\\', '/')]),
        },
      ],
    },
  );
}

const woven = (code: string, edits: readonly NumberedEdit[] | undefined) =>
  edits ? { code: weave(code, edits), map: null } : undefined;

async function run(vitest: Vitest, { file, names, mutant }: Request): Promise<Answer> {
  const project = vitest.getRootProject();
  project.provide('mutant', mutant);
  const path = join(setting.root, file);
  const begun = performance.now();
  const specification = project.createSpecification(path, names ? { testNames: [...names] } : undefined);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
  const ran = testModules.filter(({ moduleId }) => moduleId === path);
  return {
    file,
    milliseconds: performance.now() - begun,
    tests: ran.flatMap(testsOf),
    failures: [
      ...ran.flatMap((module) => failuresOf(file, module)),
      ...unhandledErrors.map((error) => failed(file, error)),
    ],
  };
}

function testsOf(module: TestModule): Answer['tests'] {
  const ran = [...module.children.allTests()].filter((test) => test.meta().mutants);
  const outside = ran.flatMap((test) => test.meta().outside ?? []);
  return ran.map((test) => ({
    name: test.fullName,
    milliseconds: test.diagnostic()?.duration ?? 0,
    mutants: [...new Set([...outside, ...(test.meta().mutants ?? [])])],
  }));
}

function failuresOf(file: string, module: TestModule): Failure[] {
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  const tests = [...module.children.allTests('failed')].map((test) => failed(test.fullName, test.result().errors?.[0]));
  return [...tests, ...[...module.errors(), ...suites].map((error) => failed(file, error))];
}

const failed = (test: string, error: unknown): Failure => ({
  test,
  message: String((error as Error | undefined)?.message ?? error).split('\n', 1)[0] ?? '',
});
