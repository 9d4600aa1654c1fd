import { allTrafficTo } from '../../../lib/rollout/alias/alias.ts';
import { shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { newRollout } from '../../../lib/rollout/document/new-rollout.ts';
import { type Rollout, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { type PolicyInput, policySchema } from '../../../lib/rollout/policy/policy.ts';
import { execution, T0 } from '../a-rollout.ts';

/** The members of the group in these tests: their names, and the versions that they go from and to. */
const versions = { stock: ['11', '12'], prices: ['21', '22'], checkout: ['41', '42'] } as const;
const names = ['stock', 'prices', 'checkout'] as const;

/** An alarm that watches a member alone. */
export const alarmOf = (name: string): string => `${name}-errors`;

/** A rollout of three members before its first traffic. The alarm `site-down` watches all of them. */
export function aGroup(policy: Partial<PolicyInput> = {}): Rollout {
  const own = names.map(alarmOf);
  const started = newRollout(
    {
      operation: 'start',
      group: 'shop',
      members: names.map((name) => ({
        function: name,
        alias: 'live',
        version: versions[name][1],
        alarms: [alarmOf(name)],
        provisionedConcurrency: null,
      })),
      policy: policySchema.parse({
        canary: { weight: 10, bakeSeconds: 300 },
        batches: { count: 3, intervalSeconds: 300 },
        settleSeconds: 600,
        alarms: ['site-down', ...own],
        ...policy,
      }),
      stack: null,
      startedBy: 'a test',
    },
    execution,
  );
  const beside = <Member extends object>(member: Member, name: keyof typeof versions): Member => ({
    ...member,
    stable: versions[name][0],
    seen: allTrafficTo(versions[name][0]),
  });
  return {
    ...beside(started, 'stock'),
    others: started.others.map((other, index) => beside(other, names[index + 1] as keyof typeof versions)),
  };
}

/** The same group at the given step, whose weight was given at T0. */
export function groupAtStep(step: number, policy: Partial<PolicyInput> = {}): Rollout {
  const before = aGroup(policy);
  return shifted({ ...before, step: step - 1, wanted: routingAt(before, step) }, cloudWatchTiming, T0).rollout;
}
