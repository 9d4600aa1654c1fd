import { defineConfig } from 'vitest/config';

/** Whether the suite runs against an endpoint that is not as late as AWS. */
const answersAtOnce = process.env['AWS_ENDPOINT_URL'] !== undefined && !process.env['METRIC_DELAY'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // Those of test/package run in apps that install the packed tarball: .ci/package.
          exclude: ['test/e2e/**', 'test/browser/**', 'test/package/{app,esm,new,old}/**'],
          testTimeout: 120_000,
          // The files of a worker share its modules, whose loading takes longer than most tests: no test may leave anything behind.
          isolate: false,
          // Vitest leaves one core idle, which of two is half of the machine.
          maxWorkers: '100%',
          restoreMocks: true,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // Needs Chromium, which .ci/chromium installs.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          isolate: false,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // .ci/e2e starts a late endpoint for these two.
          exclude: answersAtOnce ? ['test/e2e/delays.test.ts', 'test/e2e/log-rollout.test.ts'] : [],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
