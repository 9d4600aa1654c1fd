import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import { bundleOf } from './assets.ts';

/** The properties in which Sluice's own functions differ. */
export interface ControllerLambdaProps {
  /** Shown in the Lambda console. */
  readonly description: string;
  /** The function's own timeout. */
  readonly timeout: Duration;
  /** How long the logs are kept. */
  readonly logRetention: logs.RetentionDays;
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * How many events the function works on at a time; so many are reserved for it.
   *
   * @default - as many as the account has left
   */
  readonly concurrency?: number;
}

/** Makes one of Sluice's own functions: bundled at build time, traced, with a role of its own and JSON logs that are deleted with the stack. */
export function controllerLambda(
  scope: Construct,
  name: string,
  props: ControllerLambdaProps,
): { readonly handler: lambda.Function; readonly role: iam.Role } {
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: props.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `Sluice: the role of ${name}`,
  });
  logGroup.grantWrite(role);
  const handler = new lambda.Function(scope, 'Function', {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundleOf(name)),
    memorySize: 256,
    description: props.description,
    timeout: props.timeout,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    tracing: lambda.Tracing.ACTIVE,
    environment: props.environment,
    reservedConcurrentExecutions: props.concurrency,
  });
  acknowledgeWildcard(role, '*', 'X-Ray and GetMetricData know no resources.');
  return { handler, role };
}
