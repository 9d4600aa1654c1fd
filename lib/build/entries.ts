import type { PackageFile } from './bundle.ts';

/** What a program imports, by the name that package.json exports it under. */
export const imports: Readonly<Record<'sluice' | 'sluice-operations', PackageFile>> = {
  // Its stack traces end in a user's synth, so it stays readable.
  sluice: { entry: 'lib/index.ts', file: 'index.cjs', minify: false },
  'sluice-operations': { entry: 'lib/operations/index.ts', file: 'operations.cjs', minify: true },
};

/** The command line. */
export const commandLine: PackageFile = { entry: 'bin/sluice.ts', file: 'sluice.mjs', minify: true };
