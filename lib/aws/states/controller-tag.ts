import { ListTagsForResourceCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { VERSION_TAG } from '../../rollout/contracts/tags.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import { isDenied, isNamed } from '../handler/errors.ts';

/**
 * The version of Sluice that deployed a state machine, as its tag tells. Null without the tag, or if there is no such state machine: then
 * it is no controller. Undefined if the caller may not read its tags.
 */
export async function readControllerVersion(sfn: SFNClient, resourceArn: string): Promise<string | null | undefined> {
  try {
    const { tags = [] } = await sfn.send(new ListTagsForResourceCommand({ resourceArn }));
    return tags.find((tag) => tag.key === VERSION_TAG)?.value ?? null;
  } catch (error) {
    if (isDenied(error)) return undefined;
    // AWS: the errors of ListTagsForResource.
    if (isNamed(error, 'ResourceNotFound', 'InvalidArn')) return null;
    throw error;
  }
}

/**
 * Why a state machine that a parameter names is not to be followed; undefined if it is a controller. Whoever may write a parameter could
 * name any machine, and have the caller answer its approvals.
 */
export async function notAController(sfn: SFNClient, stateMachineArn: string): Promise<string | undefined> {
  const isMachine = /^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/.test(stateMachineArn);
  const version = isMachine ? await readControllerVersion(sfn, stateMachineArn) : null;
  if (typeof version === 'string') return undefined;
  return version === null
    ? `state machine ${oneLine(stateMachineArn, 200)} is no controller of Sluice: expected one with the tag ${VERSION_TAG}`
    : `whether state machine ${stateMachineArn} is a controller of Sluice cannot be read: allow states:ListTagsForResource on it`;
}
