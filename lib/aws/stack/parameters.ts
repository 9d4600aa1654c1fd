import { type Parameter, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import type * as z from 'zod';
import { isBeside } from '../../rollout/contracts/arn.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import { jsonIn } from '../states/executions.ts';

/** The parameter of an alias or a group holds something that Sluice does not deploy there. */
export class BrokenRegistration extends Error {
  override readonly name = 'BrokenRegistration';
}

/** The parameters below a path, the newest last. */
export async function readParameters(ssm: SSMClient, Path: string): Promise<readonly Parameter[]> {
  const found: Parameter[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path, Recursive: true })) {
    found.push(...Parameters);
  }
  return found.toSorted((a, b) => writtenAt(a) - writtenAt(b));
}

/** When a parameter was written, in seconds since 1970; 0 if that is not known. */
export const writtenAt = ({ LastModifiedDate }: Parameter): number => (LastModifiedDate?.getTime() ?? 0) / 1000;

/**
 * The registration that a parameter holds; or why it holds none, in words. A state machine of another partition, region or account is
 * never followed, whoever wrote it into the parameter.
 */
export function registrationIn<T extends { readonly stateMachineArn: string }>(
  schema: z.ZodType<T>,
  { Name = '', Value, ARN }: Parameter,
): T | string {
  const { data } = schema.safeParse(jsonIn(Value));
  if (!data) return `parameter ${Name} does not hold a registration of Sluice; deploy the stack again`;
  return ARN === undefined || isBeside(data.stateMachineArn, ARN)
    ? data
    : `parameter ${Name} names a state machine of another partition, region or account (${oneLine(data.stateMachineArn, 200)}); find out who wrote it, and deploy the stack again`;
}
