import { decisionsAlone } from '../../../lib/rehearsal/compare/decisions-alone.ts';
import { peers } from '../../../lib/rehearsal/compare/peers.ts';
import type { RunOutcome } from '../../../lib/rehearsal/compare/run.ts';
import { type StrategySummary, summaryOf } from '../../../lib/rehearsal/compare/summary.ts';
import type { Cell } from './grid.ts';

/** Whom the adaptive policy is compared with. */
export const rivals = ['CodeDeploy Canary10Percent5Minutes', 'Flagger', 'Argo Rollouts', 'Kayenta'] as const;

export type Rival = (typeof rivals)[number];

/** A run is told as it stands after an hour. */
const SECONDS = 3600;

/** What came of a cell: of the adaptive policy, and of the others where its candidate is bad. */
export interface Measured {
  readonly adaptive: StrategySummary;
  /** The share of the seeds in which the candidate came to have all traffic. */
  readonly gotEverything: number;
  readonly rivals: Readonly<Record<string, StrategySummary>>;
}

/** Measures a cell, seed by seed on the same traffic. */
export function measure({ scenario, innocent }: Cell, seeds: number, against: readonly Rival[] = rivals): Measured {
  const outcomesOf = (run: (seed: number) => RunOutcome) => Array.from({ length: seeds }, (_, index) => run(index + 1));
  const adaptive = outcomesOf((seed) => {
    const run = decisionsAlone({ ...scenario, seed });
    if (!run) throw new Error(`${scenario.name} needs a whole rehearsal`);
    return run.outcomeAt(SECONDS);
  });
  const others = innocent ? [] : against;
  return {
    adaptive: summaryOf('adaptive', adaptive),
    gotEverything: adaptive.filter(({ toFullTraffic }) => toFullTraffic !== null).length / seeds,
    rivals: Object.fromEntries(
      others.map((name) => {
        const run = peers[name] as NonNullable<(typeof peers)[string]>;
        return [
          name,
          summaryOf(
            name,
            outcomesOf((seed) => run({ ...scenario, seed }).outcomeAt(SECONDS)),
          ),
        ];
      }),
    ),
  };
}

/**
 * How many times fewer excess failures the adaptive policy has than a rival: the geometric mean over the cells of the medians' ratios. Less
 * than one failure counts as one, so that chance is no factor.
 */
export function factorAgainst(rival: string, cells: readonly Measured[]): number {
  const failures = (summary: StrategySummary | undefined) => Math.max(1, summary?.excessFailures.median ?? Number.NaN);
  const logs = cells.map(({ adaptive, rivals: all }) => Math.log(failures(all[rival]) / failures(adaptive)));
  return Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
}
