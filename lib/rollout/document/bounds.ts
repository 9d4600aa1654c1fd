import { messageIn } from '../contracts/caught-error.ts';
import { oneLine } from '../contracts/text.ts';
import type { Rollout } from './rollout.ts';

/** Step Functions ends an execution whose state takes or gives more bytes of UTF-8. (AWS: Step Functions quotas.) */
export const MOST_BYTES = 262_144;

/** A Catch adds an error to the document, with a cause of up to 32,768 characters. (AWS: SendTaskFailure.) */
const CATCH_BYTES = 3 * 32_768 + 1024;

/** The largest document that a handler hands on, in bytes: the rest is left for the error of a Catch or the answer of a person. */
export const LONGEST_DOCUMENT = MOST_BYTES - CATCH_BYTES;

/** How many bytes of UTF-8 a value takes as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** How much is kept of the record: bytes of each text, entries of each list. The first pair with which the document fits is taken. */
const measures = [
  { textBytes: 2000, entries: 200 },
  { textBytes: 600, entries: 200 },
  { textBytes: 300, entries: 200 },
  { textBytes: 150, entries: 100 },
  { textBytes: 75, entries: 50 },
  { textBytes: 30, entries: 20 },
  { textBytes: 0, entries: 4 },
] as const;
type Measure = (typeof measures)[number];

/**
 * The document as a handler may hand it on. One that has grown too large keeps everything that decides how the rollout goes on; its
 * record for people gets shorter: texts keep their beginning, lists their beginning and their latest entries. Steps and their
 * counts are all kept.
 *
 * @param longest the most bytes that it may take as JSON
 */
export function bounded(rollout: Rollout, longest: number = LONGEST_DOCUMENT): Rollout {
  if (bytesOf(rollout) <= longest) return rollout;
  let shorter = rollout;
  for (const measure of measures) {
    shorter = shortened(rollout, measure);
    if (bytesOf(shorter) <= longest) break;
  }
  return shorter;
}

function shortened(rollout: Rollout, measure: Measure): Rollout {
  const { textBytes, entries } = measure;
  const text = (given: string) => inBytes(given, textBytes);
  const verdicts = <Step extends { readonly verdict: string }>(steps: readonly Step[]): readonly Step[] =>
    steps.map((step) => ({ ...step, verdict: text(step.verdict) }));
  const answers = <Answer extends { readonly by?: string; readonly comment?: string }>(given: readonly Answer[]) =>
    ends(given, entries).map((answer) => withWords(answer, text));
  const texts = (given: readonly string[]) => ends(given, entries).map(text);
  // The words for the person on call are the last to go.
  const reason = (given: string) => inBytes(given, Math.max(textBytes, SHORTEST_REASON));
  return {
    ...rollout,
    reason: reason(rollout.reason),
    held: rollout.held === null ? null : reason(rollout.held),
    answer: shortAnswer(rollout.answer, reason),
    error: rollout.error === null ? null : shortError(rollout.error),
    remarks: texts(rollout.remarks),
    notes: texts(rollout.notes),
    journal: ends(rollout.journal, entries).map((entry) => ({ ...entry, reason: text(entry.reason) })),
    approvals: answers(rollout.approvals),
    passed: verdicts(rollout.passed),
    report: rollout.report && {
      ...rollout.report,
      reason: reason(rollout.report.reason),
      remarks: texts(rollout.report.remarks),
      ...(rollout.report.notes && { notes: texts(rollout.report.notes) }),
      steps: verdicts(rollout.report.steps),
      approvals: answers(rollout.report.approvals),
    },
  };
}

/** So many bytes of the document's own reasons are always kept. */
const SHORTEST_REASON = 300;

/** The beginning and the latest entries of a list. */
export function ends<Entry>(list: readonly Entry[], most: number): readonly Entry[] {
  if (list.length <= most) return list;
  const first = Math.ceil(most / 2);
  return [...list.slice(0, first), ...list.slice(list.length - (most - first))];
}

/** A text as one line that takes at most so many bytes as JSON, without half a character at its end. */
export function inBytes(given: string, most: number): string {
  const line = oneLine(given, most);
  const bytes = (text: string) => bytesOf(text) - 2;
  if (bytes(line) <= most) return line;
  const room = most - '...'.length;
  let [kept, used] = ['', 0];
  for (const character of line) {
    used += bytes(character);
    if (used > room) break;
    kept += character;
  }
  return room < 0 ? '' : `${kept}...`;
}

function withWords<Answer extends { readonly by?: string; readonly comment?: string }>(
  answer: Answer,
  text: (given: string) => string,
): Answer {
  const { by, comment } = answer;
  return {
    ...answer,
    ...(by === undefined ? {} : { by: text(by) }),
    ...(comment === undefined ? {} : { comment: text(comment) }),
  };
}

/** Of an answer, whatever its sender put into it, two texts are read. */
function shortAnswer(answer: unknown, text: (given: string) => string): unknown {
  if (answer === null) return null;
  const { by, comment } = answer as { readonly by?: unknown; readonly comment?: unknown };
  return {
    ...(typeof by === 'string' ? { by: text(by) } : {}),
    ...(typeof comment === 'string' ? { comment: text(comment) } : {}),
  };
}

const shortError = ({ Error: name, Cause: cause }: NonNullable<Rollout['error']>): Rollout['error'] => ({
  Error: typeof name === 'string' ? inBytes(name, 256) : null,
  Cause: inBytes(messageIn(cause), 1000),
});
