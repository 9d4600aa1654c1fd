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

/** A version that was published with a deploy. Terraform leaves a number as it is. */
const version = z
  .union([z.string().regex(/^[1-9]\d*$/, { error: 'expected a published version' }), z.int().min(1)])
  .transform(String);

/** How many execution environments of a version are made ready before its first traffic. */
const provisionedConcurrency = z
  .union([z.string().regex(/^[1-9]\d*$/, { error: 'expected a whole number from 1 on' }), z.int().min(1)])
  .transform(Number)
  .optional();

/** A policy as JSON text or as a value, with or without the names of its alarms and hooks. Its reader checks it. */
const policy = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'expected a policy or its JSON text',
});

/** What CloudFormation hands over beside the properties of a resource. */
const ofCloudFormation = { ServiceToken: z.unknown().optional(), ServiceTimeout: z.unknown().optional() };

/** What the constructs write, and what the controller of a template fills in if it is left out. */
const ofController = {
  /** The state machine that carries out the rollouts. */
  StateMachineArn: z.string().min(1).optional(),
  /** The stack whose commit a rollout waits for: the outermost one if stacks are nested. */
  Stack: z.string().min(1).optional(),
};

/** The properties of an alias that a template may have: the public contract of `Custom::SluiceAlias`. */
export const aliasContract = z.strictObject({
  /** The function's name, or its ARN without a qualifier. */
  FunctionName: functionSchema,
  /** The alias's name. */
  AliasName: aliasNameSchema,
  /** The published version that this deploy brings. */
  Version: version,
  /** What to do with an alias that exists. */
  Existing: z.enum(existingChoices).default('fail'),
  /** How the traffic moves; a member of a group has none. */
  Policy: policy.optional(),
  /** The group that starts the rollouts of the alias. */
  Group: z.string().optional(),
  /** Names of alarms that stop a rollout, beside those of the policy. */
  Alarms: names,
  /** Names of functions that are called during a rollout, beside those of the policy. */
  Hooks: z.strictObject({ BeforeTraffic: names, EachStep: names, AfterTraffic: names }).optional(),
  /** Execution environments of each version that are made ready before its first traffic. */
  ProvisionedConcurrency: provisionedConcurrency,
  /** The stack whose commit a rollout waits for. */
  Stack: ofController.Stack,
});

/**
 * The properties of an alias in a template, as the handler reads them: the contract, and what constructs of this release and of the ones
 * before write. CloudFormation makes text of every value.
 */
export const aliasPropertiesSchema = aliasContract.extend({
  ...ofCloudFormation,
  ...ofController,
  BeforeTraffic: names,
  EachStep: names,
  AfterTraffic: names,
});

/** Properties that the constructs always write. */
type Written<T, Keys extends keyof T> = Omit<T, Keys> & { readonly [Key in Keys]-?: NonNullable<T[Key]> };

/** The same as a release up to 0.1.0 wrote them: the names of alarms and hooks beside the policy. */
export type FormerAliasProperties = Written<
  z.input<typeof aliasPropertiesSchema>,
  'Existing' | 'StateMachineArn' | 'Stack'
>;

/** The properties of an alias, as the construct writes them. */
export type AliasProperties = Omit<
  FormerAliasProperties,
  'Alarms' | 'Hooks' | 'BeforeTraffic' | 'EachStep' | 'AfterTraffic'
>;

/** The attributes of an alias in a template. CloudFormation keeps them until the resource is updated again. */
export type AliasAttributes = Readonly<Record<'AliasName' | 'NewVersion', string>>;

/** The attribute `NewVersion` of an alias to which the last update brought no version that it has to be shifted to. */
export const NO_NEW_VERSION = 'none';

/** A member of a group, from the attributes of its alias. */
const memberSchema = z.strictObject({
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

/** The properties of a group that a template may have: the public contract of `Custom::SluiceGroup`. */
export const groupContract = z.strictObject({
  /** The group's name. */
  GroupName: groupNameSchema,
  /** The members, in the order in which they get their weights. */
  Members: z.array(memberSchema).min(1),
  /** How the traffic of every member moves, with the names of the group's alarms and hooks. */
  Policy: policy,
  /** The stack whose commit a rollout waits for. */
  Stack: ofController.Stack,
});

/** The properties of a group in a template, as the handler reads them. */
export const groupPropertiesSchema = groupContract.extend({ ...ofCloudFormation, ...ofController });

/** The properties of a group, as the construct writes them. */
export type GroupProperties = Written<z.input<typeof groupPropertiesSchema>, 'StateMachineArn' | 'Stack'>;

/** The attributes of a group in a template. */
export type GroupAttributes = Readonly<Record<'GroupName', string>>;

/** The properties of the resource beside the alias; enough to know which alias either of them is about. */
export const aliasNamePropertiesSchema = z.object({ FunctionName: functionSchema, AliasName: aliasNameSchema });
export type AliasNameProperties = z.input<typeof aliasNamePropertiesSchema>;

/** The properties that tell what becomes of an alias whose resource goes. They are read from whatever the template had. */
export const farewellPropertiesSchema = aliasNamePropertiesSchema.extend({
  Existing: z.enum(existingChoices).catch('fail'),
  StateMachineArn: z.string().optional().catch(undefined),
});

/** The properties that hold a policy. */
export type PolicyProperties = Partial<
  Pick<
    z.output<typeof aliasPropertiesSchema>,
    'Policy' | 'Alarms' | 'Hooks' | 'BeforeTraffic' | 'EachStep' | 'AfterTraffic'
  >
>;

/** The policy of a template with the alarms and hooks beside it, as a value. @throws SyntaxError if its text is not JSON */
export function policyIn(properties: PolicyProperties): unknown {
  const { Policy = { adaptive: {} }, Alarms, Hooks } = properties;
  const policy: unknown = typeof Policy === 'string' ? JSON.parse(Policy) : Policy;
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) return policy;
  const own = policy as Readonly<Record<string, unknown>>;
  const beside = {
    beforeTraffic: Hooks?.BeforeTraffic ?? properties.BeforeTraffic,
    eachStep: Hooks?.EachStep ?? properties.EachStep,
    afterTraffic: Hooks?.AfterTraffic ?? properties.AfterTraffic,
  };
  const stages = Object.entries(beside).filter(([, names]) => names !== undefined);
  const hooks = (own['hooks'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...own,
    ...(Alarms === undefined ? {} : { alarms: together(own['alarms'], Alarms) }),
    ...(stages.length === 0
      ? {}
      : {
          hooks: {
            ...hooks,
            ...Object.fromEntries(stages.map(([stage, names]) => [stage, together(hooks[stage], names)])),
          },
        }),
  };
}

/** Both lists. If the first one is no list, it stays, and the schema refuses it. */
const together = (given: unknown, more: readonly string[] = []): unknown =>
  given === undefined || Array.isArray(given) ? [...(given ?? []), ...more] : given;
