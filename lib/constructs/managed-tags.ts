import { CfnResource, Tags, Token } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { outermostStack } from './outermost-stack.ts';

/** AWS takes as many characters in a tag's value. (AWS: Tag naming limits and requirements.) */
const LONGEST_VALUE = 256;

/**
 * The name of a controller in tags: its stack's name and its path below that, which no other controller of the account and region has at
 * the same time. It is known at synth, so that a function that bears it waits for nothing of the controller.
 *
 * @param given the name that its props give it
 * @throws Error if AWS would refuse the given name
 */
export function controllerName(controller: Construct, given?: string): string {
  if (given !== undefined) return checkedName(controller, given);
  const stack = outermostStack(controller);
  const path = controller.node.path.slice(stack.node.path.length).replace(/^\/*/, '');
  const name = `${stack.stackName}/${path}`;
  const plain = name.replace(/[^A-Za-z0-9_.:/=+@ -]/g, '-');
  if (plain === name && name.length <= LONGEST_VALUE) return name;
  const hash = controller.node.addr.slice(-12);
  return `${plain.slice(0, LONGEST_VALUE - hash.length - 1)}-${hash}`;
}

/** The characters of a tag's value, without those of other alphabets. */
const tagValue = /^[A-Za-z0-9_.:/=+@ -]{1,256}$/;

function checkedName(controller: Construct, name: string): string {
  if (Token.isUnresolved(name) || (tagValue.test(name) && name.trim() === name)) return name;
  throw new Error(
    `${controller.node.path}: tagValue: expected 1 to ${LONGEST_VALUE} letters, digits, spaces and _ . : / = + @ -, found ${JSON.stringify(name)}`,
  );
}

const given = new WeakMap<CfnResource, Map<string, string>>();

/** What became of a tag. */
export type Tagged = 'tagged' | 'not of this app' | { readonly other: string };

/**
 * Puts a tag on the function itself, and on nothing below it. A version or an alias stands for its function. A tag that has another value
 * by now keeps it.
 */
export function tagFunction(handler: lambda.IFunction, key: string, value: string): Tagged {
  const resource = resourceOf(handler);
  if (!resource) return 'not of this app';
  const tags = given.get(resource) ?? new Map<string, string>();
  given.set(resource, tags);
  const other = tags.get(key);
  if (other !== undefined && other !== value) return { other };
  tags.set(key, value);
  Tags.of(resource).add(key, value);
  return 'tagged';
}

/** The function's own resource. By what it says and not by its class: an app may hold two copies of the CDK. */
function resourceOf(handler: IConstruct): CfnResource | undefined {
  const { lambda: owner } = handler as IConstruct & { readonly lambda?: IConstruct };
  const resource = (owner ?? handler).node.defaultChild;
  return CfnResource.isCfnResource(resource) && resource.cfnResourceType === 'AWS::Lambda::Function'
    ? resource
    : undefined;
}

/** Whether two values are known and differ. */
export const differ = (one: string, other: string): boolean =>
  !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
