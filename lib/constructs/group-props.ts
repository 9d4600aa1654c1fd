import type { Construct } from 'constructs';
import * as z from 'zod';
import { groupNameSchema } from '../rollout/contracts/group-registration.ts';
import { outermostStack } from './outermost-stack.ts';
import { alarmsProp, checkProps, controllerProp, hooksProp, refusedPolicy } from './props.ts';

const propsSchema = z.strictObject({
  policy: z.unknown().optional(),
  alarms: alarmsProp,
  hooks: hooksProp,
  controller: controllerProp,
  groupName: groupNameSchema.optional(),
});

/** @throws Error with each prop of a RolloutGroup that is refused */
export const checkGroupProps = (props: { readonly policy: unknown }, path: string): void =>
  checkProps(propsSchema, props, refusedPolicy(props.policy), { path, of: 'RolloutGroup' });

const LONGEST_NAME = 64;

/** The name of a group that is given none. Of a long one it is the beginning and a hash, which no other group has. */
export function groupNameOf(group: Construct): string {
  const name = `${outermostStack(group).stackName}-${group.node.id}`;
  const plain = name.replace(/[^A-Za-z0-9-_]/g, '-');
  if (plain === name && name.length <= LONGEST_NAME) return name;
  const hash = group.node.addr.slice(-8);
  return `${plain.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}
