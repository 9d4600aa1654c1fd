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

export interface CheckoutStackProps extends StackProps, CheckoutRelease {
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
