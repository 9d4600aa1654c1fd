import { cut, oneLine } from '../contracts/text.ts';
import type { AliasState } from './alias.ts';
import { shareOf } from './alias.ts';

/** The longest description of an alias that Lambda accepts. */
const LONGEST_DESCRIPTION = 256;

/** The owner's mark at the end of every description: `[sluice:0123456789ab]`. The stack that deploys the alias is its owner. */
const markPattern = / ?\[sluice:(?<mark>[0-9a-f]{12})\]$/;

/** How a mark begins. No other part of a description may hold it. */
const MARK = '[sluice:';

/** The room that is kept for the mark, with the space before it. */
const LONGEST_MARK = ' [sluice:0123456789ab]'.length;

/** The execution that wrote a description, and when it started, in seconds since 1970. */
export interface Writer {
  readonly execution: string;
  readonly startedAt: number;
}

/** The rollout that an alias says it is in the middle of. */
export interface Owner extends Writer {
  readonly stable: string;
  readonly candidate: string;
  /** The version that the alias served before the stable one, if that is known: a rollback after a revert leads there. */
  readonly before?: string | undefined;
  /** The candidate's weight in percent that the rollout wrote together with this description. */
  readonly weight: number;
}

/** How a rollout ended, as the alias tells it. */
export interface End extends Writer {
  readonly did: 'promoted' | 'reverted';
  /** The version that the alias served before, or for a revert the candidate; and the one that it serves now. */
  readonly from: string;
  readonly to: string;
  /** The version that the alias served before `to`, if Sluice itself has reverted it and that is known. */
  readonly before?: string | undefined;
  readonly reason: string;
}

/**
 * The description of an alias during a rollout, for example
 * `sluice: 41 -> 42 at 30%, step 2/4, execution deploy-7, started 2026-01-01T00:00:00Z, before 40`.
 */
export function describeShift(owner: Owner, step: { readonly number: number; readonly of: number }): string {
  const { stable, candidate, weight } = owner;
  return `sluice: ${stable} -> ${candidate} at ${weight}%, step ${step.number}/${step.of}, ${inWords(owner)}${previously(owner.before)}`;
}

/**
 * The description of an alias after a rollout, for example
 * `sluice: reverted 42 -> 41: alarm errors is in ALARM (execution deploy-7, started 2026-01-01T00:00:00Z)`.
 */
export function describeEnd(end: End): string {
  const head = `sluice: ${end.did} ${end.from} -> ${end.to}: `;
  const tail = ` (${inWords(end)}${previously(end.before)})`;
  return head + oneLine(end.reason, LONGEST_DESCRIPTION - LONGEST_MARK - head.length - tail.length) + tail;
}

const writerPattern = 'execution (?<execution>\\S+), started (?<started>[^\\s,]+)(, before (?<before>\\d+))?';
const shiftPattern = new RegExp(
  `^sluice: (?<stable>\\d+) -> (?<candidate>\\d+) at (?<weight>[\\d.]+)%, step \\d+/\\d+, ${writerPattern}$`,
);
const endPattern = new RegExp(
  `^sluice: (?<did>promoted|reverted) (?<from>\\d+) -> (?<to>\\d+): (?<reason>.*) \\(${writerPattern}\\)$`,
  's',
);

/** The rollout named by an alias's description, or undefined if a person wrote it or the rollout has ended. */
export function ownerOf(alias: AliasState): Owner | undefined {
  const match = matched(shiftPattern, alias);
  return (
    match && {
      stable: match.stable,
      candidate: match.candidate,
      weight: Number(match.weight),
      before: match.before,
      ...writerIn(match),
    }
  );
}

/** How a rollout ended, if the alias's description tells of an end. */
export function endOf(alias: AliasState): End | undefined {
  const match = matched(endPattern, alias);
  if (!match) return undefined;
  const { did, from, to, reason } = match;
  return { did: did as End['did'], from, to, reason, before: match.before, ...writerIn(match) };
}

/** The execution that wrote the alias last, as far as its description tells. */
export const writerOf = (alias: AliasState): Writer | undefined => ownerOf(alias) ?? endOf(alias);

/** The version that the alias served before the one that it serves now, as far as its description tells. */
export function previousOf(alias: AliasState): string | undefined {
  const owner = ownerOf(alias);
  if (owner) return owner.stable === alias.functionVersion ? owner.before : undefined;
  const end = endOf(alias);
  if (end?.to !== alias.functionVersion) return undefined;
  return end.did === 'promoted' ? end.from : end.before;
}

/** Whether the alias still shows exactly the weights that the rollout in its description wrote. */
export function showsWeightsOf(owner: Owner, alias: AliasState): boolean {
  return (
    alias.functionVersion === owner.stable &&
    Object.keys(alias.additionalVersionWeights).every((version) => version === owner.candidate) &&
    shareOf(owner.candidate, alias) === owner.weight
  );
}

/** The mark of the resource that owns an alias, or undefined if none does. */
export const markOf = (alias: { readonly description: string }): string | undefined =>
  markPattern.exec(alias.description)?.groups?.['mark'];

/**
 * Puts the mark of the alias's owner at the end of a new description, so that it outlives every rollout. Without an owner it has none:
 * whatever reads as a mark in the text itself is no mark. A text that leaves no room for it is cut.
 */
export function withOwnerMark(description: string, mark: string | undefined): string {
  const text = description.replace(markPattern, '').replaceAll(MARK, '(sluice:');
  if (mark === undefined) return cut(text, LONGEST_DESCRIPTION);
  const shortened = cut(text, LONGEST_DESCRIPTION - LONGEST_MARK);
  return shortened ? `${shortened} ${MARK}${mark}]` : `${MARK}${mark}]`;
}

/**
 * A text that a person gives, without what only Sluice writes: marks, and the executions that wrote a description. People paste
 * descriptions into reasons.
 */
export const withoutBookkeeping = (text: string): string =>
  text.replace(/ ?\[sluice:[^\]]*\]?/g, '').replace(/ ?\(execution \S+, started [^)]*\)?/g, '');

const inWords = ({ execution, startedAt }: Writer): string =>
  `execution ${execution}, started ${new Date(startedAt * 1000).toISOString().replace('.000Z', 'Z')}`;

const previously = (before: string | undefined): string => (before === undefined ? '' : `, before ${before}`);

type Match = Readonly<
  Record<'stable' | 'candidate' | 'weight' | 'did' | 'from' | 'to' | 'reason' | 'execution' | 'started', string> & {
    before?: string;
  }
>;

/** How far the clocks of AWS may differ, in seconds: by far more than they do. */
const CLOCK_TOLERANCE = 300;

function matched(pattern: RegExp, { description, readAt = Number.POSITIVE_INFINITY }: AliasState): Match | undefined {
  const match = pattern.exec(description.replace(markPattern, ''))?.groups as Match | undefined;
  // A comparison with NaN is false, too.
  return match && Date.parse(match.started) / 1000 <= readAt + CLOCK_TOLERANCE ? match : undefined;
}

const writerIn = ({ execution, started }: Match): Writer => ({ execution, startedAt: Date.parse(started) / 1000 });
