import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { RolloutAlias, RolloutController, RolloutPolicy } from '../../lib/index.ts';

/** What one deploy of the suite is about, as far as this app can say it. */
const variantSchema = z.object({
  stack: z.string(),
  release: z.string(),
  faultRate: z.number().default(0),
  bakeSeconds: z.number(),
  timing: z.any().optional(),
  /** How the function logs. */
  logFormat: z.enum(['JSON', 'Text']).default('JSON'),
});
export type LogVariant = z.input<typeof variantSchema>;

/** A function that names its log group, and an alias with adaptive weights and no alarm: the log alone decides. */
const app = new App();
const variant = variantSchema.parse(JSON.parse(String(app.node.tryGetContext('variant'))));
const stack = new Stack(app, variant.stack);
const { release, faultRate } = variant;
const handler = new lambda.Function(stack, 'Checkout', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline(
    `exports.handler = async () => {
      if (Math.random() < process.env.FAULT_RATE) throw new Error('it fails');
      return { statusCode: 200, body: JSON.stringify({ release: '${release}' }) };
    };`,
  ),
  environment: { FAULT_RATE: String(faultRate) },
  loggingFormat: variant.logFormat === 'JSON' ? lambda.LoggingFormat.JSON : lambda.LoggingFormat.TEXT,
  logGroup: new logs.LogGroup(stack, 'Logs', {
    retention: logs.RetentionDays.ONE_DAY,
    removalPolicy: RemovalPolicy.DESTROY,
  }),
});
const controller = new RolloutController(stack, 'Rollouts', { timing: variant.timing });
const live = new RolloutAlias(stack, 'Live', {
  function: handler,
  aliasName: 'live',
  policy: {
    ...RolloutPolicy.adaptive(),
    settle: Duration.seconds(variant.bakeSeconds),
    evidence: { counts: 'logs' },
  },
  alarms: [],
  controller,
});
new CfnOutput(stack, 'FunctionName', { value: handler.functionName });
new CfnOutput(stack, 'LogGroup', { value: handler.logGroup.logGroupName });
new CfnOutput(stack, 'Version', { value: live.version.version });
for (const [name, of] of [
  ['Preflight', 'preflight'],
  ['Observe', 'observe'],
] as const) {
  new CfnOutput(stack, name, { value: controller.functions[of].functionName });
}
new CfnOutput(stack, 'StateMachineArn', { value: controller.stateMachine.stateMachineArn });
