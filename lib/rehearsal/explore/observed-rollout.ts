import { type AliasState, type Routing, sameRouting, shareOf, split } from '../../rollout/alias/alias.ts';
import { isDeliberate } from '../../rollout/contracts/events.ts';
import type { Step } from '../../rollout/policy/step.ts';
import type { ExecutionEnd } from '../services/step-functions.ts';

/** What was seen of one rollout from outside: of its execution, of what was written in its name, and of what it was told. */
export class ObservedRollout {
  readonly name: string;
  readonly startedAt: number;
  readonly candidate: string;
  readonly plan: readonly Step[];
  running = true;
  end: ExecutionEnd | null = null;
  /** A person stopped it, so it may end without a word. */
  stopped = false;
  /** The state that its execution is in. */
  state = '';
  /** When it came to Revert, in this drive of its execution; null before. */
  revertingSince: number | null = null;
  hasWritten = false;
  /** What the alias served when the first weight was written; null before. */
  stable: string | null = null;
  /** The candidate's share in percent that was written last in its name. */
  weight = 0;
  /** When a person approved last. */
  approvedAt = Number.NEGATIVE_INFINITY;
  /** Since when the candidate has had the share that it has, and since when the share that Sluice gave last. */
  shareSince = 0;
  writtenAt = 0;
  /** When it was to be reverted, and whether the alias was put back since. */
  verdict: { readonly at: number; done: boolean } | null = null;
  /** The rollout that wrote after this one had. */
  displacedBy: string | null = null;

  constructor(name: string, startedAt: number, candidate: string, plan: readonly Step[]) {
    this.name = name;
    this.startedAt = startedAt;
    this.candidate = candidate;
    this.plan = plan;
  }

  /** Whether its execution ended with a name of the state machine's own: it left the alias as it meant to. */
  get endedDeliberately(): boolean {
    return this.end !== null && (this.end.status === 'SUCCEEDED' || isDeliberate(this.end.error));
  }

  /** The step whose weight the alias shows, or -1. */
  stepOn(alias: Routing): number {
    const share = shareOf(this.candidate, alias);
    return this.plan.findIndex(({ weight }) => weight === share);
  }

  /** Whether a routing is exactly the weight that follows what was written last: what a person gives who skips a bake. */
  isNext(routing: Routing, alias: AliasState): boolean {
    const next = this.plan.find(({ weight }) => weight > this.weight);
    return (
      next !== undefined &&
      sameRouting(routing, split(this.stable ?? alias.functionVersion, this.candidate, next.weight))
    );
  }
}
