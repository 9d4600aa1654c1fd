import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { type Refusal, refusalLine, refusalsIn } from '../rollout/contracts/refusal.ts';
import type { RolloutController } from './controller.ts';
import { checkPolicy } from './policy-json.ts';

/** By what it offers and not by its class: an app may hold two copies of the CDK. */
export const has = (given: unknown, key: string): boolean =>
  typeof given === 'object' && given !== null && key in given;

/** The prop `alarms`. */
export const alarmsProp = z
  .array(z.custom<cloudwatch.IAlarm>((given) => has(given, 'alarmName'), { error: 'expected an alarm' }))
  .optional();

const hookList = z
  .array(z.custom<lambda.IFunction>((given) => has(given, 'functionArn'), { error: 'expected a function' }))
  .optional();

/** The prop `hooks`. */
export const hooksProp = z
  .strictObject({ beforeTraffic: hookList, eachStep: hookList, afterTraffic: hookList })
  .optional();

/** The prop `controller`. */
export const controllerProp = z
  .custom<RolloutController>((given) => has(given, 'manage'), { error: expectedController })
  .optional();

function expectedController({ input }: { readonly input: unknown }): string {
  return has(input, 'stateMachine')
    ? 'expected the RolloutController itself, found an imported one: the roles of its functions are not known here, so nothing could allow them to shift the alias; pass the construct, or leave the prop out to get a controller for this stack'
    : 'expected a RolloutController';
}

/** What is refused of the prop `policy`. */
export const refusedPolicy = (policy: unknown): readonly Refusal[] =>
  checkPolicy(policy).refused.map((refusal) => ({
    ...refusal,
    path: `policy${refusal.path && '.'}${refusal.path}`,
  }));

/**
 * Checks the props of a construct.
 *
 * @param more what the schema cannot tell
 * @throws Error with each prop that is refused
 */
export function checkProps(
  schema: z.ZodType,
  props: unknown,
  more: readonly Refusal[],
  { path, of }: { readonly path: string; readonly of: string },
): void {
  const parsed = schema.safeParse(props);
  const refused = [...(parsed.success ? [] : refusalsIn(parsed.error)), ...more];
  if (refused.length === 0) return;
  const lines = refused.map((each) => refusalLine(each, 'props'));
  throw new Error(`${path}: the props of the ${of} are refused\n  ${lines.join('\n  ')}`);
}
