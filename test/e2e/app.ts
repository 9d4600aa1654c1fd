import { App, CfnOutput, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { CheckoutStack } from '../../bin/checkout-stack.ts';
import { RolloutDashboard } from '../../lib/index.ts';

/** What one deploy of the suite is about. */
export const variantSchema = z.strictObject({
  stack: z.string(),
  release: z.string(),
  faultRate: z.number().default(0),
  /** How long each step bakes, in seconds. */
  bakeSeconds: z.number(),
  /** How old the data is that rollouts are judged by. */
  timing: z.any().optional(),
  /** The batches wait for a person. */
  manual: z.boolean().default(false),
  /** With a dashboard of the alias. */
  dashboard: z.boolean().default(false),
  /** The hook refuses every version. */
  refuse: z.boolean().default(false),
  /** The deploy fails after the alias was updated, so that the stack rolls back. */
  broken: z.boolean().default(false),
});
export type Variant = z.input<typeof variantSchema>;

/** The reference service with an alarm that one bad minute fires, a hook, and rollouts that take seconds. */
const app = new App();
const variant = variantSchema.parse(JSON.parse(String(app.node.tryGetContext('variant'))));
const bake = Duration.seconds(variant.bakeSeconds);

const stack = new CheckoutStack(app, variant.stack, {
  release: variant.release,
  faultRate: variant.faultRate,
  policy: {
    canary: { weight: 10, bake },
    batches: { count: 2, interval: bake, approval: variant.manual ? 'manual' : 'automatic' },
    settle: bake,
  },
  timing: variant.timing,
  alarms: (scope, handler) => [
    new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensionsMap: {
        FunctionName: handler.functionName,
        Resource: `${handler.functionName}:live`,
        ExecutedVersion: handler.currentVersion.version,
      },
      statistic: 'Sum',
      period: Duration.minutes(1),
    }).createAlarm(scope, 'Errors', {
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
  ],
  hooks: (scope) => ({
    beforeTraffic: [
      new lambda.Function(scope, 'Smoke', {
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline(
          variant.refuse
            ? "exports.handler = async (event) => ({ ok: false, reason: 'smoke test of ' + event.candidate + ' failed' });"
            : "exports.handler = async (event) => ({ ok: event.candidate.endsWith(':' + event.rollout.candidate) });",
        ),
      }),
    ],
  }),
});

if (variant.dashboard) {
  const { widget } = new RolloutDashboard(stack, 'Dashboard', { show: [stack.live] });
  new CfnOutput(stack, 'Widget', { value: widget.functionName });
}

if (variant.broken) {
  // A second version of unchanged code: Lambda publishes none, and CloudFormation fails.
  const broken = new lambda.CfnVersion(stack, 'Broken', { functionName: stack.live.lambda.functionName });
  broken.node.addDependency(stack.live);
}
