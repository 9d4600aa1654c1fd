import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';
import * as z from 'zod';
import { packageRoot } from '../package-root.ts';

/**
 * Writes the API reference, docs/api, from the doc comments of everything that the package exports. Fails if an exported type uses
 * one that is not exported, or if a doc comment cannot be read.
 */
const root = fileURLToPath(packageRoot());
const work = join(root, 'dist/api-reference');
const reference = join(root, 'docs/api');
const tsconfig = join(work, 'tsconfig.json');

const packageSchema = z.object({
  exports: z.record(z.string(), z.object({ types: z.string().regex(/^\.\/dist\/.*\.d\.ts$/) })),
});

/** Runs the command of a package by the Node that runs this, and passes its output on. */
function run(packageName: string, command: string, ...words: readonly string[]): void {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  const script = join(dirname(manifest), bin[command] as string);
  execFileSync(process.execPath, [script, ...words], { cwd: root, stdio: 'inherit' });
}

/** Writes the model of one entry point, and answers whether nothing was wrong with it. */
function extract(name: string, path: string): boolean {
  const configObject: IConfigFile = {
    projectFolder: root,
    mainEntryPointFilePath: join(work, path),
    compiler: { tsconfigFilePath: tsconfig },
    apiReport: { enabled: false, reportFileName: `${name}.api.md` },
    docModel: { enabled: true, apiJsonFilePath: join(work, `${name}.api.json`) },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
    },
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJson: { name },
    packageJsonFullPath: join(root, 'package.json'),
  });
  return Extractor.invoke(config, { localBuild: true }).succeeded;
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

const { exports } = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const entries = Object.entries(exports).map(([path, { types }]) => ({
  name: `sluice${path.slice(1).replaceAll('/', '-')}`,
  path: types.replace('./dist/', ''),
}));
for (const directory of [work, reference]) rmSync(directory, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(
  tsconfig,
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { noEmit: false, emitDeclarationOnly: true, rootDir: '../..', outDir: '.' },
    include: [],
    files: entries.map(({ path }) => `../../${path.replace(/\.d\.ts$/, '.ts')}`),
  }),
);
run('typescript', 'tsc', '--project', tsconfig);
for (const file of readdirSync(work, { recursive: true, encoding: 'utf8' })) {
  // The CDK writes `@default`; API Extractor knows the same tag by TSDoc's name alone.
  if (file.endsWith('.d.ts')) rewrite(join(work, file), (text) => text.replaceAll(/@default(?=\s)/g, '@defaultValue'));
}
for (const { name, path } of entries) if (!extract(name, path)) process.exitCode = 1;
run('@microsoft/api-documenter', 'api-documenter', 'markdown', '--input-folder', work, '--output-folder', reference);
