import { type AlarmShape, needInWords, secondsToFire } from '../alarm-shape.ts';
import { cloudWatchTiming } from '../observation.ts';
import type { Policy } from '../policy/policy.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** A metric that an alarm looks at. */
export interface Series {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Whether CloudWatch has a datapoint of it within the last day. */
  readonly hasData: boolean;
}

/** An alarm as CloudWatch has it. */
export interface AlarmFacts {
  readonly name: string;
  /** A composite alarm looks at alarms and a log alarm at a query: they have no series. */
  readonly kind: 'metric' | 'composite' | 'log' | 'missing';
  /** An OK that CloudWatch could not evaluate is told as having no data. */
  readonly state: string;
  readonly reason: string;
  /** Whether CloudWatch says that it cannot evaluate the alarm. */
  readonly failing: boolean;
  /** Whether it is an alarm on a PromQL query. */
  readonly promQl: boolean;
  /** How it is made; null if that is not known. */
  readonly shape: AlarmShape | null;
  readonly series: readonly Series[];
}

/** Whose alarm it is. */
export interface Watched {
  readonly functionName: string;
  readonly aliasName: string;
  /** Invocations through the alias within the last day. */
  readonly invocations: number;
  readonly alarmsAlreadyFiring: Policy['alarmsAlreadyFiring'];
  /** How long the policy's shortest watched step is, in seconds; null if no step is watched. */
  readonly shortestStep: number | null;
  /** The versions that the alias serves. */
  readonly served: readonly string[];
}

/** Whether an alarm of a policy exists, lets the next rollout begin, has the time to fire, and sees anything. */
export function alarmCheck(alarm: AlarmFacts, watched: Watched): Check {
  const check = stateCheck(alarm, watched);
  const found = [check.found, ...notesOn(alarm)].join('; ');
  const objection = check.result === 'ok' ? objectionTo(alarm, watched) : undefined;
  return objection ? warning(check.name, `${found}; ${objection.found}`, objection.todo) : { ...check, found };
}

/** What is worth knowing of an alarm that is in order. */
function notesOn({ kind, shape, promQl }: AlarmFacts): readonly string[] {
  if (kind === 'missing') return [];
  return [
    ...(shape?.actionsEnabled === false ? ['its actions are disabled, but it reverts rollouts all the same'] : []),
    ...(promQl ? ['a PromQL alarm is OK from its start, before it has seen any data'] : []),
    ...(shape === null ? ['its period cannot be told, so rollouts take it to fire after one bad minute'] : []),
  ];
}

/** Why an alarm would not protect the next rollout as well as it seems, and the remedy. */
function objectionTo(
  { shape, failing, reason }: AlarmFacts,
  { shortestStep, served }: Watched,
): { readonly found: string; readonly todo: string } | undefined {
  if (failing) {
    return {
      found: `${reason || 'CloudWatch cannot evaluate it'}; a rollout takes it to have no data`,
      todo: 'mend the alarm: its StateReason says what is wrong',
    };
  }
  const version = shape?.version ?? null;
  if (version !== null && served.length > 0 && !served.includes(version)) {
    return {
      found: `it watches version ${version} alone, which the alias does not serve: it says nothing of any rollout to another one`,
      todo: 'give the alarm no dimension ExecutedVersion, or the version that is rolled out',
    };
  }
  const needs = secondsToFire(shape, cloudWatchTiming.alarms);
  if (shape === null || shortestStep === null || needs <= shortestStep) return undefined;
  return {
    found: `it fires on ${needInWords(shape)}, which takes up to ${needs} s; steps of ${shortestStep} s last until then`,
    todo: 'give the alarm a shorter period or fewer datapoints, or the policy longer steps',
  };
}

function stateCheck(alarm: AlarmFacts, watched: Watched): Check {
  const name = `alarm ${alarm.name}`;
  if (alarm.kind === 'missing') {
    return problem(
      name,
      'does not exist in this account and region; the next rollout is refused, for nobody would evaluate it (AWS itself takes it for OK; an alarm of another region or account cannot be seen)',
      'make it, or deploy a policy without it',
    );
  }
  if (alarm.state === 'ALARM') {
    const found = `is in ALARM: ${alarm.reason}`;
    return watched.alarmsAlreadyFiring === 'block'
      ? problem(
          name,
          `${found}; the next rollout is refused`,
          'wait until it is OK, or set "alarmsAlreadyFiring" to "ignore"',
        )
      : warning(
          name,
          `${found}; the next rollout ignores it until it has been OK`,
          'look into it before the next rollout',
        );
  }
  if (alarm.kind === 'composite') return ok(name, `${alarm.state}, a composite alarm`);
  if (alarm.kind === 'log') return ok(name, `${alarm.state}, a log alarm`);
  if (alarm.series.length === 0)
    return ok(name, `${alarm.state}; it has no metric of its own whose data could be looked at`);
  const silent = alarm.series.filter(({ hasData }) => !hasData).map((series) => silence(name, series, watched));
  return (
    silent.find(({ result }) => result === 'problem') ??
    silent.find(({ result }) => result === 'warning') ??
    silent[0] ??
    ok(name, `${alarm.state}, with data in the last 24 h`)
  );
}

/** What it means that a series had no data for a day. */
function silence(name: string, series: Series, { functionName, aliasName, invocations }: Watched): Check {
  const { namespace, dimensions } = series;
  const { FunctionName, Resource, ExecutedVersion } = dimensions;
  const resource = `${functionName}:${aliasName}`;
  const found = `no data in 24 h for ${inWords(series)}`;
  const todo = `Lambda publishes what goes through the alias under FunctionName=${functionName} and Resource=${resource}, for one version with ExecutedVersion in addition: give the alarm these dimensions`;
  if (namespace === 'AWS/Lambda' && isNeverPublished(dimensions)) {
    return problem(name, `${found}, and there never will be: Lambda publishes nothing under such dimensions`, todo);
  }
  const isOurs = namespace === 'AWS/Lambda' && FunctionName === functionName;
  if (isOurs && Resource === resource && ExecutedVersion !== undefined) {
    return ok(name, `${found}, which is usual for a version outside a rollout`);
  }
  if (isOurs && (Resource === undefined || Resource === resource) && invocations === 0) {
    return ok(name, `${found}; the alias was not invoked either`);
  }
  const why =
    invocations === 0
      ? 'the alias was not invoked either, so whether the alarm would see it cannot be told'
      : `although the alias was invoked ${invocations} times`;
  return warning(name, `${found}; ${why}`, isOurs ? todo : `check that something publishes it; ${todo}`);
}

/**
 * Lambda knows FunctionName, FunctionName with Resource, and both with ExecutedVersion; a resource is the function's name with an
 * alias or version. (AWS Lambda guide, "Types of metrics"; alarms on other sets never have data: aws-cdk#14248, SAM#518.)
 */
function isNeverPublished({ FunctionName, Resource, ExecutedVersion }: Readonly<Record<string, string>>): boolean {
  if (Resource === undefined) return ExecutedVersion !== undefined;
  return FunctionName === undefined || (Resource !== FunctionName && !Resource.startsWith(`${FunctionName}:`));
}

const inWords = ({ namespace, metric, dimensions }: Series): string => {
  const pairs = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return `${namespace} ${metric} (${pairs.join(', ') || 'without dimensions'})`;
};
