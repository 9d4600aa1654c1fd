import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { RolloutAlias, RolloutController } from '../../lib/index.ts';

/** How many stacks share one controller, and what is deployed into them. */
export const scaleSchema = z.strictObject({
  name: z.string(),
  stacks: z.int(),
  aliases: z.int(),
  /** The release of the first function of the first stack and of the last one; all others stay as they are. */
  release: z.string(),
  /** Leaves out the last alias of the first stack, and not its function. */
  left: z.boolean().default(false),
  timing: z.any().optional(),
});
export type Scale = z.input<typeof scaleSchema>;

/** Many services on one controller, with functions that do nothing, and one that the controller does not manage. */
const app = new App();
const scale = scaleSchema.parse(JSON.parse(String(app.node.tryGetContext('scale'))));

const platform = new Stack(app, `${scale.name}-platform`);
const controller = new RolloutController(platform, 'Rollouts', { timing: scale.timing });
new CfnOutput(platform, 'StateMachineArn', { value: controller.stateMachine.stateMachineArn });
new CfnOutput(platform, 'PreflightFunction', { value: controller.functions.preflight.functionName });
new CfnOutput(platform, 'RevertFunction', { value: controller.functions.revert.functionName });

const aFunction = (stack: Stack, id: string, release: string) =>
  new lambda.Function(stack, id, {
    functionName: `${stack.stackName}-${id}`.toLowerCase(),
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(`exports.handler = async () => '${release}';`),
  });

for (let index = 0; index < scale.stacks; index++) {
  const stack = new Stack(app, `${scale.name}-${index}`);
  const first = index === 0;
  for (let each = 0; each < scale.aliases; each++) {
    const changes = each === 0 && (first || index === scale.stacks - 1);
    const handler = aFunction(stack, `F${each}`, changes ? scale.release : 'one');
    if (scale.left && first && each === scale.aliases - 1) continue;
    new RolloutAlias(stack, `Live${each}`, {
      function: handler,
      aliasName: 'live',
      policy: { canary: { weight: 50, bake: Duration.seconds(2) }, settle: Duration.seconds(2) },
      alarms: [],
      controller,
    });
  }
  if (first) {
    const stranger = aFunction(stack, 'Stranger', scale.release);
    new lambda.Alias(stack, 'StrangerLive', { aliasName: 'live', version: stranger.currentVersion });
  }
}
