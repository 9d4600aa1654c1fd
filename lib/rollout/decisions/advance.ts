import { type AliasState, allTrafficTo, type Routing, routingInWords, sameRouting } from '../alias/alias.ts';
import { type Rollout, routingAt } from '../document/rollout.ts';
import { describeWanted } from './shift.ts';

/** How the rest of a bake is skipped on the alias as it was read; or why it may not be skipped now. */
export type AdvanceDecision =
  | {
      readonly kind: 'write';
      readonly to: Routing;
      readonly description: string;
      readonly weight: number;
      readonly promotes: boolean;
    }
  | { readonly kind: 'refuse'; readonly why: string };

/**
 * Gives the weight after the one that the rollout has given, or everything after the last: exactly what the rollout takes for an
 * advance when it looks at the alias next. The description names the rollout, so that alarms and the end of the execution take back
 * this weight too.
 */
export function advanceOf(rollout: Rollout, alias: AliasState | null, by: string): AdvanceDecision {
  const refuse = (why: string): AdvanceDecision => ({ kind: 'refuse', why });
  if (!alias) return refuse('the alias does not exist any more');
  const { candidate, step, plan } = rollout;
  if (step < 0) return refuse(`${candidate} has no traffic yet, so there is no bake to skip`);
  if (rollout.next !== 'bake' && rollout.next !== 'eachStep') {
    return refuse('the rollout is moving on by itself; look at its status in a minute');
  }
  const next = plan[step + 1];
  const to = next ? routingAt(rollout, step + 1) : allTrafficTo(candidate);
  if (!sameRouting(alias, routingAt(rollout, step))) {
    return refuse(
      sameRouting(alias, to)
        ? 'the rollout has not taken up the last advance yet; try again in a minute'
        : `the alias serves ${routingInWords(alias)}, which is not the weight that the rollout gave`,
    );
  }
  if (!next) {
    const reason = `promoted by ${by} before it had settled`;
    const description = describeWanted({ ...rollout, next: 'promote', wanted: to, reason });
    return { kind: 'write', to, description, weight: 100, promotes: true };
  }
  const description = describeWanted({ ...rollout, next: 'shift', wanted: to });
  return { kind: 'write', to, description, weight: next.weight, promotes: false };
}
