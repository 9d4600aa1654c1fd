import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ALIAS_TYPE, GROUP_TYPE } from '../../rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { aliasNameSchema, functionNameOf, functionSchema } from '../../rollout/document/start.ts';
import { type AliasName, readAlias } from '../lambda/alias.ts';
import type { AliasResourceClients } from './alias-resource.ts';
import { type CustomResourceEvent, TERRAFORM } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';

const properties = z.record(z.string(), z.unknown());

/**
 * An invocation by the resource `aws_lambda_invocation` with `lifecycle_scope = "CRUD"`: its input, and beside it the key `tf`, which tells what
 * becomes of the resource and which input it had before. (Terraform: AWS provider, aws_lambda_invocation.)
 */
const terraformEventSchema = z.looseObject({
  tf: z.object({
    action: z.enum(['create', 'update', 'delete'], { error: 'expected "create", "update" or "delete"' }),
    prev_input: properties.nullish(),
  }),
});

/** Whether an event is one of Terraform's. One of CloudFormation has its URL, whatever else is in it. */
export const isTerraform = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'tf' in event && !('ResponseURL' in event);

/**
 * An event of Terraform as the requests that a template would make: one, or two if the resource goes on with another alias. An alias that
 * Terraform makes is there already, so it is adopted unless the input says otherwise.
 *
 * @throws DeployRefused with each field that was refused
 */
export async function requestsOfTerraform(
  { lambda }: Pick<AliasResourceClients, 'lambda'>,
  event: unknown,
): Promise<readonly CustomResourceEvent[]> {
  const parsed = terraformEventSchema.safeParse(event, { reportInput: true });
  if (!parsed.success) throw new DeployRefused(refusalInWords(parsed.error));
  const { tf, ...input } = parsed.data;
  const before = tf.prev_input ?? {};
  if (tf.action === 'delete') return [{ ...requestOf(input, ''), RequestType: 'Delete' }];
  const state = await stateOf(lambda, input);
  const request = requestOf(input, hashOf(JSON.stringify([input, before, state])));
  if (tf.action === 'create') return [{ ...request, RequestType: 'Create' }];
  if (identityOf(before) !== identityOf(input)) {
    return [
      { ...requestOf(before, ''), RequestType: 'Delete' },
      { ...request, RequestType: 'Create' },
    ];
  }
  return [{ ...request, RequestType: 'Update', OldResourceProperties: withDefaults(before) }];
}

type Input = z.output<typeof properties>;

const withDefaults = (input: Input): Input => ('GroupName' in input ? input : { Existing: 'adopt', ...input });

function requestOf(input: Input, RequestId: string) {
  return {
    ResourceType: 'GroupName' in input ? GROUP_TYPE : ALIAS_TYPE,
    ResourceProperties: withDefaults(input),
    ResponseURL: '',
    StackId: TERRAFORM,
    RequestId,
    // So that the marks on an alias, which are made of it, are the same for as long as the resource has the alias.
    LogicalResourceId: identityOf(input),
    PhysicalResourceId: '',
  };
}

const named = z.looseObject({ FunctionName: functionSchema, AliasName: aliasNameSchema });

/** The alias of an input, or its group; empty if it has neither. */
function identityOf(input: Input): string {
  if (typeof input['GroupName'] === 'string') return input['GroupName'];
  const { data } = named.safeParse(input);
  return data ? `${functionNameOf(data.FunctionName)}:${data.AliasName}` : '';
}

/**
 * What the aliases of an input are like. An event that Terraform repeats finds them as the first one did, and starts no second execution;
 * the same input at a later time finds them changed.
 */
async function stateOf(lambda: AliasResourceClients['lambda'], input: Input): Promise<readonly (string | null)[]> {
  const all = Array.isArray(input['Members']) ? (input['Members'] as unknown[]) : [input];
  const names = all.flatMap((each): AliasName[] => {
    const { data } = named.safeParse(each);
    return data ? [{ functionName: data.FunctionName, aliasName: data.AliasName }] : [];
  });
  const states: (string | null)[] = [];
  for (const name of names) states.push((await readAlias(lambda, name))?.revisionId ?? null);
  return states;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
