import { createHash } from 'node:crypto';
import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type AliasState, carriesWeights, servedBy } from '../../rollout/alias/alias.ts';
import { markOf, withOwnerMark } from '../../rollout/alias/description.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { policySchema } from '../../rollout/policy/policy.ts';
import type { Clients } from '../handler/clients.ts';
import { isNamed } from '../handler/errors.ts';
import { type AliasName, moveAlias, readAlias } from '../lambda/alias.ts';
import { readVersion } from '../lambda/functions.ts';
import { deleteProvisionedConcurrency } from '../lambda/provisioned-concurrency.ts';
import { startRollout } from '../states/executions.ts';
import type { CustomResourceEvent } from './custom-resource.ts';

/** What a template says of an alias. CloudFormation makes text of every value. */
const propertiesSchema = z.object({
  FunctionName: z.string().min(1),
  AliasName: z.string().min(1),
  /** The version that was published with this deploy. */
  Version: z.string().regex(/^[1-9]\d*$/),
  Existing: z.enum(['fail', 'adopt']),
  /** A policy as JSON text, without alarms and hooks: those have names that only CloudFormation knows. */
  Policy: z.string(),
  Alarms: z.array(z.string()).default([]),
  BeforeTraffic: z.array(z.string()).default([]),
  EachStep: z.array(z.string()).default([]),
  AfterTraffic: z.array(z.string()).default([]),
  /** How many execution environments of a version are made ready before its first traffic. */
  ProvisionedConcurrency: z
    .string()
    .regex(/^[1-9]\d*$/, { error: 'expected a whole number from 1 on' })
    .transform(Number)
    .optional(),
  StateMachineArn: z.string().min(1),
  /** The stack whose commit a rollout waits for: the outermost one, where stacks are nested. */
  Stack: z.string().min(1),
});

/** The properties of the custom resource, as the construct writes them. */
export type AliasProperties = z.input<typeof propertiesSchema>;
type Properties = z.output<typeof propertiesSchema>;

/** The clients that the resource needs. */
export type AliasResourceClients = Pick<Clients, 'lambda' | 'sfn'>;

/** What was not done, and what to do about it: the reason in the stack's events. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * Carries out one request for an alias: Create makes it at the first version or adopts it, Update moves no traffic, Delete removes
 * it only while it bears the owner's mark. Create and Update start the rollout to a version that the alias does not serve, or that
 * is still to be warmed; it waits by itself until the stack has committed. Every part may be repeated.
 *
 * @throws Refused with a reason for the person who deploys
 */
export async function manageAlias(clients: AliasResourceClients, event: CustomResourceEvent): Promise<void> {
  const mark = ownersMark(event);
  if (event.RequestType === 'Delete') {
    const parsed = propertiesSchema.safeParse(event.ResourceProperties);
    // A Create that was refused for its properties has nothing to delete.
    if (parsed.success) await deleteOwn(clients, parsed.data, mark);
    return;
  }
  const wanted = parse(event.ResourceProperties);
  const before = event.RequestType === 'Update' ? beforeIn(event.OldResourceProperties) : undefined;
  const alias = await ensureAlias(clients, wanted, before, mark);
  const served = alias.functionVersion === wanted.Version && !carriesWeights(alias);
  if (served ? !isToBeWarmed(wanted, before) : !isNewer(wanted, before)) return;
  await checkVersion(clients, wanted);
  await start(clients, wanted, event);
}

/** What is known of the resource before an update. In a rollback that may be properties that were refused. */
type Before = Partial<Properties>;

const beforeIn = (properties: unknown): Before => {
  const parsed = propertiesSchema.partial().safeParse(properties);
  return parsed.success ? parsed.data : {};
};

/** Versions only rise, but in a stack's rollback: that starts nothing, and so nothing of it can fail. */
const isNewer = (wanted: Properties, before: Before | undefined): boolean =>
  before === undefined ||
  before.FunctionName !== wanted.FunctionName ||
  Number(wanted.Version) > Number(before.Version ?? 0);

/** What the alias serves already is warmed by a rollout to itself: at a first deploy, and where the number alone has changed. */
const isToBeWarmed = (wanted: Properties, before: Before | undefined): boolean =>
  wanted.ProvisionedConcurrency !== undefined &&
  (isNewer(wanted, before) ||
    (before?.Version === wanted.Version && before.ProvisionedConcurrency !== wanted.ProvisionedConcurrency));

/** The type of the resource that stands beside the alias for as long as its versions have provisioned concurrency. */
export const PROVISIONED_CONCURRENCY_TYPE = 'Custom::SluiceProvisionedConcurrency';

/** What a template says of it. */
const provisionedSchema = propertiesSchema.pick({ FunctionName: true, AliasName: true });
export type ProvisionedProperties = z.input<typeof provisionedSchema>;

/**
 * Carries out one request for it: rollouts warm versions, so only its end does something. It comes when the stack has committed to
 * go on without provisioned concurrency, or before the alias itself is deleted, and releases what the alias serves.
 */
export async function manageProvisionedConcurrency(
  { lambda }: Pick<Clients, 'lambda'>,
  event: CustomResourceEvent,
): Promise<void> {
  const parsed = provisionedSchema.safeParse(event.ResourceProperties);
  if (event.RequestType !== 'Delete' || !parsed.success) return;
  const { FunctionName, AliasName } = parsed.data;
  const alias = await readAlias(lambda, { functionName: FunctionName, aliasName: AliasName });
  for (const version of alias ? servedBy(alias) : []) await deleteProvisionedConcurrency(lambda, FunctionName, version);
}

