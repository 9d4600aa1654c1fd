import type { LogRow, Versions } from './answer.ts';

/** How the invocations of a version ran that its log has told, in sums. Plain JSON. */
export interface DurationSums {
  readonly invocations: number;
  /** How many of them waited until their environment was initialized. */
  readonly coldStarts: number;
  /** How long these waited together. */
  readonly initMilliseconds: number;
  /** How long Lambda bills all of them for together. */
  readonly billedMilliseconds: number;
}

/** The same of both versions of a rollout. */
export interface VersionDurations {
  /** The version before. */
  readonly stable: DurationSums;
  /** The version that the rollout moves traffic to. */
  readonly candidate: DurationSums;
}

const nothing: DurationSums = { invocations: 0, coldStarts: 0, initMilliseconds: 0, billedMilliseconds: 0 };

/** Nothing told yet. */
export const noDurations: VersionDurations = { stable: nothing, candidate: nothing };

/** The sums after some rows more. */
export const durationsAfter = (
  sums: VersionDurations,
  rows: readonly LogRow[],
  { stable, candidate }: Versions,
): VersionDurations => ({
  stable: added(sums.stable, rows, stable),
  candidate: added(sums.candidate, rows, candidate),
});

const added = (sums: DurationSums, rows: readonly LogRow[], version: string): DurationSums =>
  rows
    .filter((row) => row.version === version)
    .reduce(
      (total, { counts, coldStarts, initMilliseconds, billedMilliseconds }) => ({
        invocations: total.invocations + counts.invocations,
        coldStarts: total.coldStarts + coldStarts,
        initMilliseconds: total.initMilliseconds + initMilliseconds,
        billedMilliseconds: total.billedMilliseconds + billedMilliseconds,
      }),
      sums,
    );
