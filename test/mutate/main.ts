import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../lib/package-root.ts';
import { readEquivalents, withoutEquivalents } from './equivalent.ts';
import { mutantsOf } from './mutants.ts';
import { mutate, withTypes } from './mutate.ts';
import { asJson, asText, type Drawn, summaryOf } from './report.ts';
import { sampleOf } from './sample.ts';
import { settingsOf } from './settings.ts';
import { filesOf, readAll, unitTests } from './sources.ts';

/** `npm run mutate`: how much of what could be wrong the unit tests would notice. Exit code 1 below the threshold, 2 if it cannot tell. */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}

async function main(words: readonly string[]): Promise<number> {
  const settings = settingsOf(words);
  const root = fileURLToPath(packageRoot());
  const unit = unitTests();
  const sources = readAll(root, filesOf(root, ['{bin,functions,lib,test}/**/*.ts']));
  const files = filesOf(root, settings.files);
  const found = files.map((file) => mutantsOf(file, sources.get(file) ?? ''));
  const possible = found.flatMap(({ mutants }) => mutants);
  const distinct = withoutEquivalents(possible, readEquivalents(new URL('equivalent.json', import.meta.url)));
  const sample = sampleOf(distinct, settings.sample, settings.seed);
  if (sample.length === 0) throw new Error(`no mutants in ${settings.files.join(', ')}`);
  if (settings.list) {
    for (const { file, line, name } of sample) console.log(`${file}:${line}  ${name}`);
    return 0;
  }

  const tests = filesOf(root, settings.tests.length > 0 ? settings.tests : unit.include, unit.exclude);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const { signal } = stop;
  const { parallel } = settings;
  const progress = (line: string): void => console.error(line);
  const run = await mutate({ root, sample, sources, tests, parallel, signal, progress });
  if (run.length === 0) throw new Error('stopped before a mutant was tried');
  const tried = signal.aborted ? run : await withTypes(root, run, sources);

  const drawn: Drawn = {
    seed: settings.seed,
    sample: sample.length,
    possible: distinct.length,
    equivalent: possible.length - distinct.length,
    wordings: found.reduce((sum, { wordings }) => sum + wordings, 0),
    files: files.length,
  };
  console.log(asText(tried, drawn));
  if (settings.json) writeFileSync(settings.json, asJson(tried, drawn));
  if (signal.aborted) return 2;
  return summaryOf(tried).score < settings.threshold ? 1 : 0;
}
