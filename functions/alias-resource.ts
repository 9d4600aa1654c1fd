import { lambda, sfn } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerContext } from '../lib/aws/handler/entry.ts';
import { manageAlias, manageProvisionedConcurrency, ownersMark } from '../lib/aws/stack/alias-resource.ts';
import { customResourceEventSchema, putAnswer, type Respond } from '../lib/aws/stack/custom-resource.ts';
import { DeployRefused } from '../lib/aws/stack/deploy-refused.ts';
import { PROVISIONED_CONCURRENCY_TYPE } from '../lib/rollout/contracts/custom-resource.ts';

/** Serves the custom resources behind RolloutAlias. It always answers CloudFormation: silence would hold the stack. */
export const create =
  ({ clients }: HandlerContext<'lambda' | 'sfn'>, respond: Respond = putAnswer) =>
  async (received: unknown): Promise<void> => {
    const event = customResourceEventSchema.parse(received);
    // Never another id: CloudFormation would see a replacement and delete the alias afterwards.
    const physicalId = event.RequestType === 'Create' ? `sluice-${ownersMark(event)}` : event.PhysicalResourceId;
    const attributes = { AliasName: String(event.ResourceProperties['AliasName'] ?? '') };
    try {
      await (event.ResourceType === PROVISIONED_CONCURRENCY_TYPE
        ? manageProvisionedConcurrency(clients, event)
        : manageAlias(clients, event));
    } catch (error) {
      const { name, message } = error as Error;
      const reason = DeployRefused.is(error) ? message : `${name}: ${message}`;
      await respond(event, { status: 'FAILED', reason, physicalId, attributes });
      return;
    }
    await respond(event, { status: 'SUCCESS', reason: '', physicalId, attributes });
  };

export const handler = entry(create, { lambda, sfn });
