import { CfnOutput } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { BranchStack, type BranchStackProps } from '../lib/index.ts';
import { type CheckoutRelease, checkoutFunction } from './checkout-function.ts';

/** Properties of the reference service for a branch. */
export interface CheckoutBranchProps extends Omit<BranchStackProps, 'service'>, CheckoutRelease {}

/** The whole reference service for a branch. */
export class CheckoutBranch extends BranchStack {
  constructor(scope: Construct, props: CheckoutBranchProps) {
    super(scope, { ...props, service: 'checkout' });
    const handler = checkoutFunction(this, props);
    const url = this.alias('Live', handler, 'live').addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    new CfnOutput(this, 'Url', { value: url.url });
    new CfnOutput(this, 'FunctionName', { value: handler.functionName });
  }
}
