import { RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BranchStack } from 'sluice';

/** A user's environment for a branch. */
export class ServiceBranch extends BranchStack {
  constructor(scope: Construct, branch: string) {
    super(scope, { service: 'service', branch, env: { account: '123456789012', region: 'eu-central-1' } });
    const handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => "hello";'),
      logGroup: new logs.LogGroup(this, 'Logs', { removalPolicy: RemovalPolicy.DESTROY }),
    });
    this.alias('Live', handler, 'live');
  }
}
