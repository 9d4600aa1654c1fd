import { createHash } from 'node:crypto';
import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import { type AliasState, carriesWeights, servedBy } from '../../rollout/alias/alias.ts';
import { markOf, withOwnerMark } from '../../rollout/alias/description.ts';
import {
  type AliasNameProperties,
  aliasNamePropertiesSchema,
  aliasPropertiesSchema,
  policyIn,
} from '../../rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { type Policy, policySchema } from '../../rollout/policy/policy.ts';
import { serviceOf, stateInWords } from '../../rollout/version-state.ts';
import type { Clients } from '../handler/clients.ts';
import { isNamed } from '../handler/errors.ts';
import { type AliasName, moveAlias, readAlias } from '../lambda/alias.ts';
import { readVersion } from '../lambda/functions.ts';
import { deleteProvisionedConcurrency } from '../lambda/provisioned-concurrency.ts';
import { startRollout } from '../states/executions.ts';
import type { CustomResourceEvent } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';

type Properties = z.output<typeof aliasPropertiesSchema>;

/** The clients that the resource needs. */
export type AliasResourceClients = Pick<Clients, 'lambda' | 'sfn'>;

/**
 * Carries out one request for an alias. Create makes it at the first version or adopts it. Update moves no traffic. Delete removes
 * it only if it bears the owner's mark. Create and Update start the rollout to a version that the alias does not serve yet, or that
 * is still to be warmed; the rollout itself waits until the stack has committed. Every part may be repeated.
 *
 * @throws DeployRefused with a reason for the person who deploys
 */
export async function manageAlias(clients: AliasResourceClients, event: CustomResourceEvent): Promise<void> {
  const mark = ownersMark(event);
  if (event.RequestType === 'Delete') {
    const parsed = aliasNamePropertiesSchema.safeParse(event.ResourceProperties);
    // A Create that was refused for its properties has nothing to delete, and a Delete that failed would hold the stack.
    if (parsed.success) await deleteOwn(clients, nameOf(parsed.data), mark);
    return;
  }
  const wanted = parse(event.ResourceProperties);
  const before = event.RequestType === 'Update' ? beforeIn(event.OldResourceProperties) : undefined;
  const alias = await ensureAlias(clients, wanted, before, mark);
  const served = alias.functionVersion === wanted.Version && !carriesWeights(alias);
  if (served ? !isToBeWarmed(wanted, before) : !isNewer(wanted, before)) return;
  await checkVersion(clients.lambda, wanted);
  await start(clients, wanted, event);
}

/** The properties before an update, as far as they can be read. In a rollback they may be properties that were refused. */
type Before = Partial<Properties>;

const beforeIn = (properties: unknown): Before => {
  const parsed = aliasPropertiesSchema.partial().safeParse(properties);
  return parsed.success ? parsed.data : {};
};

/** Versions only rise, except in a stack's rollback: that starts nothing, so nothing of it can fail. */
const isNewer = (wanted: Properties, before: Before | undefined): boolean =>
  before === undefined ||
  before.FunctionName !== wanted.FunctionName ||
  Number(wanted.Version) > Number(before.Version ?? 0);

/** A version that is served already is warmed by a rollout to itself: at a first deploy, and if only the number has changed. */
const isToBeWarmed = (wanted: Properties, before: Before | undefined): boolean =>
  wanted.ProvisionedConcurrency !== undefined &&
  (isNewer(wanted, before) ||
    (before?.Version === wanted.Version && before.ProvisionedConcurrency !== wanted.ProvisionedConcurrency));

/**
 * Carries out one request for the resource beside the alias. Rollouts warm versions, so only Delete does something: it releases the
 * versions that the alias serves. CloudFormation sends it once the stack has committed to go on without provisioned concurrency, or
 * before the alias itself is deleted.
 */
export async function manageProvisionedConcurrency(
  { lambda }: Pick<Clients, 'lambda'>,
  event: CustomResourceEvent,
): Promise<void> {
  const parsed = aliasNamePropertiesSchema.safeParse(event.ResourceProperties);
  if (event.RequestType !== 'Delete' || !parsed.success) return;
  const { FunctionName, AliasName } = parsed.data;
  const alias = await readAlias(lambda, { functionName: FunctionName, aliasName: AliasName });
  for (const version of alias ? servedBy(alias) : []) await deleteProvisionedConcurrency(lambda, FunctionName, version);
}

