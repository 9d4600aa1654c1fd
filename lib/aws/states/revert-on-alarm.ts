import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { AlarmFired } from '../../rollout/contracts/events.ts';
import { type Concern, concernOf } from '../../rollout/decisions/alarm-event.ts';
import { type RequestedAlias, watchIn } from '../../rollout/document/requested.ts';
import { inParallel } from '../handler/in-parallel.ts';
import type { KnownAlias } from '../stack/registrations.ts';
import type { RunningRollout } from './execution-cache.ts';
import { readPosition } from './history.ts';
import {
  AT_ONCE,
  claims,
  type EventAnswer,
  type EventContext,
  revertRunning,
  revertTarget,
  together,
} from './revert-on-event.ts';

/** What an alarm means for one execution. `unread`: neither its input nor its document could be read. */
interface Judged {
  readonly rollout?: RunningRollout;
  readonly concern: Concern | 'unread';
}

/**
 * Takes back the weights of every running rollout whose policy names an alarm that fired. The rule hands over every alarm of the account:
 * while no rollout runs, one call answers it. If executions cannot be read, the registrations tell whose alarm it is, and the alias's
 * own description tells whose weights it shows.
 */
export async function revertOnAlarm(context: EventContext, alarm: AlarmFired): Promise<EventAnswer> {
  let running: readonly ExecutionListItem[];
  try {
    running = await context.executions.running(alarm.stateMachineArn);
  } catch (error) {
    console.warn(`executions cannot be listed: ${(error as Error).name}`);
    return revertRegistered(context, alarm, new Set());
  }
  const judge = once((execution: ExecutionListItem) => judgeExecution(context, alarm, execution));
  const { results, failures } = await inParallel(running, AT_ONCE, async (execution) => {
    const { rollout, concern } = await judge(execution);
    if (!rollout || concern !== 'revert') return { rollout, concern, answer: undefined };
    // Rollouts that the alarm does not concern may have given the same candidate its weights.
    const isClaimed = async (member: RequestedAlias) => {
      const { results: all } = await inParallel(running, AT_ONCE, judge);
      return all.some((other) => other.concern === 'nothing' && other.rollout && claims(other.rollout, member));
    };
    const objection = { told: reasonOf(alarm), alarm: alarm.alarm };
    const answer = await revertRunning(context, alarm.stateMachineArn, rollout, objection, isClaimed);
    return { rollout, concern, answer };
  });
  const answers = results.flatMap(({ answer }) => answer ?? []);
  if (results.some(({ concern }) => concern === 'unread')) {
    const asked = results.flatMap(({ rollout, concern }) => (rollout && concern !== 'unread' ? [rollout.name] : []));
    answers.push(await revertRegistered(context, alarm, new Set(asked)));
  }
  if (failures.length > 0) throw failures[0];
  return together(answers, `no running rollout watches alarm ${alarm.alarm}`);
}

async function judgeExecution(
  { executions, clients, now }: EventContext,
  alarm: AlarmFired,
  execution: ExecutionListItem,
): Promise<Judged> {
  try {
    const rollout = await executions.rollout(execution);
    if (!rollout) return { concern: 'nothing' };
    const watch = await executions.watch(rollout);
    if (!watch) return { rollout, concern: 'unread' };
    const concern = concernOf(watch, rollout.startedAt, alarm, now());
    if (concern !== 'unlessIgnored') return { rollout, concern };
    const { rollout: document } = await readPosition(clients.sfn, rollout.executionArn).catch(() => noPosition);
    return { rollout, concern: document?.ignoredAlarms.includes(alarm.alarm) ? 'nothing' : 'revert' };
  } catch (error) {
    console.warn(`execution ${execution.name} cannot be read: ${(error as Error).name}`);
    return { concern: 'unread' };
  }
}

const noPosition = { rollout: undefined };

/** Takes back the weights that an alias shows whose deployed policy names the alarm, except those of executions that were asked. */
async function revertRegistered(
  context: EventContext,
  alarm: AlarmFired,
  asked: ReadonlySet<string>,
): Promise<EventAnswer> {
  const registered = (await context.registrations()).filter((alias) => isNamedBy(alias, alarm));
  const { results, failures } = await inParallel(registered, AT_ONCE, ({ functionName, aliasName }) =>
    revertTarget(
      context,
      {
        alias: { functionName, aliasName },
        stateMachineArn: alarm.stateMachineArn,
        known: undefined,
        event: { at: alarm.at, except: asked },
        isClaimed: async () => false,
      },
      reasonOf(alarm),
      true,
    ),
  );
  if (failures.length > 0) throw failures[0];
  return together(results, `no alias is deployed with a policy that names alarm ${alarm.alarm}`);
}

const isNamedBy = ({ registration }: KnownAlias, { alarm, before, stateMachineArn }: AlarmFired): boolean => {
  const watch = watchIn(registration?.policy);
  return (
    registration?.stateMachineArn === stateMachineArn &&
    watch !== null &&
    watch.alarms.includes(alarm) &&
    (watch.alarmsAlreadyFiring === 'block' || before === 'OK')
  );
};

const reasonOf = ({ alarm, reason }: AlarmFired): string => `alarm ${alarm} went to ALARM${reason && ` (${reason})`}`;

/** A function that works once for each argument. */
function once<Argument, Result>(work: (argument: Argument) => Promise<Result>) {
  const begun = new Map<Argument, Promise<Result>>();
  return (argument: Argument): Promise<Result> => {
    const result = begun.get(argument) ?? work(argument);
    begun.set(argument, result);
    return result;
  };
}
