import { split } from '../../rollout/alias/alias.ts';
import { CANDIDATE, STABLE } from '../names.ts';
import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { curveOf } from '../scenario/traffic.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { World } from '../world/world.ts';

/** The way of the candidate's weight through one rollout. All times are seconds since its start. */
export class Run {
  readonly world: World;
  /** The candidate's weight, in percent. */
  weight = 0;
  /** When the candidate first had all traffic. */
  fullTrafficAt: number | null = null;
  /** When the traffic that it had was taken from it for good. */
  revertedAt: number | null = null;

  constructor(
    { traffic, stable, candidate, incidents, seed }: Scenario,
    alarms: readonly AlarmSpec[] = [],
    onAlarm?: (alarm: AlarmTransition) => void,
  ) {
    this.world = new World({
      requestsPerSecond: curveOf(traffic),
      stable: { version: STABLE, ...stable },
      candidate: CANDIDATE,
      incidents,
      alarms,
      seed,
      ...(onAlarm && { onAlarm }),
    });
    this.world.addVersion(CANDIDATE, candidate);
  }

  /** Gives the candidate a weight. */
  give(weight: number, second: number): void {
    if (weight === this.weight) return;
    this.revertedAt = weight === 0 ? second : null;
    this.weight = weight;
    if (weight === 100) this.fullTrafficAt ??= second;
    this.world.setRouting(split(STABLE, CANDIDATE, weight), second);
  }

  /** What has come of it until a second. A candidate without traffic fails no more, so its time need not be simulated. */
  outcomeAt(second: number): RunOutcome {
    if (this.weight > 0) this.world.advanceTo(second);
    const { fullTrafficAt, revertedAt } = this;
    const faultAt = this.world.faultBeganAt(CANDIDATE);
    return {
      excessFailures: this.world.excessFailures(CANDIDATE),
      toFullTraffic: fullTrafficAt,
      faultToRevert: faultAt !== null && revertedAt !== null && revertedAt >= faultAt ? revertedAt - faultAt : null,
      rolledBack: revertedAt !== null,
    };
  }
}

/** What has come of one rollout. Times are seconds, null if it never came to that. */
export interface RunOutcome {
  /** Failures of the candidate's requests, less what the stable version's rate would have given those. */
  readonly excessFailures: number;
  readonly toFullTraffic: number | null;
  readonly faultToRevert: number | null;
  readonly rolledBack: boolean;
}

/** A run that is over, and when it was. */
export interface FinishedRun {
  readonly endedAt: number;
  readonly outcomeAt: (second: number) => RunOutcome;
}
