import * as z from 'zod';
import { readTaggedFunctions } from '../aws/account/tagged-functions.ts';
import { isNamed, orUndefined } from '../aws/handler/errors.ts';
import { readFunctionArn } from '../aws/lambda/function-arn.ts';
import { hold as holdFunction, resume as resumeFunction } from '../aws/lambda/hold.ts';
import { readKnownAliases } from '../aws/stack/registrations.ts';
import { functionNameOf, functionSchema } from '../rollout/document/start.ts';
import { HOLD_TAG } from '../rollout/observation.ts';
import { shortNameOf } from './caller-name.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { counter, type ProgressRequest } from './progress.ts';
import { checked, progressField, textSchema } from './request.ts';
import { resolveGroup } from './resolve-alias.ts';

/** A tag of a function. */
export interface FunctionTag {
  /** The key of the tag. */
  readonly key: string;
  /**
   * The value of the tag.
   *
   * @default any value
   */
  readonly value?: string;
}

/** Functions: one by its name, or all. */
export interface FunctionsRequest extends ProgressRequest {
  /**
   * The function, by name or by its ARN without a qualifier; or the name of a group, for the functions of all its members. A function of that
   * name comes first. To hold one member holds the rollouts of its group.
   *
   * @default none, so `all` must be true
   */
  readonly function?: string;
  /**
   * For `hold` every function that Sluice shifts in the account and region, for `resume` every function that is held.
   *
   * @default false, so `function` must be given
   */
  readonly all?: boolean;
  /**
   * With `all`: only the functions that bear this tag.
   *
   * @default no tag is looked at
   */
  readonly tag?: FunctionTag;
}

/** Functions to hold. */
export interface HoldRequest extends FunctionsRequest {
  /**
   * Why, 1 to 200 characters; it becomes the value of the tag.
   *
   * @default 'no reason given'
   */
  readonly reason?: string;
}

/** Functions whose rollouts are held. */
export interface HoldResult {
  /** What was done. */
  readonly action: 'held';
  /** The names of the functions. */
  readonly functions: readonly string[];
  /** The reason and the caller, as the tag has them. */
  readonly reason: string;
}

/** Functions whose rollouts go on. */
export interface ResumeResult {
  /** What was done. */
  readonly action: 'resumed';
  /** The names of the functions. */
  readonly functions: readonly string[];
}

const functionsFields = {
  function: functionSchema.optional(),
  all: z.boolean().optional(),
  tag: z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256).optional() }).optional(),
  onProgress: progressField,
};

const oneOrAll = { error: 'expected either "function" or "all"' };
const isOneOrAll = (request: FunctionsRequest): boolean => (request.function === undefined) === (request.all === true);
const tagNeedsAll = { error: 'expected together with "all"', path: ['tag'] };
const hasAllForTag = (request: FunctionsRequest): boolean => request.tag === undefined || request.all === true;

const holdSchema = z
  .strictObject({ ...functionsFields, reason: textSchema.default('no reason given') })
  .refine(isOneOrAll, oneOrAll)
  .refine(hasAllForTag, tagNeedsAll);

const resumeSchema = z.strictObject(functionsFields).refine(isOneOrAll, oneOrAll).refine(hasAllForTag, tagNeedsAll);

/**
 * Holds the rollouts of a function where they are, with the tag `sluice:hold`. Alarms still revert. With `all` it is a freeze.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws InvalidRequest for a request that names no function and not all, or both
 * @example
 * await hold({ all: true, tag: { key: 'team', value: 'payments' }, reason: 'freeze until Monday' });
 */
export async function hold(given: HoldRequest, clients: OperationClients = clientsHere()): Promise<HoldResult> {
  const request = checked(holdSchema, given);
  const arns = await functionsOf(request, clients);
  const reason = `${request.reason} - ${shortNameOf(await clients.caller())}`;
  await forEach(arns, request, (arn) => holdFunction(clients.lambda, arn, reason));
  return { action: 'held', functions: arns.map(functionNameOf), reason };
}

/**
 * Lets the rollouts of a function go on: removes the tag `sluice:hold`. With `all` it ends a freeze.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws InvalidRequest for a request that names no function and not all, or both
 * @example
 * await resume({ function: 'checkout' });
 */
export async function resume(
  given: FunctionsRequest,
  clients: OperationClients = clientsHere(),
): Promise<ResumeResult> {
  const request = checked(resumeSchema, given);
  const arns = request.all
    ? await readTaggedFunctions(clients.tagging, [{ key: HOLD_TAG }, ...tagsOf(request)])
    : await functionsOf(request, clients);
  await forEach(arns, request, (arn) => resumeFunction(clients.lambda, arn));
  return { action: 'resumed', functions: arns.map(functionNameOf) };
}

const tagsOf = ({ tag }: FunctionsRequest): readonly FunctionTag[] => (tag ? [tag] : []);

/** The ARNs of the functions in a request, all of them known before the first is written. */
async function functionsOf(
  request: FunctionsRequest,
  { lambda, ssm, tagging }: OperationClients,
): Promise<readonly string[]> {
  if (request.function !== undefined) return functionsNamed(functionNameOf(request.function), { lambda, ssm });
  const known = await readKnownAliases(ssm);
  const names = [...new Set(known.map(({ functionName }) => functionName))];
  const registered = new Set(known.filter(({ registration }) => registration).map(({ functionName }) => functionName));
  if (request.tag) {
    const tagged = await readTaggedFunctions(tagging, tagsOf(request));
    return tagged.filter((arn) => names.includes(functionNameOf(arn)));
  }
  const step = counter(request.onProgress, 'functions found', names.length);
  const arns: string[] = [];
  for (const functionName of names) {
    const reading = readFunctionArn(lambda, functionName);
    // A broken parameter keeps no function from being held. It may be of a function that does not exist.
    const arn = registered.has(functionName) ? await reading : await orUndefined(reading, 'ResourceNotFoundException');
    if (arn !== undefined) arns.push(arn);
    step();
  }
  return arns;
}

/** The ARN of a function, or those of a group's members. */
async function functionsNamed(
  name: string,
  { lambda, ssm }: Pick<OperationClients, 'lambda' | 'ssm'>,
): Promise<readonly string[]> {
  try {
    return [await readFunctionArn(lambda, name)];
  } catch (error) {
    const group = isNamed(error, 'ResourceNotFoundException') ? await resolveGroup(ssm, name) : undefined;
    if (!group?.group) throw error;
    const names = new Set(group.group.members.map(({ functionName }) => functionName));
    const arns: string[] = [];
    for (const each of names) arns.push(await readFunctionArn(lambda, each));
    return arns;
  }
}

async function forEach(
  arns: readonly string[],
  { onProgress }: FunctionsRequest,
  write: (arn: string) => Promise<void>,
): Promise<void> {
  const step = counter(onProgress, 'functions', arns.length);
  for (const arn of arns) {
    await write(arn);
    step();
  }
}
