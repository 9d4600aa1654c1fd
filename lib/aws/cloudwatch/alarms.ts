import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type LogAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmShape } from '../../rollout/alarm-shape.ts';
import { timingIn } from '../../rollout/contracts/environment.ts';
import type { AlarmObservation } from '../../rollout/observation.ts';
import { pause } from '../handler/pause.ts';
import type { AlarmSource, SourceKind } from '../source.ts';
import { withFired } from './alarm-history.ts';
import { compositeShape, logShape, metricShape, namesInRule } from './alarm-shapes.ts';

/** Metric, composite and log alarms of CloudWatch. */
export const cloudWatchAlarms: SourceKind<AlarmSource> = {
  timingIn: (environment) => timingIn(environment).alarms,
  create: ({ cloudwatch }, timing) => ({
    timing,
    read: async (names) => {
      const alarms = await readTwice(cloudwatch, names);
      const shapes = await shapesOf(cloudwatch, alarms);
      return names.map((name) => observationOf(name, alarms, shapes));
    },
    withFired: (alarms, since) => withFired(cloudwatch, alarms, since),
  }),
};

/** Alarms by kind, as CloudWatch describes them. */
export interface DescribedAlarms {
  readonly metric: readonly MetricAlarm[];
  readonly composite: readonly CompositeAlarm[];
  readonly log: readonly LogAlarm[];
}

const noAlarms: DescribedAlarms = { metric: [], composite: [], log: [] };

const CONFIRM_MILLISECONDS = 500;

/** A second look has to confirm that an alarm is missing: that ends a rollout. */
async function readTwice(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<DescribedAlarms> {
  const first = await describeAlarms(cloudwatch, names);
  const missing = names.filter((name) => !find(first, name));
  if (missing.length === 0) return first;
  await pause(CONFIRM_MILLISECONDS);
  return both(first, await describeAlarms(cloudwatch, missing));
}

/** CloudWatch leaves out the names that it does not know. */
function observationOf(name: string, alarms: DescribedAlarms, shapes: ShapeOf): AlarmObservation {
  const alarm = find(alarms, name);
  if (!alarm) return { name, state: 'missing', reason: '', shape: null };
  const changedAt = alarm.StateTransitionedTimestamp;
  const changed = changedAt && { changedAt: changedAt.getTime() / 1000 };
  return { name, ...stateOf(alarm), shape: shapes(name), ...changed };
}

/**
 * What an alarm says. An OK that CloudWatch could not evaluate is no OK. An ALARM stays one, and so does an OK on a part of the data
 * (`PARTIAL_DATA`): CloudWatch evaluates what it has.
 */
export function stateOf(alarm: MetricAlarm | CompositeAlarm | LogAlarm): Pick<AlarmObservation, 'state' | 'reason'> {
  const { StateValue: state = 'INSUFFICIENT_DATA', StateReason: reason = '' } = alarm;
  if (state !== 'OK' || !cannotBeEvaluated(alarm)) return { state, reason };
  return { state: 'INSUFFICIENT_DATA', reason: `CloudWatch cannot evaluate it: ${reason}` };
}

/** Whether CloudWatch says that it could not evaluate an alarm, whatever state that shows. */
export function cannotBeEvaluated(alarm: MetricAlarm | CompositeAlarm | LogAlarm): boolean {
  const evaluation = 'EvaluationState' in alarm ? alarm.EvaluationState : undefined;
  return evaluation === 'EVALUATION_ERROR' || evaluation === 'EVALUATION_FAILURE';
}

/** How an alarm is made, by its name; null if that is not known. */
type ShapeOf = (name: string) => AlarmShape | null;

/** Composite alarms may consist of composite alarms. So many further requests are made to look into them. */
const MOST_ROUNDS = 4;

/** The shapes of alarms and, for composite ones, of their children. */
export async function shapesOf(cloudwatch: CloudWatchClient, alarms: DescribedAlarms): Promise<ShapeOf> {
  let known = alarms;
  const asked = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const children = known.composite.flatMap(({ AlarmRule = '' }) => namesInRule(AlarmRule));
    const unknown = [...new Set(children)].filter((name) => !asked.has(name) && !find(known, name));
    if (unknown.length === 0) break;
    const now = unknown.slice(0, MOST_NAMES);
    for (const name of now) asked.add(name);
    known = both(known, await describeAlarms(cloudwatch, now));
  }
  const shapes = new Map<string, AlarmShape | null>();
  return (name) => shapeIn(known, name, shapes);
}

/** Each shape is found once, however many composite alarms contain it; one that contains itself is not known. */
function shapeIn(alarms: DescribedAlarms, name: string, shapes: Map<string, AlarmShape | null>): AlarmShape | null {
  const found = shapes.get(name);
  if (found !== undefined) return found;
  shapes.set(name, null);
  const shape = shapeOf(alarms, name, (child) => shapeIn(alarms, child, shapes));
  shapes.set(name, shape);
  return shape;
}

function shapeOf(alarms: DescribedAlarms, name: string, childShape: ShapeOf): AlarmShape | null {
  const metric = named(alarms.metric, name);
  if (metric) return metricShape(metric);
  const log = named(alarms.log, name);
  if (log) return logShape(log);
  const composite = named(alarms.composite, name);
  return composite ? compositeShape(composite, namesInRule(composite.AlarmRule ?? '').map(childShape)) : null;
}

const both = (a: DescribedAlarms, b: DescribedAlarms): DescribedAlarms => ({
  metric: [...a.metric, ...b.metric],
  composite: [...a.composite, ...b.composite],
  log: [...a.log, ...b.log],
});

const find = ({ metric, composite, log }: DescribedAlarms, name: string) =>
  named(metric, name) ?? named(composite, name) ?? named(log, name);

const named = <Alarm extends { readonly AlarmName?: string | undefined }>(
  alarms: readonly Alarm[],
  name: string,
): Alarm | undefined => alarms.find(({ AlarmName }) => AlarmName === name);

/** One request names at most 100 alarms. (AWS: DescribeAlarms.) */
const MOST_NAMES = 100;

/** An answer to 100 names should need no second page. */
const MOST_PAGES = 10;

/** Asks CloudWatch about alarms by their names, in as many requests as that takes. Without a name nothing is asked. */
export async function describeAlarms(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<DescribedAlarms> {
  let alarms = noAlarms;
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    alarms = both(alarms, await describeSome(cloudwatch, names.slice(from, from + MOST_NAMES)));
  }
  return alarms;
}

async function describeSome(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<DescribedAlarms> {
  let alarms = noAlarms;
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [...names],
        // A type that is not named is not answered.
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
        MaxRecords: MOST_NAMES,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    alarms = both(alarms, {
      metric: answer.MetricAlarms ?? [],
      composite: answer.CompositeAlarms ?? [],
      log: answer.LogAlarms ?? [],
    });
    token = answer.NextToken;
    if (token === undefined) break;
  }
  return alarms;
}
