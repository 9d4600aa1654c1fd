import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { BAD_RATE, EACH_VERSION_MARK } from '../rollout/candidate-rate.ts';
import { acknowledge } from './acknowledge.ts';

/** The alias whose invocations the alarms watch. */
export interface AlarmScope {
  readonly functionName: string;
  readonly aliasName: string;
}

/**
 * Makes the alarms of an alias whose user names none: on its error rate and on throttles. Each fires if two of three consecutive minutes
 * are bad. The mark in the first one's description has each rollout judge its candidate's own error rate in the same way, by the counts
 * that it reads anyway. A candidate that is throttled is an alias that is throttled.
 *
 * An alarm on one version would be moved by the next deploy, while an earlier rollout still goes on.
 *
 * The dimensions are those under which Lambda publishes the requests of an alias: FunctionName with Resource. (AWS Lambda guide, "Types
 * of metrics"; alarms on other sets of dimensions never have data: aws-cdk#14248, SAM#518.)
 */
export function defaultAlarms(scope: Construct, { functionName, aliasName }: AlarmScope): cloudwatch.Alarm[] {
  const alias = { FunctionName: functionName, Resource: `${functionName}:${aliasName}` };
  const failing = `more than ${BAD_RATE * 100} % of the alias's invocations fail; rollouts judge each version by it too ${EACH_VERSION_MARK}`;
  const alarms = [
    errorRateAlarm(scope, 'ErrorRate', alias, failing),
    throttlesAlarm(scope, 'Throttles', alias, "the alias's invocations are throttled"),
  ];
  for (const alarm of alarms) {
    acknowledge(
      alarm,
      'CloudWatchAlarmAction',
      'Rollouts hear it by EventBridge; add an action if people should, too.',
    );
  }
  return alarms;
}

type Dimensions = Readonly<Record<string, string>>;

const twoOfThreeMinutes = {
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  // No invocations are no failures. The policy's evidence says whether silence is enough to go on.
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
} as const;

function errorRateAlarm(scope: Construct, id: string, dimensions: Dimensions, meaning: string): cloudwatch.Alarm {
  return new cloudwatch.MathExpression({
    expression: 'errors / invocations',
    usingMetrics: { errors: sumOf('Errors', dimensions), invocations: sumOf('Invocations', dimensions) },
    period: Duration.minutes(1),
    label: 'error rate',
  }).createAlarm(scope, id, { ...twoOfThreeMinutes, threshold: BAD_RATE, alarmDescription: `Sluice: ${meaning}` });
}

function throttlesAlarm(scope: Construct, id: string, dimensions: Dimensions, meaning: string): cloudwatch.Alarm {
  return sumOf('Throttles', dimensions).createAlarm(scope, id, {
    ...twoOfThreeMinutes,
    threshold: 0,
    alarmDescription: `Sluice: ${meaning}`,
  });
}

const sumOf = (metricName: string, dimensionsMap: Dimensions): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap,
    statistic: cloudwatch.Stats.SUM,
    period: Duration.minutes(1),
  });