/** The mark of a template's resource: the same for as long as the resource lives, and different from every other's. */
export const ownersMark = ({
  StackId,
  LogicalResourceId,
}: Pick<CustomResourceEvent, 'StackId' | 'LogicalResourceId'>) =>
  createHash('sha256').update(`${StackId}/${LogicalResourceId}`).digest('hex').slice(0, 12);

function parse(properties: unknown): Properties {
  const parsed = aliasPropertiesSchema.safeParse(properties, { reportInput: true });
  if (!parsed.success) throw new DeployRefused(refusalInWords(parsed.error));
  return parsed.data;
}

async function checkVersion(lambda: Clients['lambda'], { FunctionName, Version }: Properties): Promise<void> {
  const version = await readVersion(lambda, FunctionName, Version);
  if (!version) throw new DeployRefused(`version ${Version} of ${FunctionName} does not exist`);
  // A version that is being created, or that sleeps, is waited for by its rollout.
  if (serviceOf(version.state) === 'never') {
    throw new DeployRefused(`${stateInWords(Version, version)}: ${FunctionName} cannot be served by it`);
  }
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
    throw new DeployRefused(
      `an alias cannot be renamed (${before.AliasName} to ${wanted.AliasName}): callers would lose the old name in the same moment; add a second RolloutAlias, move the callers, then remove the first`,
    );
  }
  if (!alias) return create(clients, wanted, sameFunction ? before : undefined, mark);
  if (owner !== undefined) {
    throw new DeployRefused(
      `alias ${wanted.AliasName} of ${wanted.FunctionName} belongs to another stack or resource ([sluice:${owner}] in its description)`,
    );
  }
  // A resource that is updated owned its alias before, even if somebody has rewritten the description since.
  if (!sameFunction && wanted.Existing === 'fail') {
    throw new DeployRefused(
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
  if (!moved.alias) throw new DeployRefused(`alias ${name.aliasName} of ${name.functionName} was deleted meanwhile`);
  return moved.alias;
}

/**
 * Makes an alias that does not exist. A new resource or a replaced function gets it at its first version. If somebody deleted the
 * alias, it comes back at the version before, because an update moves no traffic. A version that cannot serve gets no alias.
 */
async function create(
  { lambda }: AliasResourceClients,
  wanted: Properties,
  before: Before | undefined,
  mark: string,
): Promise<AliasState> {
  const version = before?.Version ?? wanted.Version;
  if (version === wanted.Version) await checkVersion(lambda, wanted);
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
    // A repeated call whose first answer was lost meets its own alias; the read below tells.
    if (!isNamed(error, 'ResourceConflictException')) throw error;
  }
  const alias = await readAlias(lambda, nameOf(wanted));
  if (!alias || markOf(alias) !== mark)
    throw new DeployRefused(`alias ${wanted.AliasName} was made by somebody else meanwhile`);
  return alias;
}

async function deleteOwn({ lambda }: AliasResourceClients, name: AliasName, mark: string): Promise<void> {
  const alias = await readAlias(lambda, name);
  if (!alias || markOf(alias) !== mark) return;
  await lambda.send(new DeleteAliasCommand({ FunctionName: name.functionName, Name: name.aliasName }));
}

async function start({ sfn }: AliasResourceClients, wanted: Properties, event: CustomResourceEvent): Promise<void> {
  const input: StartInput = {
    function: wanted.FunctionName,
    alias: wanted.AliasName,
    version: wanted.Version,
    policy: policyOf(wanted),
    stack: wanted.Stack,
    provisionedConcurrency: wanted.ProvisionedConcurrency ?? null,
    startedBy: `the deploy of stack ${event.StackId.split('/')[1] ?? event.StackId}`,
  };
  await startRollout(sfn, wanted.StateMachineArn, `deploy-${wanted.Version}-${event.RequestId}`.slice(0, 80), input);
}

function policyOf(wanted: Properties): Policy {
  const parsed = policySchema.safeParse(policyOrRefused(wanted), { reportInput: true });
  if (!parsed.success) throw new DeployRefused(`the policy is refused: ${refusalInWords(parsed.error)}`);
  return parsed.data;
}

function policyOrRefused(wanted: Properties): unknown {
  try {
    return policyIn(wanted);
  } catch {
    throw new DeployRefused(`the policy is refused: expected JSON, found ${wanted.Policy.slice(0, 60)}`);
  }
}

const nameOf = ({ FunctionName, AliasName }: AliasNameProperties): AliasName => ({
  functionName: FunctionName,
  aliasName: AliasName,
});
