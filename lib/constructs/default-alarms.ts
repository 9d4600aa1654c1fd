import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** The alias and the version whose invocations the alarms watch. */
export interface AlarmScope {
  readonly functionName: string;
  readonly aliasName: string;
  /** The version that was published with this deploy. */
  readonly version: string;
}

/** A minute is bad if a greater share of its invocations fails. */
const ERROR_RATE = 0.05;

/**
 * Makes the alarms of an alias whose user names none: on the error rate and on throttles, each for the alias as a whole and for the
 * new version alone. Each fires if two of three consecutive minutes are bad.
 *
 * The dimensions are those under which Lambda publishes the requests of an alias: FunctionName with Resource, and with
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
  // No invocations are no failures. The policy's evidence says whether silence is enough to go on.
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
} as const;

function errorRateAlarm(scope: Construct, id: string, dimensions: Dimensions, meaning: string): cloudwatch.Alarm {
  return new cloudwatch.MathExpression({
    expression: 'errors / invocations',
    usingMetrics: { errors: sumOf('Errors', dimensions), invocations: sumOf('Invocations', dimensions) },
    period: Duration.minutes(1),
    label: 'error rate',
  }).createAlarm(scope, id, { ...twoOfThreeMinutes, threshold: ERROR_RATE, alarmDescription: `Sluice: ${meaning}` });
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
