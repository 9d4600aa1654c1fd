import { Annotations, Aspects, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct, IConstruct } from 'constructs';
import { type AlarmShape, needInWords, oneMinute, secondsToFire } from '../rollout/alarm-shape.ts';
import { cloudWatchTiming } from '../rollout/observation.ts';
import { planOf } from '../rollout/policy/plan.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import type { RolloutPolicy } from './policy.ts';
import { toPolicyInput } from './policy-json.ts';

/**
 * Warns at synth of alarms that need longer to fire than the shortest watched step lasts: the steps last until then, which people should
 * know. Only alarms of this app tell their periods; metrics of the CDK have five minutes unless told otherwise.
 */
export function warnOfSlowAlarms(
  scope: Construct,
  policy: RolloutPolicy,
  alarms: () => readonly cloudwatch.IAlarm[],
): void {
  const bakes = planOf(policySchema.parse(toPolicyInput(policy))).steps.map(({ bakeSeconds }) => bakeSeconds);
  const shortest = Math.min(...bakes.filter((seconds) => seconds > 0));
  Aspects.of(scope).add({
    visit(node: IConstruct) {
      if (node !== scope) return;
      const slow = alarms().flatMap((alarm) => {
        const shape = shapeOf(alarm);
        const needs = shape ? secondsToFire(shape, cloudWatchTiming.alarms) : 0;
        return shape && needs > shortest ? [`${alarm.node.path} fires on ${needInWords(shape)}, up to ${needs} s`] : [];
      });
      if (slow.length === 0) return;
      Annotations.of(scope).addWarningV2(
        'sluice:slowAlarms',
        `the shortest step of the policy is watched for ${shortest} s, and alarms need longer to fire: ${slow.join('; ')}. Each step lasts until all of them could have fired; give them shorter periods or fewer datapoints, or the policy longer steps, or acknowledge this.`,
      );
    },
  });
}

/** How an alarm of this app is made, as far as its template tells. */
function shapeOf(alarm: cloudwatch.IAlarm): AlarmShape | undefined {
  const resource = alarm.node.defaultChild as cloudwatch.CfnAlarm | undefined;
  // By what it says and not by its class: an app may hold two copies of the CDK.
  if (resource?.cfnResourceType !== 'AWS::CloudWatch::Alarm') return undefined;
  const { period, evaluationPeriods, datapointsToAlarm, metrics } = Stack.of(alarm).resolve({
    period: resource.period,
    evaluationPeriods: resource.evaluationPeriods,
    datapointsToAlarm: resource.datapointsToAlarm,
    metrics: resource.metrics,
  }) as Partial<Pick<cloudwatch.CfnAlarm, 'period' | 'evaluationPeriods' | 'datapointsToAlarm'>> & {
    readonly metrics?: readonly cloudwatch.CfnAlarm.MetricDataQueryProperty[];
  };
  const stats = (metrics ?? []).flatMap(({ metricStat }) =>
    metricStat && 'period' in metricStat ? [metricStat.period] : [],
  );
  const periods = [period, ...stats].filter((each) => each !== undefined);
  const numbers = [...periods, evaluationPeriods, datapointsToAlarm ?? evaluationPeriods];
  if (periods.length === 0 || numbers.some((each) => typeof each !== 'number' || Token.isUnresolved(each)))
    return undefined;
  return {
    ...oneMinute,
    periodSeconds: Math.max(...periods),
    evaluationPeriods: evaluationPeriods as number,
    datapointsToAlarm: (datapointsToAlarm ?? evaluationPeriods) as number,
  };
}
