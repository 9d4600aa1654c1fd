import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda';
import type * as z from 'zod';
import { servedBy } from '../../rollout/alias/alias.ts';
import { markOf, withOwnerMark } from '../../rollout/alias/description.ts';
import { type Claim, farewellTo, type Marks, ownershipOf } from '../../rollout/alias/ownership.ts';
import {
  type AliasAttributes,
  type AliasNameProperties,
  aliasNamePropertiesSchema,
  aliasPropertiesSchema,
  farewellPropertiesSchema,
  NO_NEW_VERSION,
} from '../../rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { type DeployedVersion, isToBeStarted, type VersionBefore } from '../../rollout/decisions/deploy.ts';
import { functionNameOf, type StartInput } from '../../rollout/document/start.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { Clients } from '../handler/clients.ts';
import { isNamed } from '../handler/errors.ts';
import { type AliasName, moveAlias, readAlias } from '../lambda/alias.ts';
import { deleteProvisionedConcurrency } from '../lambda/provisioned-concurrency.ts';
import { startRollout } from '../states/executions.ts';
import {
  type ControllerOfTemplate,
  controllerOfTemplate,
  type Environment,
  isRegisteredHere,
  stackOfTemplate,
} from './controller-of-template.ts';
import { type CustomResourceEvent, TERRAFORM } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';
import { checkVersion, executionName, policyOf, policyWithoutLogs, starterOf } from './deployed.ts';
import { markAdopted } from './mark-adopted.ts';
import { marksOf } from './marks.ts';
import { rollsBack } from './stack.ts';
import { register, unregister } from './write-registration.ts';

type Properties = z.output<typeof aliasPropertiesSchema>;

/** The clients that the resource needs. */
export type AliasResourceClients = Pick<Clients, 'lambda' | 'sfn' | 'cloudformation' | 'ssm'>;

/**
 * Carries out one request for an alias. Create makes it at the first version or adopts it. Update moves no traffic. Create and Update start
 * the rollout to a version that the alias does not serve yet, or that is still to be warmed; the rollout itself waits until the stack has
 * committed. The rollout of a member of a group is left to the group's resource, which is told of the version. The alias is written last, after everything that may refuse. Delete removes only an alias that this resource has made, and
 * gives back any other. An Update of a stack that rolls back refuses nothing: CloudFormation could not end the rollback. Every part may
 * be repeated.
 *
 * @returns the resource's attributes; undefined for a Delete
 * @throws DeployRefused with a reason for the person who deploys
 */
export async function manageAlias(
  clients: AliasResourceClients,
  event: CustomResourceEvent,
  environment: Environment,
): Promise<AliasAttributes | undefined> {
  if (event.RequestType === 'Delete') {
    await farewell(clients, event, environment);
    return undefined;
  }
  const wanted = parse(event.ResourceProperties);
  const controller = controllerOfTemplate(wanted, environment);
  const before = event.RequestType === 'Update' ? beforeIn(event.OldResourceProperties) : undefined;
  const marks = marksOf(event);
  const alias = await readAlias(clients.lambda, nameOf(wanted));
  const claim = claimOf(wanted, before, marks, controller);
  try {
    const ownership = ownershipOf(alias, claim);
    if (ownership.kind === 'refuse') throw new DeployRefused(ownership.why);
    const isNew = isToBeStarted(alias, deployedOf(wanted), deployedBefore(before));
    // The constructs have refused a bad policy at synth.
    const policy = policyIfNeeded(wanted, isNew, controller);
    if (isNew) await checkVersion(clients.lambda, wanted);
    if (controller.isGiven) await registerAlias(clients, wanted, before, { marks, controller, policy });
    if (isNew && policy) await start(clients, wanted, policy, event, controller);
    if (ownership.kind === 'make') await make(clients, wanted, marks);
    if (ownership.kind === 'adopt') await adopt(clients, claim);
    return attributesOf(wanted, isNew);
  } catch (error) {
    if (DeployRefused.is(error) && before && (await isRolledBack(clients, event, wanted, before))) {
      return attributesOf(wanted, false);
    }
    throw error;
  }
}

function policyIfNeeded(wanted: Properties, isNew: boolean, { isGiven }: ControllerOfTemplate): Policy | undefined {
  if (wanted.Group !== undefined) return undefined;
  if (isGiven) return policyWithoutLogs(wanted);
  return isNew ? policyOf(wanted) : undefined;
}

const attributesOf = ({ AliasName, Version }: Properties, isNew: boolean): AliasAttributes => ({
  AliasName,
  NewVersion: isNew ? Version : NO_NEW_VERSION,
});

const claimOf = (
  wanted: Properties,
  before: Before | undefined,
  marks: Marks,
  { stateMachineArn }: ControllerOfTemplate,
): Claim => ({
  functionName: wanted.FunctionName,
  aliasName: wanted.AliasName,
  stateMachineArn,
  existing: wanted.Existing,
  marks,
  before: before && {
    functionName: before.FunctionName,
    aliasName: before.AliasName,
    stateMachineArn: before.StateMachineArn,
  },
});

/** Whether an update takes back another one: versions only rise otherwise, and if none is taken back, the stack itself says so. */
async function isRolledBack(
  { cloudformation }: AliasResourceClients,
  { StackId }: CustomResourceEvent,
  wanted: Properties,
  before: Before,
): Promise<boolean> {
  if (StackId === TERRAFORM) return false;
  if (before.FunctionName === wanted.FunctionName && Number(wanted.Version) < Number(before.Version)) return true;
  return rollsBack(cloudformation, StackId);
}

