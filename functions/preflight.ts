import * as z from 'zod';
import { readHistory } from '../lib/aws/cloudwatch/history.ts';
import { handOn } from '../lib/aws/events/announce.ts';
import { cloudformation, cloudwatch, lambda, logs, notifications, sfn, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { hasProvisionedConcurrency, readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { allRead } from '../lib/aws/lambda/paced.ts';
import { insightsSource } from '../lib/aws/logs/log-source.ts';
import { probeLog } from '../lib/aws/logs/probe.ts';
import { sourcesOf, timingOf } from '../lib/aws/sources.ts';
import { readRegistration } from '../lib/aws/stack/registrations.ts';
import { readStackStatus } from '../lib/aws/stack/stack.ts';
import { ExecutionCache } from '../lib/aws/states/execution-cache.ts';
import { stateMachineArnOf } from '../lib/aws/states/executions.ts';
import { readEarlier, readJoined } from '../lib/aws/states/join.ts';
import { orUnknown } from '../lib/aws/step.ts';
import type { AliasState } from '../lib/rollout/alias/alias.ts';
import { checkedEvent } from '../lib/rollout/contracts/refusal.ts';
import { commitOf } from '../lib/rollout/contracts/stack.ts';
import {
  begun,
  dependsOnTheStack,
  isNoRollout,
  isRollbackRequest,
  type NoRollout,
  rollbackRequestIn,
  startRequestIn,
} from '../lib/rollout/decisions/begin.ts';
import { looksForEarlier, type StartFacts } from '../lib/rollout/decisions/preflight.ts';
import { type Change, quiet } from '../lib/rollout/document/change.ts';
import { membersOf } from '../lib/rollout/document/members.ts';
import { isDocument, parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';
import { preflightOfAll } from '../lib/rollout/group/preflight.ts';

const executionArn = z.string().regex(/^arn:[^:]+:states:[^:]+:\d{12}:execution:[^:]+:[^:]+$/, {
  error: 'expected the ARN of an execution',
});

/** The event of the state machine's first state: the input, whatever it is, beside the execution's identity. */
const startedSchema = z.object({
  input: z.unknown(),
  execution: z.object({ id: executionArn, name: z.string(), startTime: z.iso.datetime() }),
  definition: z.number().optional(),
});
type Started = z.output<typeof startedSchema>;

type Needed = 'lambda' | 'cloudwatch' | 'logs' | 'cloudformation' | 'sfn' | 'ssm' | 'notifications';

/**
 * Looks at everything that must be right before any traffic moves, and says how to go on. An execution that was started to roll back
 * is only checked and sent on.
 */
export const create: HandlerFactory<Needed> = (context) => {
  const { clients, environment, now } = context;
  const executions = new ExecutionCache(clients.sfn, now);
  const logSource = insightsSource(clients.logs);
  return async (event) => {
    if (isDocument(event)) return handOn(context, await look(quiet(parseRollout(event))));
    const started = checkedEvent(startedSchema, event, 'the event of a start');
    if (isRollbackRequest(started.input)) return rollback(started);
    const change = await begin(started);
    return isNoRollout(change) ? change : handOn(context, await look(change));
  };

  async function look({ rollout, events }: Change): Promise<Change> {
    const looked = preflightOfAll(rollout, await read(rollout), now(), timingOf(rollout.policy, environment));
    return { ...looked, events: [...events, ...looked.events] };
  }

  async function begin({
    input,
    execution: { id, name, startTime },
    definition,
  }: Started): Promise<Change | NoRollout> {
    const request = startRequestIn(input, id);
    if (isNoRollout(request)) return request;
    const deployed = dependsOnTheStack(request)
      ? await Promise.all(
          request.members.map((member) =>
            readRegistration(clients.ssm, { functionName: member.function, aliasName: member.alias }),
          ),
        )
      : [];
    return begun(request, deployed, { id, name, startedAt: Date.parse(startTime) / 1000 }, definition);
  }

  function rollback({ input, execution: { id } }: Started) {
    const request = rollbackRequestIn(input, id);
    return isNoRollout(request) ? request : { ...request, stateMachineArn: stateMachineArnOf(id) };
  }

  async function read(rollout: Rollout): Promise<readonly StartFacts[]> {
    const { policy, stack, joined: joinedName } = rollout;
    const members = membersOf(rollout);
    const stackStatus = stack === null ? null : await readStackStatus(clients.cloudformation, stack);
    if (commitOf(stackStatus) !== 'committed') return members.map(() => ({ ...nothing, stackStatus }));
    const aliases = await allRead(members, (member) => readAlias(clients.lambda, member));
    if (joinedName !== null) {
      const joined = await readJoined(clients.sfn, rollout, joinedName);
      return aliases.map((alias) => ({ ...nothing, alias, stackStatus, joined }));
    }
    const looks = members.some((member, index) => aliases[index] && looksForEarlier(member, aliases[index]));
    const earlier = looks ? await readEarlier(executions, rollout) : [];
    if (aliases.every((alias) => alias === null)) return members.map(() => ({ ...nothing, stackStatus }));
    const [alarms, versions] = await Promise.all([
      sourcesOf(policy, clients, environment).alarms.read(policy.alarms),
      allRead(members, async (member, index) => aliases[index] && versionsOf(member, aliases[index])),
    ]);
    return members.map((_, index) => {
      const beside = { earlier: earlier[index] ?? null, stackStatus };
      const [alias = null, found] = [aliases[index], versions[index]];
      return found ? { ...found, ...beside, alias, alarms } : { ...nothing, ...beside };
    });
  }

  async function versionsOf(member: Rollout, alias: AliasState) {
    const { functionName, candidate: version, policy } = member;
    const [stable, candidate, hold, provisionedConcurrency, history] = await Promise.all([
      readVersion(clients.lambda, functionName, alias.functionVersion),
      readVersion(clients.lambda, functionName, version),
      readHold(clients.lambda, functionName),
      hasProvisionedConcurrency(clients.lambda, member),
      policy.adaptive ? orUnknown(readHistory(clients.cloudwatch, member, now())) : null,
    ]);
    const probes = policy.evidence?.counts === 'logs' && member.logs === null && stable && candidate;
    return {
      stable,
      candidate,
      hold,
      provisionedConcurrency,
      history,
      logs: probes ? await probeLog(logSource, member, stable, candidate, now()) : null,
    };
  }
};

export const handler = entry(create, { lambda, cloudwatch, logs, cloudformation, sfn, ssm, notifications });

/** Before the stack has committed, nothing but its status is read. */
const nothing: StartFacts = {
  alias: null,
  stable: null,
  candidate: null,
  alarms: [],
  hold: null,
  provisionedConcurrency: false,
  stackStatus: null,
};
