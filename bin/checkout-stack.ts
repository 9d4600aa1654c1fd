import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import {
  RolloutAlias,
  RolloutController,
  type RolloutControllerProps,
  type RolloutHooks,
  type RolloutPolicy,
} from '../lib/index.ts';

export interface CheckoutStackProps extends StackProps {
  /** What the code calls itself; another release is other code. */
  readonly release: string;
  /** The share of requests that the code lets fail, 0 to 1. */
  readonly faultRate: number;
  readonly policy: RolloutPolicy;
  /**
   * What stops a rollout.
   *
   * @default the alarms that every RolloutAlias has
   */
  readonly alarms?: (scope: Construct, handler: lambda.Function) => readonly cloudwatch.IAlarm[];
  /**
   * What is asked during a rollout.
   *
   * @default nothing
   */
  readonly hooks?: (scope: Construct) => RolloutHooks;
  /**
   * @default CloudWatch's minutes
   */
  readonly timing?: RolloutControllerProps['timing'];
}

/** The reference service in production: a function behind a URL, and its rollout. */
export class CheckoutStack extends Stack {
  readonly live: RolloutAlias;

  constructor(scope: Construct, id: string, props: CheckoutStackProps) {
    super(scope, id, props);
    const handler = new lambda.Function(this, 'Checkout', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundle(props)),
      timeout: Duration.seconds(10),
      tracing: lambda.Tracing.ACTIVE,
      logGroup: new logs.LogGroup(this, 'Logs', {
        retention: logs.RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
    const controller = new RolloutController(this, 'Rollouts', { timing: props.timing });
    const live = new RolloutAlias(this, 'Live', {
      function: handler,
      aliasName: 'live',
      policy: props.policy,
      alarms: props.alarms?.(this, handler),
      hooks: props.hooks?.(this),
      controller,
    });
    this.live = live;
    const url = live.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    new CfnOutput(this, 'Url', { value: url.url });
    new CfnOutput(this, 'FunctionName', { value: handler.functionName });
    new CfnOutput(this, 'Version', { value: live.version.version });
    new CfnOutput(this, 'StateMachineArn', { value: controller.stateMachine.stateMachineArn });
  }
}

/** The code of a release, in a folder of its own. */
function bundle({ release, faultRate }: CheckoutStackProps): string {
  const outdir = fileURLToPath(
    new URL(`../dist/checkout/${encodeURIComponent(release)}-${faultRate}`, import.meta.url),
  );
  buildSync({
    entryPoints: { index: fileURLToPath(new URL('checkout.ts', import.meta.url)) },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    define: { RELEASE: JSON.stringify(release), FAULT_RATE: String(faultRate) },
  });
  return outdir;
}
