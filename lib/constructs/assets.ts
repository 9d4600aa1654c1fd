import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.ts';

/**
 * The folder with a function's bundle. It is built together with Sluice: nothing is bundled at a user's synth.
 *
 * @throws Error if the bundle is missing, which happens only in a checkout that was not built
 */
export function bundleOf(name: string): string {
  const folder = new URL(`dist/functions/${name}/`, packageRoot());
  if (!existsSync(new URL('index.mjs', folder))) {
    throw new Error(`the bundle of ${name} is missing in ${fileURLToPath(folder)}; run "npm run build" first`);
  }
  return fileURLToPath(folder);
}
