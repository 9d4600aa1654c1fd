import { cloudformation, lambda, sfn, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerContext } from '../lib/aws/handler/entry.ts';
import {
  type AliasResourceClients,
  manageAlias,
  manageProvisionedConcurrency,
} from '../lib/aws/stack/alias-resource.ts';
import type { Environment } from '../lib/aws/stack/controller-of-template.ts';
import {
  answerableIn,
  type CustomResourceEvent,
  customResourceEventSchema,
  putAnswer,
  type Respond,
  refuseForeignUrl,
} from '../lib/aws/stack/custom-resource.ts';
import { DeployRefused } from '../lib/aws/stack/deploy-refused.ts';
import { manageGroup } from '../lib/aws/stack/group-resource.ts';
import { physicalIdOf } from '../lib/aws/stack/marks.ts';
import { isTerraform, requestsOfTerraform } from '../lib/aws/stack/terraform.ts';
import {
  type AliasAttributes,
  GROUP_TYPE,
  type GroupAttributes,
  PROVISIONED_CONCURRENCY_TYPE,
} from '../lib/rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../lib/rollout/contracts/refusal.ts';

/**
 * Serves the custom resources behind RolloutAlias and RolloutGroup, and the same from Terraform. It always answers CloudFormation: silence
 * would hold the stack. Only what cannot be answered is thrown: an event of something else, or one whose answer would go elsewhere. Terraform
 * takes the attributes as the answer, and an error as a failure.
 */
export const create =
  ({ clients, environment }: HandlerContext<'lambda' | 'sfn' | 'cloudformation' | 'ssm'>, given?: Respond) =>
  async (received: unknown): Promise<AliasAttributes | GroupAttributes | undefined> => {
    if (isTerraform(received)) return carryOutAll(clients, await requestsOfTerraform(clients, received), environment);
    const answerable = answerableIn(received);
    if (!given) refuseForeignUrl(answerable.ResponseURL, environment['AWS_ENDPOINT_URL']);
    const respond = given ?? putAnswer;
    const parsed = customResourceEventSchema.safeParse(received, { reportInput: true });
    if (!parsed.success) {
      const reason = `the request is refused: ${refusalInWords(parsed.error)}`;
      // CloudFormation wants an id in every answer.
      const physicalId = answerable.PhysicalResourceId || answerable.RequestId;
      await respond(answerable, { status: 'FAILED', reason, physicalId, attributes: {} });
      return undefined;
    }
    const event = parsed.data;
    const physicalId = physicalIdOf(event);
    let attributes: Readonly<Record<string, string>> = {};
    try {
      attributes = (await carryOut(clients, event, environment)) ?? {};
    } catch (error) {
      const { name, message } = error as Error;
      const reason = DeployRefused.is(error) ? message : `${name}: ${message}`;
      await respond(event, { status: 'FAILED', reason, physicalId, attributes });
      return undefined;
    }
    await respond(event, { status: 'SUCCESS', reason: '', physicalId, attributes });
    return undefined;
  };

/** Carries out requests one after the other; answers the attributes of the last one, which the state of Terraform keeps. */
async function carryOutAll(
  clients: AliasResourceClients,
  events: readonly CustomResourceEvent[],
  environment: Environment,
): Promise<AliasAttributes | GroupAttributes | undefined> {
  let attributes: AliasAttributes | GroupAttributes | undefined;
  for (const event of events) attributes = await carryOut(clients, event, environment);
  return attributes;
}

/** Carries out a request by the type of its resource, and gives the resource's attributes. */
async function carryOut(
  clients: AliasResourceClients,
  event: CustomResourceEvent,
  environment: Environment,
): Promise<AliasAttributes | GroupAttributes | undefined> {
  switch (event.ResourceType) {
    case GROUP_TYPE:
      return manageGroup(clients, event, environment);
    case PROVISIONED_CONCURRENCY_TYPE:
      await manageProvisionedConcurrency(clients, event);
      return undefined;
    default:
      return manageAlias(clients, event, environment);
  }
}

export const handler = entry(create, { lambda, sfn, cloudformation, ssm });
