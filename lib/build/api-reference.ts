import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IConfigFile,
} from '@microsoft/api-extractor';
import * as z from 'zod';
import { emitDeclarations, root, run } from './compile.ts';
import { imports } from './entries.ts';
import { toTsdoc } from './tsdoc.ts';

/**
 * Writes the API reference, docs/api, from the doc comments of everything that the package exports. Fails if an exported type uses
 * one that is not exported, or if a doc comment cannot be read.
 */
const work = join(root, 'dist/api-reference');
const reference = join(root, 'docs/api');

/** The parts of API Extractor's model that are looked at here: a package with its entry points and their exports. */
const modelSchema = z.looseObject({
  members: z.array(z.looseObject({ members: z.array(z.looseObject({ kind: z.string(), name: z.string() })) })),
});

/** Writes the model of one entry point, and answers whether nothing was wrong with it. */
function extract(name: string, path: string, tsconfig: string): boolean {
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

const entries = Object.entries(imports).map(([name, { entry }]) => ({ name, source: entry }));
rmSync(reference, { recursive: true, force: true });
const tsconfig = emitDeclarations(
  work,
  entries.map(({ source }) => source),
);
for (const file of readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.d.ts'))) {
  const path = join(work, file);
  writeFileSync(path, toTsdoc(readFileSync(path, 'utf8')));
}
for (const { name, source } of entries) {
  if (!extract(name, source.replace(/\.ts$/, '.d.ts'), tsconfig)) process.exitCode = 1;
}
run('@microsoft/api-documenter', 'api-documenter', 'markdown', '--input-folder', work, '--output-folder', reference);
