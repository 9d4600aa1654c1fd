import * as z from 'zod';
import { handOn } from '../lib/aws/events/announce.ts';
import { cloudformation, cloudwatch, lambda, notifications, sfn, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { hasProvisionedConcurrency, readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { sourcesOf, timingOf } from '../lib/aws/sources.ts';
import { readRegistration } from '../lib/aws/stack/registrations.ts';
import { readStackStatus } from '../lib/aws/stack/stack.ts';
import { ExecutionCache } from '../lib/aws/states/execution-cache.ts';
import { stateMachineArnOf } from '../lib/aws/states/executions.ts';
import { readEarlier, readJoined } from '../lib/aws/states/join.ts';
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
import { looksForEarlier, preflight, type StartFacts } from '../lib/rollout/decisions/preflight.ts';
import { type Change, quiet } from '../lib/rollout/document/change.ts';
import { isDocument, parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';

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

type Needed = 'lambda' | 'cloudwatch' | 'cloudformation' | 'sfn' | 'ssm' | 'notifications';

/**
 * Looks at everything that must be right before any traffic moves, and says how to go on. An execution that was started to roll back
 * is only checked and sent on.
 */
export const create: HandlerFactory<Needed> = (context) => {
  const { clients, environment, now } = context;
  const executions = new ExecutionCache(clients.sfn, now);
  return async (event) => {
    if (isDocument(event)) return handOn(context, await look(quiet(parseRollout(event))));
    const started = checkedEvent(startedSchema, event, 'the event of a start');
    if (isRollbackRequest(started.input)) return rollback(started);
    const change = await begin(started);
    return isNoRollout(change) ? change : handOn(context, await look(change));
  };

  async function look({ rollout, events }: Change): Promise<Change> {
    const looked = preflight(rollout, await read(rollout), now(), timingOf(rollout.policy, environment));
    return { ...looked, events: [...events, ...looked.events] };
  }

  async function begin({
    input,
    execution: { id, name, startTime },
    definition,
  }: Started): Promise<Change | NoRollout> {
    const request = startRequestIn(input, id);
    if (isNoRollout(request)) return request;
    const alias = { functionName: request.function, aliasName: request.alias };
    const deployed = dependsOnTheStack(request) ? await readRegistration(clients.ssm, alias) : undefined;
    return begun(request, deployed, { id, name, startedAt: Date.parse(startTime) / 1000 }, definition);
  }

  function rollback({ input, execution: { id } }: Started) {
    const request = rollbackRequestIn(input, id);
    return isNoRollout(request) ? request : { ...request, stateMachineArn: stateMachineArnOf(id) };
  }

  async function read(rollout: Rollout): Promise<StartFacts> {
    const { functionName, aliasName, candidate, policy, stack, joined: joinedName } = rollout;
    const name = { functionName, aliasName };
    const stackStatus = stack === null ? null : await readStackStatus(clients.cloudformation, stack);
    if (commitOf(stackStatus) !== 'committed') return { ...nothing, stackStatus };
    const alias = await readAlias(clients.lambda, name);
    if (!alias) return { ...nothing, stackStatus };
    if (joinedName !== null) {
      return { ...nothing, alias, stackStatus, joined: await readJoined(clients.sfn, rollout, joinedName) };
    }
    const earlier = looksForEarlier(rollout, alias) ? await readEarlier(executions, rollout) : null;
    const [stable, candidateFacts, hold, provisionedConcurrency, alarms] = await Promise.all([
      readVersion(clients.lambda, functionName, alias.functionVersion),
      readVersion(clients.lambda, functionName, candidate),
      readHold(clients.lambda, functionName),
      hasProvisionedConcurrency(clients.lambda, name),
      sourcesOf(policy, clients, environment).alarms.read(policy.alarms),
    ]);
    return { alias, stable, candidate: candidateFacts, hold, provisionedConcurrency, alarms, earlier, stackStatus };
  }
};

export const handler = entry(create, { lambda, cloudwatch, cloudformation, sfn, ssm, notifications });

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
