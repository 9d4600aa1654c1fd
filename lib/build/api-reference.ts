import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IConfigFile,
} from '@microsoft/api-extractor';
import * as z from 'zod';
import { packageRoot } from '../package-root.ts';
import { toTsdoc } from './tsdoc.ts';

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

/** The parts of API Extractor's model that are looked at here: a package with its entry points and their exports. */
const modelSchema = z.looseObject({
  members: z.array(z.looseObject({ members: z.array(z.looseObject({ kind: z.string(), name: z.string() })) })),
});

/** Runs the command of a package by the Node that runs this, and passes its output on. If it fails, so does this process. */
function run(packageName: string, command: string, ...words: readonly string[]): void {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  const script = join(dirname(manifest), bin[command] as string);
  const { status } = spawnSync(process.execPath, [script, ...words], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
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
  const { succeeded } = Extractor.invoke(config, { localBuild: true, messageCallback: forgiveConstants });
  distinguish(join(work, `${name}.api.json`));
  return succeeded;
}

/** A constant that a type is derived from, as by `keyof typeof ends`, need not be exported with it. */
function forgiveConstants(message: ExtractorMessage): void {
  if (message.messageId !== 'ae-forgotten-export' || message.sourceFilePath === undefined) return;
  const [, symbol] = /The symbol "(\w+)"/.exec(message.text) ?? [];
  if (new RegExp(`\\bconst ${symbol}\\b`).test(readFileSync(message.sourceFilePath, 'utf8'))) {
    message.logLevel = ExtractorLogLevel.None;
  }
}

/** Gives a value another name than the interface that it shares its name with, for each name is one page. */
function distinguish(path: string): void {
  const model = modelSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  for (const { members } of model.members) {
    const interfaces = new Set(members.filter(({ kind }) => kind === 'Interface').map(({ name }) => name));
    for (const member of members) {
      if (member.kind === 'Variable' && interfaces.has(member.name)) member.name += '_value';
    }
  }
  writeFileSync(path, JSON.stringify(model));
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
for (const file of readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.d.ts'))) {
  const path = join(work, file);
  writeFileSync(path, toTsdoc(readFileSync(path, 'utf8')));
}
for (const { name, path } of entries) if (!extract(name, path)) process.exitCode = 1;
run('@microsoft/api-documenter', 'api-documenter', 'markdown', '--input-folder', work, '--output-folder', reference);
