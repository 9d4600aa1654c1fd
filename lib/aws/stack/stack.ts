import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** Reads a stack's status by its id, which answers also after the stack was deleted. */
export async function readStackStatus(cloudformation: CloudFormationClient, stackId: string): Promise<string> {
  const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }));
  return answer.Stacks?.[0]?.StackStatus ?? 'DELETE_COMPLETE';
}

/** Whether a stack says that it rolls back. If it cannot be asked, it does not: a rollout waits for its commit anyway. */
export async function rollsBack(cloudformation: CloudFormationClient, stackId: string): Promise<boolean> {
  try {
    return (await readStackStatus(cloudformation, stackId)).includes('ROLLBACK');
  } catch (error) {
    console.warn(`the status of the stack cannot be read: ${(error as Error).name}`);
    return false;
  }
}

/** The outermost stack of a stack: itself if it is not nested. The commit of a nested stack is the one of its outermost stack. */
export async function outermostOf(cloudformation: CloudFormationClient, stackId: string): Promise<string> {
  const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }));
  return answer.Stacks?.[0]?.RootId ?? stackId;
}
