import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import { controllerLambda } from './controller-lambda.ts';

/** The function behind the custom resource of every RolloutAlias of a stack. */
export class AliasResource extends Construct {
  /** The only one of a stack, made when it is first asked for. */
  static of(scope: Construct): AliasResource {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as AliasResource | undefined) ?? new AliasResource(stack, ID);
  }

  /** The service token of the custom resources that it serves. */
  readonly serviceToken: string;
  readonly #role: iam.IRole;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const { handler, role } = controllerLambda(this, 'alias-resource', {
      description: 'Sluice: makes, checks and removes aliases for CloudFormation',
      timeout: Duration.seconds(120),
      logRetention: logs.RetentionDays.ONE_MONTH,
    });
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(this).stackId] }),
    );
    this.serviceToken = handler.functionArn;
    this.#role = role;
  }

  /** Allows the calls for one alias. A custom resource that depends on the returned policy is served only while it is allowed. */
  serve(scope: Construct, functionArn: string, stateMachineArn: string): IDependable {
    const versions = `${functionArn}:*`;
    const policy = new iam.Policy(scope, 'AliasResourcePolicy', {
      roles: [this.#role],
      statements: [
        new iam.PolicyStatement({
          actions: ['lambda:GetAlias', 'lambda:CreateAlias', 'lambda:UpdateAlias', 'lambda:DeleteAlias'],
          resources: [functionArn],
        }),
        new iam.PolicyStatement({ actions: ['lambda:GetFunction'], resources: [versions] }),
        new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
      ],
    });
    acknowledgeWildcard(policy, versions, 'Which version a deploy publishes is known only when it runs.');
    return policy;
  }

  /** Allows to release provisioned concurrency, in a policy of its own: it is deleted only after the resource that releases. */
  serveRelease(scope: Construct, functionArn: string): IDependable {
    const versions = `${functionArn}:*`;
    const policy = new iam.Policy(scope, 'ReleasePolicy', {
      roles: [this.#role],
      statements: [
        new iam.PolicyStatement({ actions: ['lambda:GetAlias'], resources: [functionArn] }),
        new iam.PolicyStatement({ actions: ['lambda:DeleteProvisionedConcurrencyConfig'], resources: [versions] }),
      ],
    });
    acknowledgeWildcard(policy, versions, 'Which versions an alias serves is known only when it runs.');
    return policy;
  }
}

const ID = 'SluiceAliasResource';
