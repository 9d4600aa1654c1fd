import type { AliasState } from './alias.ts';
import { shareOf } from './alias.ts';

/** What Lambda accepts as the description of an alias. */
const LONGEST_DESCRIPTION = 256;

/** The room that is kept for the mark, with the space before it. */
const LONGEST_MARK = ' [sluice:0123456789ab]'.length;

/** The mark of whoever deploys the alias, which every description ends with: `[sluice:0123456789ab]`. */
const markPattern = / ?\[sluice:(?<mark>[0-9a-f]{12})\]$/;

/** The mark of the resource that owns an alias, or undefined where none does. */
export const markOf = (alias: { readonly description: string }): string | undefined =>
  markPattern.exec(alias.description)?.groups?.['mark'];

/**
 * Puts the mark of the alias's owner at the end of a new description, so that it outlives every rollout.
 * A text that leaves no room for it is cut.
 */
export function marked(description: string, mark: string | undefined): string {
  if (mark === undefined) return description.slice(0, LONGEST_DESCRIPTION);
  const tail = `[sluice:${mark}]`;
  const text = description.slice(0, LONGEST_DESCRIPTION - tail.length - 1);
  return text ? `${text} ${tail}` : tail;
}

/** The rollout that an alias says it is in the middle of. */
export interface Owner {
  readonly stable: string;
  readonly candidate: string;
  /** The candidate's weight in percent that the rollout wrote together with this description. */
  readonly weight: number;
  /** The execution's name. */
  readonly execution: string;
  /** When that execution started, in seconds since 1970. */
  readonly startedAt: number;
}

/**
 * The description of an alias during a rollout, for example
 * `sluice: 41 -> 42 at 30%, step 2/4, execution deploy-7, started 2026-01-01T00:00:00Z`.
 */
export function describeShift(owner: Owner, step: { readonly number: number; readonly of: number }): string {
  const started = new Date(owner.startedAt * 1000).toISOString().replace('.000Z', 'Z');
  return (
    `sluice: ${owner.stable} -> ${owner.candidate} at ${owner.weight}%, step ${step.number}/${step.of}, ` +
    `execution ${owner.execution}, started ${started}`
  );
}

/** The description of an alias after a rollout, for example `sluice: reverted to 41 from 42: alarm ... (execution deploy-7)`. */
export function describeEnd(end: {
  readonly did: 'promoted' | 'reverted';
  readonly to: string;
  readonly from: string;
  readonly reason: string;
  readonly execution: string;
}): string {
  const head = `sluice: ${end.did} ${end.from} -> ${end.to}: `;
  const tail = ` (execution ${end.execution})`;
  const room = LONGEST_DESCRIPTION - LONGEST_MARK - head.length - tail.length;
  const reason = end.reason.length > room ? `${end.reason.slice(0, Math.max(0, room - 3))}...` : end.reason;
  return head + reason + tail;
}

const shiftPattern =
  /^sluice: (?<stable>\d+) -> (?<candidate>\d+) at (?<weight>[\d.]+)%, step \d+\/\d+, execution (?<execution>\S+), started (?<started>\S+)$/;
const endPattern = /^sluice: (?:promoted|reverted) \d+ -> \d+: (?<reason>.*) \(execution (?<execution>\S+)\)$/s;

/** The rollout named by an alias's description, or undefined where a person wrote it. */
export function ownerOf(alias: AliasState): Owner | undefined {
  const match = shiftPattern.exec(withoutMark(alias))?.groups as Record<string, string> | undefined;
  if (!match) return undefined;
  const startedAt = Date.parse(match.started as string) / 1000;
  if (!Number.isFinite(startedAt)) return undefined;
  return {
    stable: match.stable as string,
    candidate: match.candidate as string,
    weight: Number(match.weight),
    execution: match.execution as string,
    startedAt,
  };
}

/** Whether the alias still shows exactly the weights that the rollout in its description wrote. */
export function showsWeightsOf(owner: Owner, alias: AliasState): boolean {
  return (
    alias.functionVersion === owner.stable &&
    Object.keys(alias.additionalVersionWeights).every((version) => version === owner.candidate) &&
    shareOf(owner.candidate, alias) === owner.weight
  );
}

/** How a rollout ended, where the alias's description tells of it: its execution's name and the reason. */
export function endOf(alias: AliasState): { readonly execution: string; readonly reason: string } | undefined {
  const match = endPattern.exec(withoutMark(alias))?.groups as { execution: string; reason: string } | undefined;
  return match && { execution: match.execution, reason: match.reason };
}

const withoutMark = ({ description }: AliasState): string => description.replace(markPattern, '');