/** The mark of a template's resource: the same for as long as the resource lives, and no other's. */
export const ownersMark = ({
  StackId,
  LogicalResourceId,
}: Pick<CustomResourceEvent, 'StackId' | 'LogicalResourceId'>) =>
  createHash('sha256').update(`${StackId}/${LogicalResourceId}`).digest('hex').slice(0, 12);

function parse(properties: unknown): Properties {
  const parsed = propertiesSchema.safeParse(properties, { reportInput: true });
  if (!parsed.success) throw new Refused(refusalInWords(parsed.error));
  return parsed.data;
}

async function checkVersion({ lambda }: AliasResourceClients, { FunctionName, Version }: Properties): Promise<void> {
  const version = await readVersion(lambda, FunctionName, Version);
  if (!version) throw new Refused(`version ${Version} of ${FunctionName} does not exist`);
  if (version.state === 'Failed')
    throw new Refused(`version ${Version} of ${FunctionName} failed: ${version.stateReason}`);
}

async function ensureAlias(
  clients: AliasResourceClients,
  wanted: Properties,
  before: Before | undefined,
  mark: string,
): Promise<AliasState> {
  const { lambda } = clients;
  const name = nameOf(wanted);
  const alias = await readAlias(lambda, name);
  const owner = alias ? markOf(alias) : undefined;
  if (alias && owner === mark) return alias;
  const sameFunction = before?.FunctionName === wanted.FunctionName;
  if (sameFunction && before?.AliasName !== undefined && before.AliasName !== wanted.AliasName) {
    throw new Refused(
      `an alias cannot be renamed (${before.AliasName} to ${wanted.AliasName}): callers would lose the old name in the same moment; add a second RolloutAlias, move the callers, then remove the first`,
    );
  }
  if (!alias) return create(clients, wanted, sameFunction ? before : undefined, mark);
  if (owner !== undefined) {
    throw new Refused(
      `alias ${wanted.AliasName} of ${wanted.FunctionName} belongs to another stack or resource ([sluice:${owner}] in its description)`,
    );
  }
  // A resource that is updated has had its alias before: that somebody rewrote the description takes nothing away.
  if (!sameFunction && wanted.Existing === 'fail') {
    throw new Refused(
      `alias ${wanted.AliasName} of ${wanted.FunctionName} exists already; set existing: 'adopt' to take it over as it is, or choose another name`,
    );
  }
  return putMark(clients, name, mark);
}

/** Marks an alias as ours and leaves it otherwise as it is. Somebody may write it in the same moment, a rollout above all. */
async function putMark({ lambda }: AliasResourceClients, name: AliasName, mark: string): Promise<AliasState> {
  const moved = await moveAlias(lambda, name, (alias) => {
    if (!alias) return { kind: 'foreign' };
    return markOf(alias) === mark
      ? { kind: 'done' }
      : { kind: 'write', to: alias, description: withOwnerMark(alias.description, mark) };
  });
  if (!moved.alias) throw new Refused(`alias ${name.aliasName} of ${name.functionName} was deleted meanwhile`);
  return moved.alias;
}

/**
 * Makes an alias that does not exist: at the first version for a new resource or a replaced function, and at the version before
 * where somebody deleted it, because an update moves no traffic.
 */
async function create(
  { lambda }: AliasResourceClients,
  wanted: Properties,
  before: Before | undefined,
  mark: string,
): Promise<AliasState> {
  const version = before?.Version ?? wanted.Version;
  try {
    await lambda.send(
      new CreateAliasCommand({
        FunctionName: wanted.FunctionName,
        Name: wanted.AliasName,
        FunctionVersion: version,
        Description: withOwnerMark('', mark),
      }),
    );
  } catch (error) {
    // The repetition of a call whose answer was lost meets its own alias; the read below tells.
    if (!isNamed(error, 'ResourceConflictException')) throw error;
  }
  const alias = await readAlias(lambda, nameOf(wanted));
  if (!alias || markOf(alias) !== mark)
    throw new Refused(`alias ${wanted.AliasName} was made by somebody else meanwhile`);
  return alias;
}

async function deleteOwn({ lambda }: AliasResourceClients, properties: Properties, mark: string): Promise<void> {
  const name = nameOf(properties);
  const alias = await readAlias(lambda, name);
  if (!alias || markOf(alias) !== mark) return;
  await lambda.send(new DeleteAliasCommand({ FunctionName: name.functionName, Name: name.aliasName }));
}

async function start({ sfn }: AliasResourceClients, wanted: Properties, event: CustomResourceEvent): Promise<void> {
  const policy = policySchema.safeParse(
    {
      ...(JSON.parse(wanted.Policy) as object),
      alarms: wanted.Alarms,
      hooks: { beforeTraffic: wanted.BeforeTraffic, eachStep: wanted.EachStep, afterTraffic: wanted.AfterTraffic },
    },
    { reportInput: true },
  );
  if (!policy.success) throw new Refused(`the policy is refused: ${refusalInWords(policy.error)}`);
  const input: StartInput = {
    function: wanted.FunctionName,
    alias: wanted.AliasName,
    version: wanted.Version,
    policy: policy.data,
    stack: wanted.Stack,
    provisionedConcurrency: wanted.ProvisionedConcurrency ?? null,
    startedBy: `the deploy of stack ${event.StackId.split('/')[1] ?? event.StackId}`,
  };
  await startRollout(sfn, wanted.StateMachineArn, `deploy-${wanted.Version}-${event.RequestId}`.slice(0, 80), input);
}

const nameOf = ({ FunctionName, AliasName }: Properties): AliasName => ({
  functionName: FunctionName,
  aliasName: AliasName,
});
