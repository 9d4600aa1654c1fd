import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { type Environment, removeEnvironment } from '../../../lib/aws/stack/environments.ts';
import { answering } from '../answering.ts';
import { named } from '../lambda/a-lambda.ts';

it('the removal of an environment fails if CloudFormation refuses to delete its stack', async () => {
  const client = answering(new CloudFormationClient({ region: 'us-east-1' }), (command, { StackName }) => {
    throw named(`${command} of ${StackName} is refused`);
  });
  const environment = { stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop-pr-7/1' } as Environment;
  await expect(removeEnvironment(client, environment)).rejects.toThrow();
});
