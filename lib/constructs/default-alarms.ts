import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** Whose invocations an alarm looks at. */
export interface AlarmScope {
  readonly functionName: string;
  readonly aliasName: string;
  /** The version that was published with this deploy. */
  readonly version: string;
}

/** A share of failing invocations above which a minute counts as bad. */
const ERROR_RATE = 0.05;

/**
 * The alarms of an alias whose user names none: error rate and throttles, of the alias as a whole and of the new version alone.
 * Each fires when two of three minutes are bad.
 *
 * The dimensions are those under which Lambda publishes what goes through an alias: FunctionName with Resource, and with
 * ExecutedVersion for one version of it. (AWS Lambda guide, "Types of metrics"; alarms on other sets of dimensions never have
 * data: aws-cdk#14248, SAM#518.)
 */
export function defaultAlarms(scope: Construct, { functionName, aliasName, version }: AlarmScope): cloudwatch.Alarm[] {
  const alias = { FunctionName: functionName, Resource: `${functionName}:${aliasName}` };
  const candidate = { ...alias, ExecutedVersion: version };
  return [
    errorRateAlarm(scope, 'ErrorRate', alias, `more than ${ERROR_RATE * 100} % of the alias's invocations fail`),
    throttlesAlarm(scope, 'Throttles', alias, "the alias's invocations are throttled"),
    errorRateAlarm(
      scope,
      'CandidateErrorRate',
      candidate,
      `more than ${ERROR_RATE * 100} % of the new version's invocations fail`,
    ),
    throttlesAlarm(scope, 'CandidateThrottles', candidate, "the new version's invocations are throttled"),
  ];
}

type Dimensions = Readonly<Record<string, string>>;

const twoOfThreeMinutes = {
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  // No invocations are no failures; whether silence is enough to go on is the policy's to say (evidence).
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
} as const;

function errorRateAlarm(scope: Construct, id: string, dimensions: Dimensions, when: string): cloudwatch.Alarm {
  return new cloudwatch.MathExpression({
    expression: 'errors / invocations',
    usingMetrics: { errors: sumOf('Errors', dimensions), invocations: sumOf('Invocations', dimensions) },
    period: Duration.minutes(1),
    label: 'error rate',
  }).createAlarm(scope, id, { ...twoOfThreeMinutes, threshold: ERROR_RATE, alarmDescription: `Sluice: ${when}` });
}

function throttlesAlarm(scope: Construct, id: string, dimensions: Dimensions, when: string): cloudwatch.Alarm {
  return sumOf('Throttles', dimensions).createAlarm(scope, id, {
    ...twoOfThreeMinutes,
    threshold: 0,
    alarmDescription: `Sluice: ${when}`,
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
