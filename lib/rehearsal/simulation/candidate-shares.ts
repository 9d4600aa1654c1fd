import { type Routing, shareOf } from '../../rollout/alias/alias.ts';
import { OPERATOR } from '../names.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { Timeline } from './timeline.ts';

/** A candidate's share in percent; 0 while there is no alias. */
export const candidateShare = (candidate: string, routing: Routing | null): number =>
  routing ? shareOf(candidate, routing) : 0;

/** When the first rollout's candidate first had all traffic, and when it first lost its traffic, in seconds. */
export class CandidateShares {
  fullTrafficAt: number | null = null;
  revertedAt: number | null = null;
  readonly #candidate: string;
  readonly #timeline: Timeline;

  constructor(candidate: string, timeline: Timeline) {
    this.#candidate = candidate;
    this.#timeline = timeline;
  }

  /** The alias changed. */
  update({ by, before, after }: AliasChange, second: number): void {
    const share = candidateShare(this.#candidate, after);
    if (share === 100) this.fullTrafficAt ??= second;
    if (share > 0 || candidateShare(this.#candidate, before) === 0) return;
    this.revertedAt ??= second;
    if (by !== OPERATOR) return;
    this.#timeline.add({ second, event: 'reverted', weight: 0, reason: 'put back by the operator' });
  }
}
