import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { RolloutAlias, RolloutController, RolloutPolicy } from 'sluice';

const functionOf = (scope: Construct, id: string): lambda.Function =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({ status: "Succeeded" });'),
  });

/** A user's stack: one alias with nothing but what it needs, and one with all that a release of the CDK could lack. */
export class ServiceStack extends Stack {
  readonly plain: RolloutAlias;
  readonly full: RolloutAlias;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const controller = new RolloutController(this, 'Controller', {
      notifications: new sns.Topic(this, 'Topic'),
      logRetention: logs.RetentionDays.ONE_WEEK,
      automationName: 'service-rollback',
    });
    this.plain = new RolloutAlias(this, 'Plain', {
      function: functionOf(this, 'PlainFunction'),
      aliasName: 'live',
      controller,
      policy: { canary: { weight: 10, bake: Duration.minutes(5) }, settle: Duration.minutes(10) },
    });
    this.full = new RolloutAlias(this, 'Full', {
      function: functionOf(this, 'FullFunction'),
      aliasName: 'live',
      controller,
      policy: { ...RolloutPolicy.batches({ count: 4, approval: 'manual' }), evidence: { minimumInvocations: 100 } },
      provisionedConcurrency: 2,
    });
    this.full.addHook('beforeTraffic', functionOf(this, 'Smoke'));
    this.full.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
    const onCall = new iam.Role(this, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() });
    for (const grant of ['grantStart', 'grantApprove', 'grantHold', 'grantRollback', 'grantWatch'] as const) {
      this.full[grant](onCall);
    }
  }
}

/** Whether a construct at a path is none of the user's own. */
export const madeBySluice = (path: string): boolean =>
  !/^\/?Service\/(PlainFunction|FullFunction|Smoke|Topic|OnCall)\b/.test(path);
