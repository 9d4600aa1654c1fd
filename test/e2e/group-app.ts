import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import * as z from 'zod';
import { RolloutAlias, RolloutController, RolloutGroup } from '../../lib/index.ts';

/** One deploy of a shop of three functions. */
export const shopSchema = z.strictObject({
  stack: z.string(),
  /** The release of each function. */
  releases: z.strictObject({ prices: z.string(), orders: z.string(), front: z.string() }),
  /** The function whose release of this deploy fails each of its requests. */
  bad: z.enum(['prices', 'orders', 'none']).default('none'),
  bakeSeconds: z.number(),
  timing: z.any().optional(),
});
export type Shop = z.input<typeof shopSchema>;

/** Three functions behind one URL, which are one release: the front calls the others through their aliases. */
const app = new App();
const shop = shopSchema.parse(JSON.parse(String(app.node.tryGetContext('shop'))));
const stack = new Stack(app, shop.stack);
const bake = Duration.seconds(shop.bakeSeconds);
const service = new RolloutGroup(stack, 'Service', {
  policy: { canary: { weight: 50, bake }, settle: bake },
  controller: new RolloutController(stack, 'Rollouts', { timing: shop.timing }),
});

const environmentOf = (name: keyof Shop['releases']) => ({
  RELEASE: shop.releases[name],
  ...(shop.bad === name ? { BAD: 'true' } : {}),
});

function member(name: keyof Shop['releases'], code: lambda.Code, calls: Readonly<Record<string, string>>) {
  const handler = new lambda.Function(stack, name, {
    functionName: `${shop.stack}-${name}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    timeout: Duration.seconds(10),
    code,
    environment: { ...environmentOf(name), ...calls },
  });
  const errors = new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensionsMap: {
      FunctionName: handler.functionName,
      Resource: `${handler.functionName}:live`,
      ExecutedVersion: handler.currentVersion.version,
    },
    statistic: 'Sum',
    period: Duration.minutes(1),
  }).createAlarm(stack, `${name}Errors`, {
    threshold: 0,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  const alias = new RolloutAlias(stack, `${name}Live`, {
    function: handler,
    aliasName: 'live',
    group: service,
    alarms: [errors],
  });
  new CfnOutput(stack, `${name}Version`, { value: alias.version.version });
  return { handler, alias };
}

/** The code of the front, with the SDK in it: the emulator has none. */
function front(): lambda.Code {
  const outdir = `dist/e2e-front-${process.pid}`;
  buildSync({ entryPoints: { index: 'test/e2e/front.ts' }, outdir, bundle: true, platform: 'node', format: 'cjs' });
  return lambda.Code.fromAsset(outdir);
}

const called = lambda.Code.fromInline(
  "exports.handler = async () => { if (process.env.BAD) throw new Error('bad'); return process.env.RELEASE; };",
);
const [prices, orders] = (['prices', 'orders'] as const).map((name) => member(name, called, {}));
const nameOf = (made: typeof prices) => `${made?.handler.functionName}:live`;
const { handler, alias } = member('front', front(), { PRICES: nameOf(prices), ORDERS: nameOf(orders) });
for (const each of [prices, orders]) each?.alias.grantInvoke(handler);
const url = alias.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
new CfnOutput(stack, 'Url', { value: url.url });
new CfnOutput(stack, 'StateMachineArn', { value: service.controller.stateMachine.stateMachineArn });
