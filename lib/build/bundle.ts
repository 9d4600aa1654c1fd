import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { packageRoot } from '../package-root.ts';

/** The largest bundle of a function that is shipped, in bytes: a cold start has to read all of it. */
export const LARGEST_BUNDLE = 704 * 1024;

/** Where the functions' bundles are built for good. */
export const BUNDLES = 'dist/functions';

/** The SDK still requires Node's own modules here and there. */
const requireInModules = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** What all bundles have in common. The same sources give the same bytes. */
const common = {
  absWorkingDir: fileURLToPath(packageRoot()),
  bundle: true,
  platform: 'node',
  mainFields: ['module', 'main'],
  // Errors are told apart by their names.
  keepNames: true,
  legalComments: 'none',
  metafile: true,
} satisfies BuildOptions;

/** A bundle that was built. */
export interface Bundle {
  /** The size of the code, in bytes. */
  readonly bytes: number;
  /** The sources that are in it, as paths below the package. */
  readonly inputs: readonly string[];
}

/**
 * Bundles an entry point of `functions/` into `<folder>/<name>/index.mjs`, the SDK included, so that the tested code is the code that
 * runs.
 *
 * @throws Error if the code grew beyond {@link LARGEST_BUNDLE}
 */
export async function bundleFunction(name: string, folder: string = BUNDLES): Promise<Bundle> {
  const { metafile } = await build({
    ...common,
    entryPoints: [`functions/${name}.ts`],
    outfile: `${folder}/${name}/index.mjs`,
    target: 'node24',
    format: 'esm',
    minify: true,
    alias: { '@aws-sdk/credential-provider-node': './lib/build/lambda-credentials.ts' },
    banner: { js: requireInModules },
  });
  const bundle = bundleOf(metafile);
  if (bundle.bytes > LARGEST_BUNDLE) {
    throw new Error(`the bundle of ${name} has ${bundle.bytes} bytes; expected at most ${LARGEST_BUNDLE}`);
  }
  return bundle;
}

/** A file of the package that a user loads, from one entry point. */
export interface PackageFile {
  readonly entry: string;
  /** Its path below `dist`: `.cjs` for what `require` and `import` load, `.mjs` for a program. */
  readonly file: string;
  readonly minify: boolean;
}

/**
 * Bundles a file that a user's Node loads, with everything but the CDK, and a source map of Sluice's own sources beside it. One
 * CommonJS file serves `require` and `import`, so that an app has each class once.
 */
export async function bundleFile({ entry, file, minify }: PackageFile, folder = 'dist'): Promise<Bundle> {
  const modules = file.endsWith('.mjs');
  const { metafile } = await build({
    ...common,
    entryPoints: [entry],
    outfile: resolve(common.absWorkingDir, folder, file),
    target: 'node22',
    format: modules ? 'esm' : 'cjs',
    minify,
    external: ['aws-cdk-lib', 'constructs'],
    sourcemap: 'linked',
    plugins: [withoutMapsOfOthers],
    ...(modules ? { banner: { js: requireInModules } } : { define: { 'import.meta.dirname': '__dirname' } }),
  });
  return bundleOf(metafile);
}

/** Gives the code of other packages an empty source map, so that ours has Sluice's sources only. */
const withoutMapsOfOthers: NonNullable<BuildOptions['plugins']>[number] = {
  name: 'without-maps-of-others',
  setup({ onLoad }) {
    const map = { version: 3, sources: [''], sourcesContent: [''], mappings: 'AAAA' };
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${encoded}`,
      loader: 'js',
    }));
  },
};

function bundleOf({ outputs }: Metafile): Bundle {
  const code = Object.entries(outputs).filter(([path]) => !path.endsWith('.map'));
  const inputs = code.flatMap(([, output]) => Object.entries(output.inputs));
  return {
    bytes: code.reduce((sum, [, output]) => sum + output.bytes, 0),
    inputs: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
  };
}
