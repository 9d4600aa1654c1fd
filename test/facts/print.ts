import { wrap } from '../../lib/cli/terminal/terminal.ts';
import type { Source } from './fact.ts';
import type { Verdict } from './judge.ts';

const WIDTH = 80;

const marks: Readonly<Record<Verdict['kind'], string>> = {
  ok: 'ok',
  differs: 'DIFFERS',
  known: 'differs',
  mended: 'MENDED',
  unknown: 'unknown',
  unchecked: 'not here',
};

const INDENT = 10;

/** A verdict as lines of at most 80 columns; only a longer word stays whole. */
export function linesOf({ fact, kind, detail }: Verdict): string[] {
  const paragraphs = [fact.sentence, inWords(fact.source), ...(detail ? [detailOf(kind, detail)] : [])];
  const lines = paragraphs.flatMap((text) => wrap(text, WIDTH - INDENT));
  return lines.map((line, index) => `${(index === 0 ? marks[kind] : '').padEnd(INDENT)}${line}`.trimEnd());
}

/** How many there are of each kind, in a line. */
export function sumOf(verdicts: readonly Verdict[]): string {
  const counts = Object.entries({
    ok: 'ok',
    differs: 'differ',
    known: 'differ as written down',
    mended: 'differ no longer',
    unknown: 'unknown',
    unchecked: 'not checked here',
  }).map(([kind, words]) => [verdicts.filter((each) => each.kind === kind).length, words] as const);
  return counts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ');
}

function inWords(source: Source): string {
  if ('recorded' in source) return `recorded: ${source.recorded}`;
  if ('said' in source) return `said: ${source.said}`;
  return `nobody has recorded it; ${source.unknown}`;
}

const detailOf = (kind: Verdict['kind'], detail: string): string =>
  ({
    ok: detail,
    differs: detail,
    known: `known here: ${detail}`,
    mended: `${detail}: take that out of the table`,
    unknown: `found here: ${detail}`,
    unchecked: `not checked here: ${detail}`,
  })[kind];
