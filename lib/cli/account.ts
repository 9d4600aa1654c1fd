import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { cloudformation, cloudwatch, scheduler, settings } from '../aws/handler/clients.ts';
import { clientsFor, type OperationClients } from '../operations/clients.ts';

/** The AWS account and region that a command works on, with the caller's own credentials. */
export interface Account extends OperationClients {
  readonly cloudwatch: CloudWatchClient;
  readonly cloudformation: CloudFormationClient;
  readonly scheduler: SchedulerClient;
  readonly iam: IAMClient;
  /** For the code of a controller's functions. */
  readonly s3: S3Client;
}

/** Makes the clients of the environment that the command line runs in. If STS does not know the caller, the machine's user is named. */
export function accountHere(): Account {
  const user = process.env['USER'];
  return {
    ...clientsFor(user === undefined ? {} : { unknownCaller: user }),
    cloudwatch: cloudwatch(),
    cloudformation: cloudformation(),
    scheduler: scheduler(),
    iam: new IAMClient(settings),
    s3: new S3Client(settings),
  };
}
