import * as z from 'zod';
import { existingChoices } from '../alias/ownership.ts';
import { aliasNameSchema, functionSchema } from '../document/start.ts';
import { groupNameSchema } from './group-registration.ts';

/** The type of the custom resource that owns an alias. */
export const ALIAS_TYPE = 'Custom::SluiceAlias';

/** The type of the custom resource that starts the rollouts of a group. */
export const GROUP_TYPE = 'Custom::SluiceGroup';

/** The type of the resource that stands beside the alias for as long as its versions have provisioned concurrency. */
export const PROVISIONED_CONCURRENCY_TYPE = 'Custom::SluiceProvisionedConcurrency';

/** Names as a list of texts. Releases up to 0.1.0 had the names of alarms and hooks beside the policy. */
const names = z.array(z.string()).optional();

/** A version that was published with a deploy. */
const version = z.string().regex(/^[1-9]\d*$/, { error: 'expected a published version' });

/** How many execution environments of a version are made ready before its first traffic. */
const provisionedConcurrency = z
  .string()
  .regex(/^[1-9]\d*$/, { error: 'expected a whole number from 1 on' })
  .transform(Number)
  .optional();

/** The properties of an alias in a template. CloudFormation makes text of every value. */
export const aliasPropertiesSchema = z.object({
  FunctionName: functionSchema,
  AliasName: aliasNameSchema,
  Version: version,
  Existing: z.enum(existingChoices),
  /** The policy as JSON text, with the names of its alarms and hooks: the same as in the alias's registration. A member of a group has none. */
  Policy: z.string().optional(),
  /** The place of the group that starts the rollouts of the alias, so that another group is another property; absent if there is none. */
  Group: z.string().optional(),
  Alarms: names,
  BeforeTraffic: names,
  EachStep: names,
  AfterTraffic: names,
  ProvisionedConcurrency: provisionedConcurrency,
  StateMachineArn: z.string().min(1),
  /** The stack whose commit a rollout waits for: the outermost one if stacks are nested. */
  Stack: z.string().min(1),
});

/** The properties of an alias, as the construct writes them. */
export type AliasProperties = Omit<
  z.input<typeof aliasPropertiesSchema>,
  'Alarms' | 'BeforeTraffic' | 'EachStep' | 'AfterTraffic'
>;

/** The same as a release up to 0.1.0 wrote them: the names of alarms and hooks beside the policy. */
export type FormerAliasProperties = z.input<typeof aliasPropertiesSchema>;

/** The attributes of an alias in a template. CloudFormation keeps them until the resource is updated again. */
export type AliasAttributes = Readonly<Record<'AliasName' | 'NewVersion', string>>;

/** The attribute `NewVersion` of an alias to which the last update brought no version that it has to be shifted to. */
export const NO_NEW_VERSION = 'none';

/** A member of a group, from the attributes of its alias. */
const memberSchema = z.object({
  FunctionName: functionSchema,
  AliasName: aliasNameSchema,
  Version: version,
  /** The version itself if the last update of the alias has brought it. */
  NewVersion: z.string(),
  ProvisionedConcurrency: provisionedConcurrency,
  /** Names of the alarms that watch this member alone. */
  Alarms: z.array(z.string()).default([]),
});
export type MemberProperties = z.output<typeof memberSchema>;

/** The properties of a group in a template. The members stand in the order in which they get their weights. */
export const groupPropertiesSchema = z.object({
  GroupName: groupNameSchema,
  Members: z.array(memberSchema).min(1),
  /** The policy as JSON text: the same as in the group's registration. */
  Policy: z.string(),
  StateMachineArn: z.string().min(1),
  /** The stack whose commit a rollout waits for. */
  Stack: z.string().min(1),
});

/** The properties of a group, as the construct writes them. */
export type GroupProperties = z.input<typeof groupPropertiesSchema>;

/** The attributes of a group in a template. */
export type GroupAttributes = Readonly<Record<'GroupName', string>>;

/** The properties of the resource beside the alias; enough to know which alias either of them is about. */
export const aliasNamePropertiesSchema = aliasPropertiesSchema.pick({ FunctionName: true, AliasName: true });
export type AliasNameProperties = z.input<typeof aliasNamePropertiesSchema>;

/** The properties that tell what becomes of an alias whose resource goes. They are read from whatever the template had. */
export const farewellPropertiesSchema = aliasNamePropertiesSchema.extend({
  Existing: aliasPropertiesSchema.shape.Existing.catch('fail'),
});

/** The properties that hold a policy. */
export type PolicyProperties = Pick<
  z.output<typeof aliasPropertiesSchema>,
  'Policy' | 'Alarms' | 'BeforeTraffic' | 'EachStep' | 'AfterTraffic'
>;

/** The policy of a template: of either form, as a value. @throws SyntaxError if the text is not JSON */
export function policyIn(properties: PolicyProperties): unknown {
  const { Policy = '', Alarms, BeforeTraffic, EachStep, AfterTraffic } = properties;
  const policy: unknown = JSON.parse(Policy);
  if ([Alarms, BeforeTraffic, EachStep, AfterTraffic].every((each) => each === undefined)) return policy;
  const hooks = { beforeTraffic: BeforeTraffic ?? [], eachStep: EachStep ?? [], afterTraffic: AfterTraffic ?? [] };
  return { ...(policy as object), alarms: Alarms ?? [], hooks };
}
