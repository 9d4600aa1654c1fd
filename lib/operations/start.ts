import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isDenied } from '../aws/handler/errors.ts';
import { runningRollout } from '../aws/lambda/rollback-alias.ts';
import { type RolloutExecution, startRollout } from '../aws/states/executions.ts';
import { memberAt } from '../rollout/document/requested.ts';
import type { StartInput } from '../rollout/document/start.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { ExecutionExists, PolicyNotFound } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import { checked, rolloutFields } from './request.ts';
import { controllerOf, nameOf, resolveAlias } from './resolve-alias.ts';
import { membersToStart, type StartedMember, versionsSchema } from './versions-to-start.ts';

/** A rollout to start. */
export interface StartRequest extends RolloutRequest {
  /**
   * A published version such as `42`, or `newest`: the one with the highest number. Of a group `newest` is meant for each member; or name the
   * versions of some members by their functions or aliases, as in `prices=8,checkout:live=42`. Members that serve theirs are left out.
   */
  readonly version: string;
  /**
   * How the rollout moves traffic and what it watches.
   *
   * @default the policy that the stack of the alias or the group has deployed
   */
  readonly policy?: PolicyDocument;
  /**
   * The name of the execution, 1 to 80 letters, digits, `-` or `_`. A start that is repeated under the same name while the rollout runs
   * is the same one.
   *
   * @default start-<version>-<random>, and for a group start-<group>-<random>
   */
  readonly name?: string;
}

/** A rollout that was started. */
export interface StartResult {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that the rollout moves traffic to. */
  readonly version: string;
  /**
   * The name of the group. Function, alias and version are those of the first member that the rollout was started for.
   *
   * @default the alias is in no group
   */
  readonly group?: string;
  /**
   * The members of the group that the rollout was started for, in the order in which they get their weights.
   *
   * @default the alias is in no group
   */
  readonly members?: readonly StartedMember[];
  /** The name of the execution. */
  readonly execution: string;
  /** The ARN of the execution, for `watchExecution`. */
  readonly executionArn: string;
  /**
   * Whether that execution was under way already: the alias was being shifted to this version, and nothing was started.
   *
   * @default false: the execution was started
   */
  readonly joined?: boolean;
  /**
   * What is not as the request says, for people: the rollout that was joined goes on by its own policy.
   *
   * @default none
   */
  readonly warnings?: readonly string[];
}

const requestSchema = z.strictObject({
  ...rolloutFields,
  version: versionsSchema,
  policy: policySchema.optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9-_]{1,80}$/, { error: 'expected 1 to 80 letters, digits, "-" or "_"' })
    .optional(),
});

/** An execution's input has room for so many characters of the caller. */
const LONGEST_CALLER = 256;

/**
 * Starts a rollout to a published version. It returns as soon as the execution runs; `watchExecution` follows it. If the alias is being
 * shifted to that version already, nothing is started: the answer is the execution that is under way.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws PolicyNotFound if the request has no policy and the stack has deployed none
 * @throws VersionNotFound if the newest version is asked for and none is published
 * @throws ExecutionExists if the name is taken by another rollout
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * const { executionArn } = await start({ function: 'checkout', alias: 'live', version: 'newest' });
 */
export async function start(given: StartRequest, clients: OperationClients = clientsHere()): Promise<StartResult> {
  const request = checked(requestSchema, given);
  const { policy } = request;
  const target = await resolveAlias(clients, request);
  const stateMachineArn = await controllerOf(clients, target, request.controller);
  if (!policy && target.registration?.policy === undefined) {
    throw new PolicyNotFound(`no policy is deployed for ${nameOf(target)}; nothing was started`);
  }
  const members = await membersToStart(clients, target, request.version);
  const [first] = members as readonly [StartedMember, ...StartedMember[]];
  const group = target.registration?.group;
  const told = { ...first, ...(group === undefined ? {} : { group, members }) };
  const underWay = await rolloutUnderWay(clients, stateMachineArn, first);
  if (underWay && underWay.name !== request.name && members.every((member) => isShiftedBy(underWay, member))) {
    return {
      ...told,
      execution: underWay.name,
      executionArn: underWay.arn,
      joined: true,
      warnings:
        policyIn(underWay.policy) === policyIn(policy)
          ? []
          : [`the rollout that is under way goes on by the policy that it was started with (${underWay.name})`],
    };
  }
  const input: StartInput = {
    ...(group === undefined ? first : { group, members: [...members] }),
    ...(policy ? { policy } : {}),
    startedBy: (await clients.caller()).slice(0, LONGEST_CALLER),
  };
  const what = target.group?.name ?? first.version;
  const execution = request.name ?? `start-${what}-${randomBytes(4).toString('hex')}`;
  const { executionArn, started } = await startRollout(clients.sfn, stateMachineArn, execution, input);
  if (!started) throw new ExecutionExists(execution, executionArn);
  return { ...told, execution, executionArn };
}

const isShiftedBy = (rollout: RolloutExecution, { function: functionName, alias, version }: StartedMember): boolean =>
  memberAt(rollout, { functionName, aliasName: alias })?.candidate === version;

/**
 * The newest rollout of the alias that is running. Whoever may start rollouts need not be allowed to read them: the execution that is
 * started then finds the other one itself.
 */
async function rolloutUnderWay({ sfn }: OperationClients, stateMachineArn: string, member: StartedMember) {
  try {
    return await runningRollout(sfn, stateMachineArn, { functionName: member.function, aliasName: member.alias });
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** A policy with its defaults in the order of the schema; undefined if there is none, or one of another release. */
const policyIn = (given: unknown) => JSON.stringify(policySchema.safeParse(given).data);
