import * as z from 'zod';
import { existingChoices } from '../alias/ownership.ts';
import { aliasNameSchema, functionSchema } from '../document/start.ts';

/** The type of the custom resource that owns an alias. */
export const ALIAS_TYPE = 'Custom::SluiceAlias';

/** The type of the resource that stands beside the alias for as long as its versions have provisioned concurrency. */
export const PROVISIONED_CONCURRENCY_TYPE = 'Custom::SluiceProvisionedConcurrency';

/** Names as a list of texts. Releases up to 0.1.0 had the names of alarms and hooks beside the policy. */
const names = z.array(z.string()).optional();

/** The properties of an alias in a template. CloudFormation makes text of every value. */
export const aliasPropertiesSchema = z.object({
  FunctionName: functionSchema,
  AliasName: aliasNameSchema,
  /** The version that was published with this deploy. */
  Version: z.string().regex(/^[1-9]\d*$/, { error: 'expected a published version' }),
  Existing: z.enum(existingChoices),
  /** The policy as JSON text, with the names of its alarms and hooks: the same as in the alias's registration. */
  Policy: z.string(),
  Alarms: names,
  BeforeTraffic: names,
  EachStep: names,
  AfterTraffic: names,
  /** How many execution environments of a version are made ready before its first traffic. */
  ProvisionedConcurrency: z
    .string()
    .regex(/^[1-9]\d*$/, { error: 'expected a whole number from 1 on' })
    .transform(Number)
    .optional(),
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

/** The properties of the resource beside the alias; enough to know which alias either of them is about. */
export const aliasNamePropertiesSchema = aliasPropertiesSchema.pick({ FunctionName: true, AliasName: true });
export type AliasNameProperties = z.input<typeof aliasNamePropertiesSchema>;

/** The properties that tell what becomes of an alias whose resource goes. They are read from whatever the template had. */
export const farewellPropertiesSchema = aliasNamePropertiesSchema.extend({
  Existing: aliasPropertiesSchema.shape.Existing.catch('fail'),
});

/** The policy of a template: of either form, as a value. @throws SyntaxError if the text is not JSON */
export function policyIn(properties: z.output<typeof aliasPropertiesSchema>): unknown {
  const { Policy, Alarms, BeforeTraffic, EachStep, AfterTraffic } = properties;
  const policy: unknown = JSON.parse(Policy);
  if ([Alarms, BeforeTraffic, EachStep, AfterTraffic].every((each) => each === undefined)) return policy;
  const hooks = { beforeTraffic: BeforeTraffic ?? [], eachStep: EachStep ?? [], afterTraffic: AfterTraffic ?? [] };
  return { ...(policy as object), alarms: Alarms ?? [], hooks };
}
