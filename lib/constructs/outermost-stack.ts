import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The stack whose commit is final: a nested one is rolled back with the stack that it stands in. */
export function outermostStack(scope: Construct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
}
