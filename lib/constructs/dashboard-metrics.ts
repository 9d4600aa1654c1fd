import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { DashboardRow } from './dashboard-props.ts';
import type { RolloutAlias } from './rollout-alias.ts';

/** The units of a dashboard's grid that each of three graphs has. */
const THIRD = 8;
const GRAPH_HEIGHT = 6;

/** The alarms of a part of a dashboard, and the graphs of each of its aliases, row by row. */
export function metricRows(row: DashboardRow): readonly (readonly cloudwatch.IWidget[])[] {
  return [...(row.alarms().length > 0 ? [[alarmsOf(row)]] : []), ...row.members.map(graphsOf)];
}

/** The alarms are read at synth: an alias may gain more until then. */
const alarmsOf = ({ title, alarms }: DashboardRow): cloudwatch.IWidget =>
  new cloudwatch.AlarmStatusWidget({
    title: `Alarms that stop a rollout: ${title}`,
    width: 3 * THIRD,
    height: 3,
    get alarms() {
      return [...alarms()];
    },
  });

const graphsOf = (alias: RolloutAlias): readonly cloudwatch.IWidget[] => [
  graph(alias, { title: 'Invocations', metricName: 'Invocations', statistic: 'Sum' }),
  graph(alias, { title: 'Errors', metricName: 'Errors', statistic: 'Sum' }),
  graph(alias, { title: 'Duration, p99', metricName: 'Duration', statistic: 'p99' }),
];

interface Graphed {
  readonly title: string;
  readonly metricName: string;
  readonly statistic: string;
}

const graph = (alias: RolloutAlias, { title, metricName, statistic }: Graphed): cloudwatch.IWidget =>
  new cloudwatch.GraphWidget({
    title: `${title} by version: ${alias.node.path}`,
    width: THIRD,
    height: GRAPH_HEIGHT,
    left: [byVersion(alias, metricName, statistic)],
    leftYAxis: { min: 0 },
  });

/**
 * A metric of each version that the alias has served, found when the graph is drawn: the versions of tomorrow are not known at the deploy.
 * The dimensions are those under which Lambda publishes the requests of an alias by version. (AWS: Lambda guide, "Types of metrics";
 * CloudWatch guide, "Search expression syntax".)
 */
function byVersion(alias: RolloutAlias, metricName: string, statistic: string): cloudwatch.IMetric {
  const { functionName } = alias.lambda;
  const terms = [
    '{AWS/Lambda,ExecutedVersion,FunctionName,Resource}',
    `MetricName="${metricName}"`,
    `FunctionName="${functionName}"`,
    `Resource="${functionName}:${alias.aliasName}"`,
  ];
  return new cloudwatch.MathExpression({
    expression: `SEARCH('${terms.join(' ')}', '${statistic}', 60)`,
    usingMetrics: {},
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch fills it in
    label: "version ${PROP('Dim.ExecutedVersion')}",
    period: Duration.minutes(1),
  });
}
