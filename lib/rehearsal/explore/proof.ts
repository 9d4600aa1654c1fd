import type { DescribeAlarmsCommandOutput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { ObservedRollout } from './observed-rollout.ts';

/** What every observation was told by AWS, injected lies included, for whoever asks later whether it could have passed. */
export class ObservationLog {
  readonly #told = new Map<Invocation, ObservedAnswer[]>();

  add(told: ObservedAnswer): void {
    const { invocation } = told;
    if (invocation?.name !== 'observe') return;
    const before = this.#told.get(invocation);
    if (before) before.push(told);
    else this.#told.set(invocation, [told]);
  }

  /**
   * Why a step of a rollout cannot have passed; undefined where an observation was told enough. It has to have begun after the
   * step's bake, and all that the policy names has to have been seen well by it: no data is no pass. This repeats what a policy
   * promises, not how the handlers decide.
   *
   * A person who approved has taken over what is not proven, but an alarm is an alarm.
   */
  objection(rollout: ObservedRollout, step: number, policy: Policy): string | undefined {
    const of = [...this.#told].filter(([{ event }]) => {
      const { execution, step: at } = event as Rollout;
      return execution.name === rollout.name && at === step;
    });
    if (of.length === 0) return `step ${step + 1} was never observed`;
    const objections = of.map(([invocation, told]) => this.#objectionOf(invocation, told, rollout, step, policy));
    return objections.includes(undefined) ? undefined : objections.at(-1);
  }

  #objectionOf(
    { begunAt }: Invocation,
    told: readonly ObservedAnswer[],
    rollout: ObservedRollout,
    step: number,
    { alarms, evidence }: Policy,
  ): string | undefined {
    const bakeSeconds = rollout.plan[step]?.bakeSeconds ?? 0;
    if (begunAt < rollout.shareSince + bakeSeconds) return `step ${step + 1} was not watched for its ${bakeSeconds} s`;
    const approved = rollout.approvedAt >= rollout.shareSince;
    const states = new Map(
      told.filter(({ call }) => call === 'cloudwatch:DescribeAlarms').flatMap(({ output }) => statesIn(output)),
    );
    const good = approved || bakeSeconds === 0 ? ['OK', 'INSUFFICIENT_DATA'] : ['OK'];
    const unproven = alarms.find((name) => !good.includes(states.get(name) ?? ''));
    if (unproven) return `alarm ${unproven} was ${states.get(unproven) ?? 'not seen'} after step ${step + 1}`;
    if (!evidence || evidence.onNoEvidence === 'proceed' || approved || bakeSeconds === 0) return undefined;
    const seen = told
      .filter(({ call }) => call === 'cloudwatch:GetMetricData')
      .reduce((sum, { output }) => sum + candidateInvocationsIn(output), 0);
    return seen < evidence.minimumInvocations ? `only ${seen} requests were seen at step ${step + 1}` : undefined;
  }
}

const statesIn = (output: object): [string, string][] =>
  ((output as Partial<DescribeAlarmsCommandOutput>).MetricAlarms ?? []).map((alarm) => [
    alarm.AlarmName ?? '',
    alarm.StateValue ?? '',
  ]);

const candidateInvocationsIn = (output: object): number =>
  ((output as Partial<GetMetricDataCommandOutput>).MetricDataResults ?? [])
    .filter(({ Id }) => Id === 'candidateInvocations')
    .flatMap(({ Values = [] }) => Values)
    .reduce((sum, value) => sum + value, 0);
