import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import { controllerLambda } from './controller-lambda.ts';

/** The function behind the custom resource of every RolloutAlias of a stack. */
export class AliasResource extends Construct {
  /** The stack's only one. */
  static of(scope: Construct): AliasResource {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as AliasResource | undefined) ?? new AliasResource(stack, ID);
  }

  /** What a custom resource names to be served. */
  readonly serviceToken: string;
  readonly #role: iam.IRole;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const { handler, role } = controllerLambda(this, 'alias-resource', {
      description: 'Sluice: makes, checks and removes aliases for CloudFormation',
      timeout: Duration.seconds(120),
      logRetention: logs.RetentionDays.ONE_MONTH,
    });
    this.serviceToken = handler.functionArn;
    this.#role = role;
  }

  /** Allows what one alias takes. What depends on the answer is served only while it is allowed. */
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

  /** Allows to release provisioned concurrency. A policy of its own: it goes only after the resource whose end releases. */
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
