import { allTrafficTo, type Routing } from '../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import { counted } from '../../lib/rollout/coverage.ts';
import { decide } from '../../lib/rollout/decisions/decide.ts';
import type { Decision } from '../../lib/rollout/decisions/rules/decision.ts';
import { shifted } from '../../lib/rollout/decisions/transitions.ts';
import { newRollout } from '../../lib/rollout/document/new-rollout.ts';
import { type Rollout, routingAt } from '../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming, type Observation, type Period } from '../../lib/rollout/observation.ts';
import { type PolicyInput, policySchema } from '../../lib/rollout/policy/policy.ts';

/** The start of every rollout in these tests: a whole minute, in seconds since 1970. */
export const T0 = 1_767_225_600;

export const execution = {
  id: 'arn:aws:states:us-east-1:123456789012:execution:sluice:deploy-7',
  name: 'deploy-7',
  startedAt: T0,
};

const usual: PolicyInput = {
  canary: { weight: 10, bakeSeconds: 300 },
  batches: { count: 3, intervalSeconds: 300 },
  settleSeconds: 600,
  alarms: ['checkout-errors'],
};

/** A rollout from 41 to 42 before its first traffic. */
export function aRollout(policy: Partial<PolicyInput> = {}): Rollout {
  const started = newRollout(
    {
      operation: 'start',
      group: null,
      members: [{ function: 'checkout', alias: 'live', version: '42', alarms: [], provisionedConcurrency: null }],
      policy: policySchema.parse({ ...usual, ...policy }),
      stack: null,
      startedBy: 'a test',
    },
    execution,
  );
  return { ...started, stable: '41', seen: allTrafficTo('41') };
}

/** The same rollout at the given step, whose weight was given at T0. */
export function atStep(step: number, policy: Partial<PolicyInput> = {}): Rollout {
  const before = aRollout(policy);
  return shifted({ ...before, step: step - 1, wanted: routingAt(before, step) }, cloudWatchTiming, T0).rollout;
}

/** An observation of a rollout in which all is well: 10 requests a second, routed by the weight of the step, none failed. */
export function allWell(rollout: Rollout, until: number): Observation {
  const candidate = 6 * (rollout.plan[rollout.step]?.weight ?? 0);
  return {
    alias: aliasShowing(rollout, rollout.seen),
    alarms: rollout.policy.alarms.map((name) => ({ name, state: 'OK', reason: '', shape: null })),
    hold: null,
    periods: periodsUntil(until, { invocations: 600 - candidate, errors: 0 }, { invocations: candidate, errors: 0 }),
    timing: cloudWatchTiming,
  };
}

/** What an observation means for a rollout. */
export const decideOn = (rollout: Rollout, observation: Observation, now: number): Decision =>
  decide(rollout, counted(rollout.shiftedAt, observation), now);

/** Whole minutes from T0 on. */
export function periodsUntil(until: number, stable: Period['stable'], candidate: Period['candidate']): Period[] {
  const count = Math.max(0, Math.floor((until - 60 - T0) / 60));
  return Array.from({ length: count }, (_, index) => ({ start: T0 + index * 60, stable, candidate }));
}

export function aliasShowing(rollout: Rollout, routing: Routing, description?: string) {
  const { name, startedAt } = rollout.execution;
  const weight = rollout.plan[rollout.step]?.weight ?? 0;
  const ours = describeShift(
    { stable: rollout.stable, candidate: rollout.candidate, weight, execution: name, startedAt },
    { number: rollout.step + 1, of: rollout.plan.length },
  );
  return { ...routing, description: description ?? ours, revisionId: 'r1' };
}