/** The properties before an update, as far as they can be read. In a rollback they may be properties that were refused. */
type Before = Partial<Properties>;

const beforeIn = (properties: unknown): Before => {
  const parsed = aliasPropertiesSchema.partial().loose().safeParse(properties);
  return parsed.success ? parsed.data : {};
};

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

function parse(properties: unknown): Properties {
  const parsed = aliasPropertiesSchema.safeParse(properties, { reportInput: true });
  if (!parsed.success) throw new DeployRefused(refusalInWords(parsed.error));
  return parsed.data;
}

/** @throws DeployRefused if the alias belongs to somebody else meanwhile, or is gone */
async function adopt({ lambda }: AliasResourceClients, claim: Claim): Promise<void> {
  const ownership = await markAdopted(lambda, claim);
  if (ownership?.kind === 'refuse') throw new DeployRefused(ownership.why);
  if (ownership?.kind === 'make')
    throw new DeployRefused(`alias ${claim.aliasName} of ${claim.functionName} was deleted meanwhile`);
}

/** Makes an alias that does not exist, at the version of its deploy. A version that cannot serve gets no alias. */
async function make({ lambda }: AliasResourceClients, wanted: Properties, { made: mark }: Marks): Promise<void> {
  await checkVersion(lambda, wanted);
  try {
    await lambda.send(
      new CreateAliasCommand({
        FunctionName: wanted.FunctionName,
        Name: wanted.AliasName,
        FunctionVersion: wanted.Version,
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
}

/** Deletes the alias or gives it back, each only if it is ours. */
async function farewell(
  { lambda, ssm }: AliasResourceClients,
  event: CustomResourceEvent,
  environment: Environment,
): Promise<void> {
  const parsed = farewellPropertiesSchema.safeParse(event.ResourceProperties);
  // A Create that was refused for its properties has nothing to delete, and a Delete that failed would hold the stack.
  if (!parsed.success) return;
  const name = nameOf(parsed.data);
  const marks = marksOf(event);
  let isToBeDeleted = false;
  await moveAlias(lambda, name, (alias) => {
    const decision = farewellTo(alias, marks, parsed.data.Existing);
    isToBeDeleted = decision.kind === 'delete';
    return decision.kind === 'giveBack'
      ? { kind: 'write', to: decision.to, description: decision.description, mark: null }
      : { kind: 'foreign' };
  });
  if (isToBeDeleted)
    await lambda.send(new DeleteAliasCommand({ FunctionName: name.functionName, Name: name.aliasName }));
  if (isRegisteredHere(parsed.data, environment)) await unregister(ssm, name, marks.made);
}

const deployedOf = ({ FunctionName, Version, ProvisionedConcurrency }: Properties): DeployedVersion => ({
  functionName: FunctionName,
  version: Version,
  provisionedConcurrency: ProvisionedConcurrency,
});

const deployedBefore = (before: Before | undefined): VersionBefore =>
  before && {
    ...(before.FunctionName === undefined ? {} : { functionName: before.FunctionName }),
    ...(before.Version === undefined ? {} : { version: before.Version }),
    provisionedConcurrency: before.ProvisionedConcurrency,
  };

/** What is known of an alias whose template leaves its registration to this function. */
interface Registered {
  readonly marks: Marks;
  readonly controller: ControllerOfTemplate;
  readonly policy: Policy | undefined;
}

/** Registers the alias. One of another function, which the template had before, is registered no more. */
async function registerAlias(
  { ssm }: AliasResourceClients,
  wanted: Properties,
  before: Before | undefined,
  { marks, controller: { stateMachineArn }, policy }: Registered,
): Promise<void> {
  const { Group, Alarms, ProvisionedConcurrency } = wanted;
  await register(ssm, nameOf(wanted), marks.made, {
    schema: 1,
    stateMachineArn,
    ...(policy === undefined ? {} : { policy }),
    ...(ProvisionedConcurrency === undefined ? {} : { provisionedConcurrency: ProvisionedConcurrency }),
    ...(Group === undefined ? {} : { group: Group, alarms: Alarms ?? [] }),
  });
  const former = before?.FunctionName;
  if (former === undefined || functionNameOf(former) === functionNameOf(wanted.FunctionName)) return;
  await unregister(ssm, { functionName: former, aliasName: before?.AliasName ?? wanted.AliasName }, marks.made);
}

async function start(
  { sfn, cloudformation }: AliasResourceClients,
  wanted: Properties,
  policy: Policy,
  event: CustomResourceEvent,
  { stateMachineArn }: ControllerOfTemplate,
): Promise<void> {
  const input: StartInput = {
    function: wanted.FunctionName,
    alias: wanted.AliasName,
    version: wanted.Version,
    policy,
    stack: await stackOfTemplate(cloudformation, wanted, event),
    provisionedConcurrency: wanted.ProvisionedConcurrency ?? null,
    startedBy: starterOf(event),
  };
  await startRollout(sfn, stateMachineArn, executionName(event, wanted.Version, input), input);
}

const nameOf = ({ FunctionName, AliasName }: AliasNameProperties): AliasName => ({
  functionName: FunctionName,
  aliasName: AliasName,
});
