import * as z from 'zod';
import { aliasContract, groupContract } from '../rollout/contracts/custom-resource.ts';
import { NUMBER } from '../rollout/contracts/template-values.ts';
import { policySchema } from '../rollout/policy/policy.ts';

/** The public contracts of the custom resources, by the names of the files that are shipped. */
const contracts = {
  'alias.schema.json': { type: 'Custom::SluiceAlias', contract: aliasContract },
  'group.schema.json': { type: 'Custom::SluiceGroup', contract: groupContract },
} as const;

/**
 * The JSON schemas of the contracts, as they are shipped: of the properties of a resource in a template, without its service token. Conditions
 * between fields are checked by the deploy alone.
 */
export const schemas = (): Readonly<Record<string, object>> =>
  Object.fromEntries(Object.entries(contracts).map(([file, each]) => [file, schemaOf(each)]));

const reading = { io: 'input' } as const;

function schemaOf({ type, contract }: { readonly type: string; readonly contract: z.ZodType }): object {
  const { $schema, properties, ...rest } = z.toJSONSchema(contract, reading);
  const { $schema: _, ...policy } = z.toJSONSchema(policySchema, { ...reading, override: asInTemplates });
  return {
    $schema,
    title: `Properties of ${type}, without ServiceToken`,
    ...rest,
    properties: { ...properties, Policy: { anyOf: [policy, { type: 'string' }] } },
  };
}

/** CloudFormation makes texts of numbers. */
const asInTemplates: NonNullable<z.core.ToJSONSchemaParams['override']> = ({ jsonSchema }) => {
  if (jsonSchema.type !== 'number' && jsonSchema.type !== 'integer') return;
  const number = { ...jsonSchema };
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  jsonSchema.anyOf = [number, { type: 'string', pattern: NUMBER.source }];
};
