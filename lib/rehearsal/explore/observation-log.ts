import type { DescribeAlarmsCommandOutput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { ObservedRollout } from './observed-rollout.ts';

/** One observation of a step: when it began, and all answers that AWS gave it. */
interface Observation {
  readonly begunAt: number;
  readonly answers: readonly ObservedAnswer[];
}

/** The answers that AWS gave to every observation, injected lies included. */
export class ObservationLog {
  readonly #answers = new Map<Invocation, ObservedAnswer[]>();

  add(answer: ObservedAnswer): void {
    const { invocation } = answer;
    if (invocation?.name !== 'observe') return;
    const before = this.#answers.get(invocation);
    if (before) before.push(answer);
    else this.#answers.set(invocation, [answer]);
  }

  /**
   * Why a step of a rollout cannot have passed; undefined if one observation saw enough. It must have begun after the step's bake,
   * and everything that the policy names must have been well by it: no data is no pass. This repeats the promise of a policy, not
   * the decision of the handlers.
   *
   * A person who approves takes the risk of missing data, but not of an alarm that fires.
   */
  objection(rollout: ObservedRollout, step: number, policy: Policy): string | undefined {
    const observations = this.#of(rollout.name, step);
    if (observations.length === 0) return `step ${step + 1} was never observed`;
    const objections = observations.map((observation) => objectionTo(observation, rollout, step, policy));
    return objections.includes(undefined) ? undefined : objections.at(-1);
  }

  #of(execution: string, step: number): readonly Observation[] {
    return [...this.#answers]
      .filter(([{ event }]) => {
        const rollout = event as Rollout;
        return rollout.execution.name === execution && rollout.step === step;
      })
      .map(([{ begunAt }, answers]) => ({ begunAt, answers }));
  }
}

function objectionTo(
  { begunAt, answers }: Observation,
  rollout: ObservedRollout,
  step: number,
  { alarms, evidence }: Policy,
): string | undefined {
  const bakeSeconds = rollout.plan[step]?.bakeSeconds ?? 0;
  if (begunAt < rollout.shareSince + bakeSeconds) return `step ${step + 1} was not watched for its ${bakeSeconds} s`;
  const unprovenIsFine = rollout.approvedAt >= rollout.shareSince || bakeSeconds === 0;
  const states = new Map(answers.flatMap(statesIn));
  const good = unprovenIsFine ? ['OK', 'INSUFFICIENT_DATA'] : ['OK'];
  const unproven = alarms.find((name) => !good.includes(states.get(name) ?? ''));
  if (unproven) return `alarm ${unproven} was ${states.get(unproven) ?? 'not seen'} after step ${step + 1}`;
  if (!evidence || evidence.onNoEvidence === 'proceed' || unprovenIsFine) return undefined;
  const seen = answers.reduce((sum, answer) => sum + candidateInvocationsIn(answer), 0);
  return seen < evidence.minimumInvocations ? `only ${seen} requests were seen at step ${step + 1}` : undefined;
}

function statesIn({ call, output }: ObservedAnswer): [string, string][] {
  if (call !== 'cloudwatch:DescribeAlarms') return [];
  const { MetricAlarms: alarms = [] } = output as Partial<DescribeAlarmsCommandOutput>;
  return alarms.map(({ AlarmName = '', StateValue = '' }) => [AlarmName, StateValue]);
}

function candidateInvocationsIn({ call, output }: ObservedAnswer): number {
  if (call !== 'cloudwatch:GetMetricData') return 0;
  const { MetricDataResults: results = [] } = output as Partial<GetMetricDataCommandOutput>;
  return results
    .filter(({ Id }) => Id === 'candidateInvocations')
    .flatMap(({ Values = [] }) => Values)
    .reduce((sum, value) => sum + value, 0);
}
