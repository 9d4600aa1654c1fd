import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageRoot } from '../package-root.ts';

/** The largest bundle that is shipped, in bytes: what a cold start has to read. */
export const LARGEST_BUNDLE = 600 * 1024;

/** Where bundles are built for good. */
export const BUNDLES = 'dist/functions';

/**
 * Bundles an entry point of `functions/` into `<folder>/<name>/index.mjs`, the SDK included, so that what was tested is
 * what runs. The same sources give the same bytes.
 *
 * @returns the bundle's size in bytes
 * @throws Error where the bundle grew beyond {@link LARGEST_BUNDLE}
 */
export async function bundle(name: string, folder: string = BUNDLES): Promise<number> {
  const root = packageRoot();
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(root),
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
  return bytes;
}
