import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { RolloutAlias, RolloutController } from '../../lib/index.ts';

/** One step on the way of an alias into Sluice, within it and out of it. */
export const stepSchema = z.strictObject({
  stack: z.string(),
  release: z.string().default('one'),
  /** What the alias is: CloudFormation's own, the same kept when it goes, a RolloutAlias, or not in the template. */
  alias: z.enum(['native', 'kept', 'rollout', 'none']),
  existing: z.enum(['fail', 'adopt', 'takeOver']).default('fail'),
  /** The construct ids of the alias and its controller. */
  id: z.string().default('Live'),
  controller: z.string().default('Rollouts'),
  bakeSeconds: z.number().default(1800),
  timing: z.any().optional(),
  /** Something else of the deploy fails, after the alias. */
  broken: z.boolean().default(false),
});
export type Step = z.input<typeof stepSchema>;

const app = new App();
const step = stepSchema.parse(JSON.parse(String(app.node.tryGetContext('step'))));
const stack = new Stack(app, step.stack);
const handler = new lambda.Function(stack, 'Checkout', {
  functionName: step.stack,
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromAsset('test/e2e/handler'),
  environment: { RELEASE: step.release },
});

function theAlias(): lambda.Alias | RolloutAlias {
  if (step.alias === 'rollout') {
    const bake = Duration.seconds(step.bakeSeconds);
    return new RolloutAlias(stack, step.id, {
      function: handler,
      aliasName: 'live',
      existing: step.existing,
      alarms: [],
      controller: new RolloutController(stack, step.controller, { timing: step.timing }),
      policy: { canary: { weight: 10, bake }, settle: bake },
    });
  }
  const alias = new lambda.Alias(stack, step.id, { aliasName: 'live', version: handler.currentVersion });
  if (step.alias === 'kept') alias.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return alias;
}

if (step.alias === 'none') {
  // The version stays published, whoever serves it.
  handler.currentVersion.applyRemovalPolicy(RemovalPolicy.RETAIN);
} else {
  const alias = theAlias();
  const url = new lambda.FunctionUrl(stack, 'Url', { function: alias, authType: lambda.FunctionUrlAuthType.NONE });
  new CfnOutput(stack, 'ServiceUrl', { value: url.url });
  if (step.broken) {
    // A second version of unchanged code: Lambda publishes none, and CloudFormation fails.
    const broken = new lambda.CfnVersion(stack, 'Broken', { functionName: handler.functionName });
    broken.node.addDependency(alias);
  }
}
