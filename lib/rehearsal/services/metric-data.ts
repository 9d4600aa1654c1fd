import type { Dimension, Metric, MetricStat } from '@aws-sdk/client-cloudwatch';
import { type MetricSignal, metricSignalsIn, type Signal } from '../../rollout/evidence/streams.ts';
import type { World } from '../world/world.ts';

/** A value of a metric. Its start is in seconds since the start of the rehearsal. */
export interface MetricPoint {
  readonly start: number;
  readonly value: number;
}

/** From when on, and before when, in seconds since the start of the rehearsal. */
export interface MetricRange {
  readonly from: number;
  readonly until: number;
}

type Measured = (from: number, until: number) => number | null;

/**
 * The values of a metric by period, oldest first. A period in which the version was not invoked has none; only throttles are there
 * without an invocation. The last period is cut at `until`, as CloudWatch shows a period that is not over.
 *
 * @param version whose metric about the alias is asked for: null of all versions together. Undefined for any other metric, which has no
 *   data unless it is a signal's
 */
export function metricPoints(
  world: World,
  { Metric: metric = {}, Stat, Period = 60 }: Partial<MetricStat>,
  { from, until }: MetricRange,
  version: string | null | undefined,
  signals: readonly Signal[],
): readonly MetricPoint[] {
  const { MetricName } = metric;
  if (version !== undefined && (MetricName === 'Invocations' || MetricName === 'Errors')) {
    const field = MetricName === 'Errors' ? 'errors' : 'invocations';
    return world.counts(version, from, until, Period).map((point) => ({ start: point.start, value: point[field] }));
  }
  const measured = version ? ofLambda(world, version, MetricName, Stat) : signalled(world, metric, signals);
  if (!measured) return [];
  const points: MetricPoint[] = [];
  for (let start = from; start < until; start += Period) {
    const value = measured(start, Math.min(start + Period, until));
    if (value !== null) points.push({ start, value });
  }
  return points;
}

/** What Lambda measures of a version beside its invocations and errors. */
function ofLambda(world: World, version: string, name?: string, stat?: string): Measured | undefined {
  const { metrics } = world;
  const versions = [version];
  const served = (from: number, until: number) => metrics.sum(versions, from, until).invocations;
  if (name === 'Throttles') {
    return (from, until) => {
      const throttles = metrics.throttles(versions, from, until);
      return served(from, until) + throttles > 0 ? throttles : null;
    };
  }
  if (name !== 'Duration') return undefined;
  if (stat === 'Sum') {
    return (from, until) => (served(from, until) > 0 ? metrics.milliseconds(version, from, until) : null);
  }
  const bound = /^TC\((\d+):\)$/.exec(stat ?? '')?.[1];
  if (bound === undefined) return (from, until) => metrics.p99Milliseconds(versions, from, until);
  return (from, until) => (served(from, until) > 0 ? metrics.slowerThan(version, Number(bound), from, until) : null);
}

/** A signal's metric of a version. The function puts its failures and its requests, one value for each request. */
function signalled(world: World, metric: Metric, signals: readonly Signal[]): Measured | undefined {
  for (const signal of metricSignalsIn(signals)) {
    const version = versionIn(metric, signal);
    if (version === undefined) continue;
    const { metrics } = world;
    return (from, until) => {
      const { invocations } = metrics.sum([version], from, until);
      if (invocations === 0) return null;
      return metric.MetricName === signal.failures ? metrics.signalled(version, signal.name, from, until) : invocations;
    };
  }
  return undefined;
}

/** The version whose signal a metric is. CloudWatch knows a metric only by all of its dimensions. */
function versionIn(
  { Namespace, MetricName, Dimensions = [] }: Metric,
  { namespace, failures, requests, versionDimension, dimensions }: MetricSignal,
): string | undefined {
  if (Namespace !== namespace || (MetricName !== failures && MetricName !== requests)) return undefined;
  const version = Dimensions.find(({ Name }) => Name === versionDimension)?.Value;
  const expected = Object.entries({ ...dimensions, [versionDimension]: version });
  const has = ([name, value]: readonly [string, string | undefined]) =>
    Dimensions.some((dimension: Dimension) => dimension.Name === name && dimension.Value === value);
  return Dimensions.length === expected.length && expected.every(has) ? version : undefined;
}
