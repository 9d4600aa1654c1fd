import {
  type AliasState,
  carriesWeights,
  type Routing,
  sameRouting,
  shareOf,
  split,
} from '../../rollout/alias/alias.ts';
import { isDeliberate } from '../../rollout/contracts/events.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { Step } from '../../rollout/policy/step.ts';
import type { ExecutionEnd } from '../services/execution.ts';

/** One rollout as it is seen from outside: its execution, the writes in its name, and the decisions that it was given. */
export class ObservedRollout {
  readonly name: string;
  readonly startedAt: number;
  readonly candidate: string;
  /** Its own policy: an execution that is started by hand may bring one. */
  readonly policy: Policy;
  readonly #planned: readonly Step[];
  /** The weights that it was given under adaptive weights: nobody can tell them before. */
  readonly #chosen: number[] = [];
  running = true;
  end: ExecutionEnd | null = null;
  /** A person stopped it, so it may end without a reason. */
  stopped = false;
  /** The state that its execution is in. */
  state = '';
  /** When it entered Revert; null before, and again after a redrive. */
  revertingSince: number | null = null;
  hasWritten = false;
  /** The version that the alias served when the first weight was written; null before. */
  stable: string | null = null;
  /** The candidate's share in percent that was written last in its name. */
  weight = 0;
  /** When a person approved, until the weight that was approved is written: an approval answers one question. */
  approvedAt: number | null = null;
  /** The alarms that it ignores: they fired when it started, and no look has seen them OK since. */
  readonly ignored = new Set<string>();
  /** When it last entered the state that gives a weight. */
  shiftingSince = 0;
  /** When an alarm's event took its weights away; null before. */
  revertedOnAlarmAt: number | null = null;
  /** The routing that its own execution gave last; null before the first weight. */
  given: Routing | null = null;
  /** When it was last redriven. */
  redrivenAt = Number.NEGATIVE_INFINITY;
  /** The document that the last of its Tasks returned. */
  document: unknown = null;
  /** When a hook threw or refused; null before. */
  hookObjectedAt: number | null = null;
  /** Since when the candidate has had its share, and since when it has had the share that Sluice gave last. */
  shareSince = 0;
  writtenAt = 0;
  /** Since when its candidate has had any share at all. */
  weightSince = 0;
  /** The requests that its candidate had been sent when its share last changed. */
  requestsBefore = 0;
  /** When it was to be reverted, and whether the alias was reverted since. */
  verdict: { readonly at: number; done: boolean } | null = null;
  /** The rollout that wrote after this one had. */
  displacedBy: string | null = null;

  constructor(name: string, startedAt: number, candidate: string, policy: Policy) {
    this.name = name;
    this.startedAt = startedAt;
    this.candidate = candidate;
    this.policy = policy;
    this.#planned = planOf(policy).steps;
  }

  /** Its steps. Under adaptive weights they are those that it was given, and everything at last. */
  get plan(): readonly Step[] {
    const last = this.#planned.at(-1);
    if (!this.policy.adaptive || !last) return this.#planned;
    const taken = this.#chosen.map((weight) => (weight === last.weight ? last : { ...last, weight, bakeSeconds: 0 }));
    return this.#chosen.at(-1) === last.weight ? taken : [...taken, last];
  }

  /** Notes a weight that was written in its name. */
  noteWeight(weight: number): void {
    this.weight = weight;
    if (weight > 0 && this.#chosen.at(-1) !== weight) this.#chosen.push(weight);
  }

  /** Whether its execution ended with an error name of the state machine's own: it left the alias as it meant to. */
  get endedDeliberately(): boolean {
    return this.end !== null && (this.end.status === 'SUCCEEDED' || isDeliberate(this.end.error));
  }

  /** The step whose weight the alias shows, or -1. */
  stepOn(alias: Routing): number {
    const share = shareOf(this.candidate, alias);
    return this.plan.findLastIndex(({ weight }) => weight === share);
  }

  /** Whether it may take a person's routing for its own: exactly its next weight, unless the alias was taken from it before. */
  mayAdopt(routing: Routing, before: AliasState): boolean {
    return !this.endedDeliberately && !this.verdict?.done && !this.displacedBy && this.#isNext(routing, before);
  }

  /** Notes the version that the alias served when the first weight was written. */
  noteStable(before: Routing, after: Routing): void {
    if (carriesWeights(after)) this.stable ??= before.functionVersion;
  }

  /** Whether a routing is exactly the weight that follows the one written last: a person gives it to skip a bake. */
  #isNext(routing: Routing, alias: AliasState): boolean {
    const { plan } = this;
    const next = this.policy.adaptive ? plan.at(-1) : plan.find(({ weight }) => weight > this.weight);
    return (
      next !== undefined &&
      sameRouting(routing, split(this.stable ?? alias.functionVersion, this.candidate, next.weight))
    );
  }
}

export const endInWords = (end: ExecutionEnd | null): string =>
  end?.error ? `${end.status} (${end.error})` : String(end?.status);
