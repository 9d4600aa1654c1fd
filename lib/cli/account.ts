import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cloudformation, cloudwatch, lambda, scheduler, settings, sfn, ssm } from '../aws/handler/clients.ts';
import { paced } from '../aws/handler/pacing.ts';
import { pause } from '../aws/handler/pause.ts';

/** The AWS account and region that a command works on, with the caller's own credentials. */
export interface Account {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly cloudwatch: CloudWatchClient;
  readonly ssm: SSMClient;
  readonly cloudformation: CloudFormationClient;
  readonly scheduler: SchedulerClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  /** Waits, in seconds. */
  readonly pause: (seconds: number) => Promise<void>;
}

/** Makes the clients of the environment that the command line runs in. */
export const accountHere = (): Account => ({
  lambda: paced(lambda()),
  sfn: sfn(),
  cloudwatch: cloudwatch(),
  ssm: ssm(),
  cloudformation: cloudformation(),
  scheduler: scheduler(),
  sts: new STSClient({ ...settings, maxAttempts: 2 }),
  iam: new IAMClient(settings),
  tagging: new ResourceGroupsTaggingAPIClient(settings),
  pause: (seconds) => pause(seconds * 1000),
});

/** Who the caller is: the ARN that AWS knows, or the name that the machine knows where AWS does not say. */
export async function callerOf({ sts }: Pick<Account, 'sts'>): Promise<string> {
  const unknown = process.env['USER'] ?? 'somebody';
  return sts.send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => Arn ?? unknown,
    () => unknown,
  );
}
