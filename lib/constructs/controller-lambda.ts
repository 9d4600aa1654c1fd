import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import { bundleOf } from './assets.ts';
import { type FunctionSettings, logGroupProps } from './function-settings.ts';
import { allow } from './permissions.ts';

/** The properties in which Sluice's own functions differ. */
export interface ControllerLambdaProps {
  /** How all of them run and log. */
  readonly settings: FunctionSettings;
  /**
   * The end of the function's name, if its name is set.
   *
   * @default - none
   */
  readonly suffix?: string;
  /** Shown in the Lambda console. */
  readonly description: string;
  /** The function's own timeout. */
  readonly timeout: Duration;
  /** What the function may do beyond writing its logs and traces. They may still grow until synth. */
  readonly statements: iam.PolicyDocument;
  /** Why nothing needs to keep the events that the function fails on, and why it needs no reserved concurrency. */
  readonly called: string;
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
  /**
   * Where events go that the function fails on, after Lambda's retries.
   *
   * @default - nowhere
   */
  readonly failures?: IQueue;
}

/**
 * Makes one of Sluice's own functions: bundled at build time, traced, with a role of its own and JSON logs that are deleted with the stack.
 * All that the role may do stands in the role itself, so that a function is never there before its permissions.
 */
export function controllerLambda(
  scope: Construct,
  name: string,
  props: ControllerLambdaProps,
): { readonly handler: lambda.Function; readonly role: iam.Role } {
  const { settings, statements, concurrency, failures, suffix = '' } = props;
  const physicalName = settings.namePrefix && `${settings.namePrefix}-${name}${suffix}`;
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    ...logGroupProps(scope, settings),
    logGroupName: physicalName && `/aws/lambda/${physicalName}`,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `Sluice: the role of ${name}`,
    roleName: physicalName,
    inlinePolicies: { Sluice: statements },
  });
  statements.addStatements(
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
  );
  if (failures) statements.addStatements(allow(['sqs:SendMessage'], failures.queueArn));
  if (settings.encryptionKey && (failures || props.environment)) {
    statements.addStatements(allow(['kms:Decrypt', 'kms:GenerateDataKey'], settings.encryptionKey.keyArn));
  }
  if (settings.vpc) statements.addStatements(new iam.PolicyStatement({ actions: NETWORK, resources: ['*'] }));
  const handler = new lambda.Function(scope, 'Function', {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundleOf(name)),
    memorySize: 256,
    functionName: physicalName,
    description: props.description,
    timeout: props.timeout,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    environment: props.environment,
    environmentEncryption: props.environment && settings.encryptionKey,
    reservedConcurrentExecutions: concurrency,
    ...network(settings),
  });
  const resource = handler.node.defaultChild as lambda.CfnFunction;
  // The permissions for these stand in the role itself; the CDK would put them into a policy of their own.
  resource.tracingConfig = { mode: 'Active' };
  if (failures) resource.deadLetterConfig = { targetArn: failures.queueArn };
  acknowledgeWildcard(role, '*', 'X-Ray, GetMetricData and network interfaces know no resources.');
  acknowledgeFunction(handler, role, logGroup, props);
  return { handler, role };
}

const network = ({ vpc, vpcSubnets, securityGroups }: FunctionSettings): Partial<lambda.FunctionProps> =>
  vpc ? { vpc, vpcSubnets, ...(securityGroups ? { securityGroups: [...securityGroups] } : {}) } : {};

/** What Lambda needs to put a function into a network. (AWS: Lambda guide, "Giving Lambda functions access to resources in a VPC".) */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Findings of compliance packs that a prop answers, or that do not apply. */
function acknowledgeFunction(
  handler: lambda.Function,
  role: iam.Role,
  logGroup: logs.LogGroup,
  { settings, concurrency, failures, called }: ControllerLambdaProps,
): void {
  acknowledge(role, 'IAMNoInlinePolicy', 'The role has one function, and its policy has to be there before it.');
  acknowledge(role, 'LambdaStarPermissions', 'X-Ray, metrics and network interfaces know no resources.');
  if (!failures) acknowledge(handler, 'LambdaDLQ', called);
  if (concurrency === undefined) {
    acknowledge(
      handler,
      'LambdaConcurrency',
      'An account with a low limit can reserve none; reservedConcurrency does for revert.',
    );
  }
  if (!settings.vpc)
    acknowledge(handler, 'LambdaInsideVPC', 'It calls AWS APIs alone; the prop vpc puts it into a network.');
  if (!settings.encryptionKey) {
    acknowledge(
      logGroup,
      'CloudWatchLogGroupEncrypted',
      'CloudWatch Logs encrypts all logs; encryptionKey sets your own key.',
    );
  }
}
