import type { Rollout } from '../document/rollout.ts';
import type { DurationSums } from './durations.ts';

/** How the invocations of a version ran, as its log has told. */
export interface VersionDuration {
  /** Those that the log told of while both versions were watched. */
  readonly invocations: number;
  /** How many of them waited until their environment was initialized. */
  readonly coldStarts: number;
  /** How long such a one waited, in milliseconds: the mean; null if there was none. */
  readonly initMilliseconds: number | null;
  /** How long Lambda bills an invocation for, in milliseconds: the mean; null if there was none. */
  readonly billedMilliseconds: number | null;
}

/** How the invocations of both versions ran. */
export interface DurationComparison {
  /** The version before. */
  readonly stable: VersionDuration;
  /** The version that the rollout moves traffic to. */
  readonly candidate: VersionDuration;
}

/** How the invocations of both versions ran; undefined if the rollout has counted none by a log. */
export function durationsIn({ logs }: Pick<Rollout, 'logs'>): DurationComparison | undefined {
  if (!logs || logs.durations.stable.invocations + logs.durations.candidate.invocations === 0) return undefined;
  return { stable: meansOf(logs.durations.stable), candidate: meansOf(logs.durations.candidate) };
}

/** The same as a field; none if it is not known. */
export function versionDurationsIn(rollout: Pick<Rollout, 'logs'>): { readonly versionDurations?: DurationComparison } {
  const versionDurations = durationsIn(rollout);
  return versionDurations ? { versionDurations } : {};
}

const mean = (sum: number, count: number): number | null => (count > 0 ? Math.round((sum / count) * 10) / 10 : null);

const meansOf = ({ invocations, coldStarts, initMilliseconds, billedMilliseconds }: DurationSums): VersionDuration => ({
  invocations,
  coldStarts: Math.round(coldStarts),
  initMilliseconds: mean(initMilliseconds, coldStarts),
  billedMilliseconds: mean(billedMilliseconds, invocations),
});

/** How the invocations of both versions ran, in words. */
export const durationsInWords = (
  durations: DurationComparison,
  { stable, candidate }: { readonly stable: string; readonly candidate: string },
): string =>
  `by the log, ${ranInWords(durations.candidate)} on ${candidate}, and ${ranInWords(durations.stable)} on ${stable}`;

const ranInWords = ({ invocations, coldStarts, billedMilliseconds, initMilliseconds }: VersionDuration): string =>
  billedMilliseconds === null
    ? 'no request was told'
    : `a request is billed ${billedMilliseconds} ms and ${coldStartsInWords(coldStarts, invocations)}${initMilliseconds === null ? '' : ` (${initMilliseconds} ms each)`}`;

const coldStartsInWords = (coldStarts: number, invocations: number): string =>
  `${coldStarts === 0 ? 'none' : coldStarts} of ${invocations} started cold`;
