import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** Reads a stack's status by its id, which answers also after the stack was deleted. */
export async function readStackStatus(cloudformation: CloudFormationClient, stackId: string): Promise<string> {
  const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }));
  return answer.Stacks?.[0]?.StackStatus ?? 'DELETE_COMPLETE';
}
