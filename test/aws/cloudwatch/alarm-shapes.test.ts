import { describe, expect, it } from 'vitest';
import { compositeShape, logShape, metricShape, namesInRule } from '../../../lib/aws/cloudwatch/alarm-shapes.ts';
import { oneMinute } from '../../../lib/rollout/alarm-shape.ts';
import { EACH_VERSION_MARK } from '../../../lib/rollout/candidate-rate.ts';

const usual = { Namespace: 'AWS/Lambda', MetricName: 'Errors', Period: 60, EvaluationPeriods: 3 };
const ofVersion = (Value: string) => [
  { Name: 'FunctionName', Value: 'checkout' },
  { Name: 'ExecutedVersion', Value },
];
const queryOf = (Period: number, version?: string) => ({
  Id: 'm',
  MetricStat: {
    Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: version ? ofVersion(version) : [] },
    Period,
    Stat: 'Sum',
  },
});

describe('the shape of a metric alarm', () => {
  it('needs all its periods unless fewer datapoints are named', () => {
    expect(metricShape(usual)).toEqual({ ...oneMinute, evaluationPeriods: 3, datapointsToAlarm: 3 });
    expect(metricShape({ ...usual, DatapointsToAlarm: 2 })).toMatchObject({ datapointsToAlarm: 2 });
  });

  it('has the longest period of the metrics and queries in its formula', () => {
    const Metrics = [
      { Id: 'rate', Expression: 'm / n' },
      queryOf(60),
      queryOf(300),
      { Id: 'q', Expression: 'SELECT', Period: 120 },
    ];
    expect(metricShape({ EvaluationPeriods: 1, Metrics })).toMatchObject({ periodSeconds: 300 });
  });

  it('is evaluated every minute, or every ten seconds if its periods are shorter, or as often as it says', () => {
    expect(metricShape(usual)).toMatchObject({ evaluationSeconds: 60 });
    expect(metricShape({ ...usual, Period: 10 })).toMatchObject({ evaluationSeconds: 10 });
    expect(metricShape({ ...usual, EvaluationInterval: 300 })).toMatchObject({ evaluationSeconds: 300 });
  });

  it('takes a window on the clock of another time zone to begin up to a period later', () => {
    const EvaluationWindow = { WallClockWindow: { Timezone: 'Asia/Kathmandu' } };
    expect(metricShape({ ...usual, Period: 3600, EvaluationWindow })).toMatchObject({ evaluationSeconds: 3660 });
    expect(metricShape({ ...usual, EvaluationWindow: { SlidingWindow: {} } })).toMatchObject({ evaluationSeconds: 60 });
  });

  it('has the version that all its metrics are of, and none if one of them is of another or of all', () => {
    const versions = (...all: (string | undefined)[]) =>
      metricShape({ EvaluationPeriods: 1, Metrics: all.map((each) => queryOf(60, each)) })?.version;
    expect(metricShape({ ...usual, Dimensions: ofVersion('41') })?.version).toBe('41');
    expect(metricShape(usual)?.version).toBeNull();
    expect([versions('41', '41'), versions('41', '42'), versions('41', undefined)]).toEqual(['41', null, null]);
  });

  it('says whether actions are enabled and whether each version is to be judged', () => {
    expect(metricShape(usual)).toMatchObject({ actionsEnabled: true, eachVersion: false });
    const marked = { ...usual, ActionsEnabled: false, AlarmDescription: `mine ${EACH_VERSION_MARK}` };
    expect(metricShape(marked)).toMatchObject({ actionsEnabled: false, eachVersion: true });
  });

  it('of a PromQL query waits for the pending period and the range that the query looks back over', () => {
    const PromQLCriteria = { Query: 'rate(errors[1m]) / rate(all[1h30m])', PendingPeriod: 120 };
    expect(metricShape({ EvaluationInterval: 60, EvaluationCriteria: { PromQLCriteria } })).toMatchObject({
      periodSeconds: 60,
      datapointsToAlarm: 3,
      evaluationSeconds: 60 + 5400,
    });
  });

  it('is not known without a period', () => {
    expect(metricShape({ EvaluationPeriods: 1 })).toBeNull();
  });
});

describe('the shape of a log alarm', () => {
  const scheduled = (ScheduleExpression: string, StartTimeOffset = 300) => ({
    QueryResultsToEvaluate: 3,
    QueryResultsToAlarm: 2,
    ScheduledQueryConfiguration: {
      QueryString: '',
      ScheduledQueryRoleARN: '',
      AggregationExpression: '',
      ScheduleConfiguration: { ScheduleExpression, StartTimeOffset },
    },
  });

  it('has a datapoint with each run of its query, which covers the time from so long before', () => {
    expect(logShape(scheduled('rate(5 minutes)'))).toMatchObject({
      kind: 'log',
      periodSeconds: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      evaluationSeconds: 300,
    });
    expect(logShape(scheduled(' rate(1 hour) ', 10))).toMatchObject({
      periodSeconds: 3600,
      evaluationSeconds: 60,
      version: null,
    });
  });

  it('is not known with another schedule', () => {
    expect([logShape(scheduled('cron(0 * * * ? *)')), logShape({})]).toEqual([null, null]);
  });
});

describe('the shape of a composite alarm', () => {
  const slow = { ...oneMinute, periodSeconds: 300 };

  it('is that of its slowest child; a child of which nothing is known has a minute', () => {
    expect(compositeShape({}, [oneMinute, slow, null])).toMatchObject({ kind: 'composite', periodSeconds: 300 });
    expect(compositeShape({}, [{ ...oneMinute, periodSeconds: 10, evaluationSeconds: 10 }, null])).toMatchObject({
      periodSeconds: 60,
    });
    expect(compositeShape({}, [null, null])).toBeNull();
  });

  it('sees one version alone only if each child does', () => {
    const of42 = { ...oneMinute, version: '42' };
    expect(compositeShape({}, [of42, of42])?.version).toBe('42');
    expect(compositeShape({}, [of42, oneMinute])?.version).toBeNull();
    expect(compositeShape({}, [of42, null])?.version).toBeNull();
  });

  it('names its children in its rule, quoted, as ARNs or in lists', () => {
    expect(
      namesInRule(
        'ALARM("a b") AND (NOT OK(c) OR INSUFFICIENT_DATA(\'d,e\')) AND ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:f) OR AT_LEAST(50%, ALARM, (g, "h\\"i", g)) AND FALSE',
      ),
    ).toEqual(['a b', 'c', 'd,e', 'f', 'g', 'h"i']);
  });

  it('tells the numbers of a rule from names with digits', () => {
    expect(namesInRule('AT_LEAST(2, ALARM, (p99, 5xx)) OR AT_LEAST(50%, OK, (p99-50%, 50%ile))')).toEqual([
      'p99',
      '5xx',
      'p99-50%',
      '50%ile',
    ]);
  });

  it('takes a name with an ARN in it for a name', () => {
    const name = 'copy of arn:aws:cloudwatch:us-east-1:123456789012:alarm:f';
    expect(namesInRule(`ALARM("${name}")`)).toEqual([name]);
  });
});
