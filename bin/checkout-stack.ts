import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  RolloutAlias,
  RolloutController,
  type RolloutControllerProps,
  type RolloutHooks,
  type RolloutPolicy,
} from '../lib/index.ts';
import { type CheckoutRelease, checkoutFunction } from './checkout-function.ts';

/** Properties of the reference service in production. */
export interface CheckoutStackProps extends StackProps, CheckoutRelease {
  /** How the traffic moves. */
  readonly policy: RolloutPolicy;
  /**
   * The alarms that stop a rollout.
   *
   * @default - the default alarms of a RolloutAlias
   */
  readonly alarms?: (scope: Construct, handler: lambda.Function) => readonly cloudwatch.IAlarm[];
  /**
   * The functions that are called during a rollout.
   *
   * @default - none
   */
  readonly hooks?: (scope: Construct) => RolloutHooks;
  /**
   * How old the data is that rollouts are judged by.
   *
   * @default - CloudWatch's minutes
   */
  readonly timing?: RolloutControllerProps['timing'];
}

/** The reference service in production: a function behind a URL, and its rollout. */
export class CheckoutStack extends Stack {
  readonly live: RolloutAlias;

  constructor(scope: Construct, id: string, props: CheckoutStackProps) {
    super(scope, id, props);
    const handler = checkoutFunction(this, props);
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
