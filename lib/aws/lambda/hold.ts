import { type LambdaClient, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-lambda';
import { HOLD_TAG } from '../../rollout/observation.ts';

/** Holds the rollouts of a function, by its unqualified ARN: tags belong to the function alone. */
export async function hold(lambda: LambdaClient, functionArn: string, reason: string): Promise<void> {
  await lambda.send(new TagResourceCommand({ Resource: functionArn, Tags: { [HOLD_TAG]: tagValue(reason) } }));
}

/** Lets them go on. If there was no hold, nothing changes. */
export async function resume(lambda: LambdaClient, functionArn: string): Promise<void> {
  await lambda.send(new UntagResourceCommand({ Resource: functionArn, TagKeys: [HOLD_TAG] }));
}

/** A tag's value may hold letters, digits, spaces and some signs, 256 of them. (AWS: tagging.) */
export const tagValue = (text: string): string =>
  text
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, ' ')
    .slice(0, 256)
    .trim();
