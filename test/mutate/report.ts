import { type Mutant, onOneLine } from './mutants.ts';

/** What the tests made of a mutant. `unreached`: no test comes to it. `timedOut`: an endless loop, which counts as noticed. */
export type Fate = 'killed' | 'timedOut' | 'survived' | 'unreached';

/** A mutant that was tried. */
export interface Tried {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly milliseconds: number;
  /** Who noticed it, and what it said. */
  readonly killedBy: { readonly file: string; readonly test: string; readonly message: string } | null;
  /** The files of the tests that come to it, the nearest first. */
  readonly tests: readonly string[];
  /** Whether the type checker refuses it; null for one that a test noticed. */
  readonly refusedByTypes: boolean | null;
}

/** How the sample was drawn. */
export interface Drawn {
  readonly seed: number;
  /** How many were drawn. */
  readonly sample: number;
  /** How many mutants the files allow, without the equivalent ones. */
  readonly possible: number;
  readonly equivalent: number;
  /** Pieces of wording that were left as they are. */
  readonly wordings: number;
  readonly files: number;
}

export interface Summary {
  readonly noticed: number;
  readonly tried: number;
  /** How many of the tried no test noticed and the type checker refuses. They have no part in the score: nobody could commit them. */
  readonly refused: number;
  /** Percent of the tried without the refused that were noticed, with the 95 % interval for all that are possible; 100 of none. */
  readonly score: number;
  readonly from: number;
  readonly to: number;
}

export const isNoticed = ({ fate }: Tried): boolean => fate === 'killed' || fate === 'timedOut';

const isRefused = ({ refusedByTypes }: Tried): boolean => refusedByTypes === true;

export function summaryOf(tried: readonly Tried[]): Summary {
  const noticed = tried.filter(isNoticed).length;
  const refused = tried.filter(isRefused).length;
  const counted = tried.length - refused;
  if (counted === 0) return { noticed, tried: tried.length, refused, score: 100, from: 0, to: 100 };
  const [from, to] = interval(noticed, counted);
  return { noticed, tried: tried.length, refused, score: (100 * noticed) / counted, from: 100 * from, to: 100 * to };
}

/** Wilson's score interval at 95 %. Source: E. B. Wilson, JASA 22 (1927). */
function interval(successes: number, trials: number): [number, number] {
  const z2 = 1.96 ** 2;
  const middle = successes + z2 / 2;
  const half = Math.sqrt(z2 * ((successes * (trials - successes)) / trials + z2 / 4));
  return [Math.max(0, (middle - half) / (trials + z2)), Math.min(1, (middle + half) / (trials + z2))];
}

/** The report for people: what the type checker refuses, then survivors, then the score. */
export function asText(tried: readonly Tried[], drawn: Drawn): string {
  const counted = tried.filter((one) => !isRefused(one));
  const survivors = counted.filter((one) => !isNoticed(one));
  const { noticed, refused, score, from, to } = summaryOf(tried);
  const count = (fate: Fate) => counted.filter((one) => one.fate === fate).length;
  const seconds = tried.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000 / tried.length;
  return [
    ...[...tried.filter(isRefused), ...survivors].flatMap((one) => [...linesOf(one), '']),
    `${noticed} of ${counted.length} mutants noticed: ${score.toFixed(1)} % (95 %: ${from.toFixed(0)} to ${to.toFixed(0)} %)`,
    `  ${count('killed')} by a test, ${count('timedOut')} by a time limit; ${count('survived')} survived, ${count('unreached')} reached by no test`,
    ...(refused > 0 ? [`  ${refused} more, which no test notices, refused by the type checker: not counted`] : []),
    `  drawn with seed ${drawn.seed} from ${drawn.possible} in ${drawn.files} files; ${drawn.equivalent} equivalent ones (equivalent.json) and ${drawn.wordings} pieces of wording not drawn`,
    `  ${seconds.toFixed(1)} s a mutant`,
    ...(tried.length < drawn.sample
      ? [`  stopped before ${drawn.sample - tried.length} of ${drawn.sample} were tried`]
      : []),
  ].join('\n');
}

function linesOf({ mutant, fate, tests, refusedByTypes }: Tried): string[] {
  const { before, after } = difference(mutant.before, onOneLine(mutant.after));
  const marks = [mutant.mutator, ...(refusedByTypes ? ['refused by the type checker'] : [])].join(', ');
  const nearest = tests.slice(0, 3).join(', ') + (tests.length > 3 ? ` and ${tests.length - 3} more` : '');
  return [
    `${mutant.file}:${mutant.line}  ${before}  ->  ${after}  (${marks})`,
    fate === 'unreached' ? '  no test comes here' : `  passes ${nearest}`,
    `  name: ${mutant.name}`,
  ];
}

/** How much of what both share is shown on either side of what differs, in characters. */
const CONTEXT = 40;

/** Two texts without most of what they begin and end with alike. */
export function difference(before: string, after: string): { before: string; after: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const shown = (text: string): string => {
    const from = start > CONTEXT ? start - CONTEXT : 0;
    const to = end > CONTEXT ? text.length - end + CONTEXT : text.length;
    return `${from > 0 ? '...' : ''}${text.slice(from, to)}${to < text.length ? '...' : ''}`;
  };
  return { before: shown(before), after: shown(after) || 'nothing' };
}

/** The report for programs. */
export const asJson = (tried: readonly Tried[], drawn: Drawn): string =>
  `${JSON.stringify({ schema: 1, ...drawn, ...summaryOf(tried), mutants: tried.map(flat) }, null, 2)}\n`;

function flat({ mutant, ...rest }: Tried) {
  const { name, file, line, mutator, before, after } = mutant;
  return { name, file, line, mutator, before, after: onOneLine(after), ...rest };
}
