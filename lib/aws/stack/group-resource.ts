import {
  type GroupAttributes,
  groupPropertiesSchema,
  type MemberProperties,
} from '../../rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { type DeployedMember, membersToStart } from '../../rollout/decisions/deploy.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { readAlias } from '../lambda/alias.ts';
import { startRollout } from '../states/executions.ts';
import type { AliasResourceClients } from './alias-resource.ts';
import { controllerOfTemplate, type Environment, isRegisteredHere, stackOfTemplate } from './controller-of-template.ts';
import { type CustomResourceEvent, TERRAFORM } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';
import { checkVersion, executionName, policyOf, policyWithoutLogs, starterOf } from './deployed.ts';
import { marksOf } from './marks.ts';
import { rollsBack } from './stack.ts';
import { registerGroup, unregisterGroup } from './write-registration.ts';

/** A member of the group, and what a deploy makes of it. */
interface Member extends DeployedMember {
  readonly properties: MemberProperties;
}

/**
 * Carries out one request for a group: starts one rollout of the members to which the deploy brings a version, and of those whose aliases
 * are behind. The members' own resources have published the versions and made the aliases before. The rollout waits until the stack has
 * committed. A stack that rolls back starts nothing. The group has no part of its own in AWS, so a Delete does nothing. Every part may be
 * repeated.
 *
 * @returns the resource's attributes; undefined for a Delete
 * @throws DeployRefused with a reason for the person who deploys
 */
export async function manageGroup(
  clients: AliasResourceClients,
  event: CustomResourceEvent,
  environment: Environment,
): Promise<GroupAttributes | undefined> {
  if (event.RequestType === 'Delete') {
    await farewell(clients, event, environment);
    return undefined;
  }
  const parsed = groupPropertiesSchema.safeParse(event.ResourceProperties, { reportInput: true });
  if (!parsed.success) throw new DeployRefused(refusalInWords(parsed.error));
  const { GroupName, Members, Policy } = parsed.data;
  const controller = controllerOfTemplate(parsed.data, environment);
  const { stateMachineArn } = controller;
  const before = event.RequestType === 'Update' ? membersIn(event.OldResourceProperties) : [];
  const members: Member[] = [];
  for (const properties of Members) members.push(await readMember(clients, properties, before));
  if (controller.isGiven) {
    await registerGroup(clients.ssm, GroupName, marksOf(event).made, {
      schema: 1,
      stateMachineArn,
      policy: policyWithoutLogs({ Policy }),
      members: Members.map(({ FunctionName, AliasName }) => ({ function: FunctionName, alias: AliasName })),
    });
  }
  const toStart = membersToStart(members);
  if (
    toStart.length > 0 &&
    (event.StackId === TERRAFORM || !(await rollsBack(clients.cloudformation, event.StackId)))
  ) {
    const policy = policyOf({ Policy });
    for (const { properties } of toStart) await checkVersion(clients.lambda, properties);
    const input: StartInput = {
      group: GroupName,
      members: toStart.map(({ properties }) => ({
        function: properties.FunctionName,
        alias: properties.AliasName,
        version: properties.Version,
        provisionedConcurrency: properties.ProvisionedConcurrency ?? null,
        alarms: properties.Alarms,
      })),
      policy,
      stack: await stackOfTemplate(clients.cloudformation, parsed.data, event),
      startedBy: starterOf(event),
    };
    await startRollout(clients.sfn, stateMachineArn, executionName(event, GroupName, input), input);
  }
  return { GroupName };
}

/** A group has no part in AWS but its registration, if this function has written that. */
async function farewell(
  { ssm }: AliasResourceClients,
  event: CustomResourceEvent,
  environment: Environment,
): Promise<void> {
  const parsed = groupPropertiesSchema
    .pick({ GroupName: true, StateMachineArn: true })
    .loose()
    .safeParse(event.ResourceProperties);
  if (!parsed.success || !isRegisteredHere(parsed.data, environment)) return;
  await unregisterGroup(ssm, parsed.data.GroupName, marksOf(event).made);
}

/** The members before an update, as far as they can be read. */
function membersIn(properties: unknown): readonly MemberProperties[] {
  const parsed = groupPropertiesSchema.pick({ Members: true }).loose().safeParse(properties);
  return parsed.success ? parsed.data.Members : [];
}

async function readMember(
  { lambda }: AliasResourceClients,
  properties: MemberProperties,
  members: readonly MemberProperties[],
): Promise<Member> {
  const { FunctionName, AliasName, Version, NewVersion } = properties;
  const before = members.find((each) => each.FunctionName === FunctionName && each.AliasName === AliasName);
  return {
    properties,
    alias: await readAlias(lambda, { functionName: FunctionName, aliasName: AliasName }),
    wanted: deployedOf(properties),
    before: before && deployedOf(before),
    isNew: NewVersion === Version,
  };
}

const deployedOf = ({ FunctionName, Version, ProvisionedConcurrency }: MemberProperties) => ({
  functionName: FunctionName,
  version: Version,
  provisionedConcurrency: ProvisionedConcurrency,
});
