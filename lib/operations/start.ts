import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isDenied } from '../aws/handler/errors.ts';
import { runningRollout } from '../aws/lambda/rollback-alias.ts';
import { readVersions } from '../aws/lambda/versions.ts';
import { startRollout } from '../aws/states/executions.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import type { StartInput } from '../rollout/document/start.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { ExecutionExists, PolicyNotFound, VersionNotFound } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import { checked, rolloutFields } from './request.ts';
import { controllerOf, type ResolvedAlias, resolveAlias } from './resolve-alias.ts';

/** A rollout to start. */
export interface StartRequest extends RolloutRequest {
  /** A published version such as `42`, or `newest`: the one with the highest number. */
  readonly version: string;
  /**
   * How the rollout moves traffic and what it watches.
   *
   * @default the policy that the stack of the alias has deployed
   */
  readonly policy?: PolicyDocument;
  /**
   * The name of the execution, 1 to 80 letters, digits, `-` or `_`. A start that is repeated under the same name while the rollout runs
   * is the same one.
   *
   * @default start-<version>-<random>
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

const aVersion = { error: 'expected a published version such as 42, or newest' };

const requestSchema = z.strictObject({
  ...rolloutFields,
  version: z.string(aVersion).regex(/^(newest|[1-9]\d{0,9})$/, aVersion),
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
  const alias = await resolveAlias(clients, request);
  const stateMachineArn = await controllerOf(clients, alias, request.controller);
  if (!policy && alias.registration?.policy === undefined) {
    throw new PolicyNotFound(`no policy is deployed for ${formatTarget(alias)}; nothing was started`);
  }
  const version = request.version === 'newest' ? await newestOf(clients, alias.functionName) : request.version;
  const underWay = await rolloutUnderWay(clients, stateMachineArn, alias);
  if (underWay?.candidate === version && underWay.name !== request.name) {
    return {
      function: alias.functionName,
      alias: alias.aliasName,
      version,
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
    function: alias.functionName,
    alias: alias.aliasName,
    version,
    ...(policy ? { policy } : {}),
    startedBy: (await clients.caller()).slice(0, LONGEST_CALLER),
  };
  const execution = request.name ?? `start-${version}-${randomBytes(4).toString('hex')}`;
  const { executionArn, started } = await startRollout(clients.sfn, stateMachineArn, execution, input);
  if (!started) throw new ExecutionExists(execution, executionArn);
  return { function: alias.functionName, alias: alias.aliasName, version, execution, executionArn };
}

/**
 * The newest rollout of the alias that is running. Whoever may start rollouts need not be allowed to read them: the execution that is
 * started then finds the other one itself.
 */
async function rolloutUnderWay({ sfn }: OperationClients, stateMachineArn: string, alias: ResolvedAlias) {
  try {
    return await runningRollout(sfn, stateMachineArn, alias);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** A policy with its defaults in the order of the schema; undefined if there is none, or one of another release. */
const policyIn = (given: unknown) => JSON.stringify(policySchema.safeParse(given).data);

/** The published version with the highest number. */
async function newestOf({ lambda }: OperationClients, functionName: string): Promise<string> {
  const newest = (await readVersions(lambda, functionName)).at(-1);
  if (!newest) throw new VersionNotFound(`${functionName} has no published version; nothing was started`);
  return newest.version;
}
