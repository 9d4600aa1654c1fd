import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageRoot } from '../package-root.ts';
import { LICENCES_FILE, thirdPartyLicences } from './licences.ts';

/** The largest bundle that is shipped, in bytes: a cold start has to read all of it. */
export const LARGEST_BUNDLE = 640 * 1024;

/** Where bundles are built for good. */
export const BUNDLES = 'dist/functions';

/**
 * Bundles an entry point of `functions/` into `<folder>/<name>/index.mjs`, the SDK included, so that the tested code is the code that
 * runs. The same sources give the same bytes. A file beside it names the packages in it, with their licences.
 *
 * @returns the size of the code in bytes
 * @throws Error if the code grew beyond {@link LARGEST_BUNDLE}, or contains a package that may not be shipped
 */
export async function bundle(name: string, folder: string = BUNDLES): Promise<number> {
  const root = fileURLToPath(packageRoot());
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}.ts`],
    outfile: `${folder}/${name}/index.mjs`,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    // Errors are told apart by their names.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    alias: { '@aws-sdk/credential-provider-node': './lib/build/lambda-credentials.ts' },
    // The SDK still requires Node's own modules here and there.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  if (bytes > LARGEST_BUNDLE) {
    throw new Error(`the bundle of ${name} has ${bytes} bytes; expected at most ${LARGEST_BUNDLE}`);
  }
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const shipped = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  writeFileSync(resolve(root, folder, name, LICENCES_FILE), thirdPartyLicences(shipped, root));
  return bytes;
}
