import {
  type FunctionConfiguration,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { oneLine } from '../../rollout/contracts/text.ts';
import type { VersionFacts } from '../../rollout/decisions/preflight.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import { UNKNOWN_STATE } from '../../rollout/version-state.ts';
import { orUndefined } from '../handler/errors.ts';
import type { AliasName } from './alias.ts';
import { readProvisionedConcurrency } from './provisioned-concurrency.ts';

/** Reads a published version; null if it does not exist. GetFunction has a quota of its own, 100 a second. */
export async function readVersion(
  lambda: LambdaClient,
  functionName: string,
  version: string,
): Promise<VersionFacts | null> {
  const answer = await orUndefined(
    lambda.send(new GetFunctionCommand({ FunctionName: functionName, Qualifier: version })),
    'ResourceNotFoundException',
  );
  return answer ? versionFactsOf(version, answer.Configuration) : null;
}

/** The facts of a version in its configuration. */
export const versionFactsOf = (version: string, configuration: FunctionConfiguration | undefined): VersionFacts => ({
  version,
  state: configuration?.State ?? UNKNOWN_STATE,
  stateReason: configuration?.StateReason ?? '',
  role: configuration?.Role ?? '',
  deadLetterTarget: configuration?.DeadLetterConfig?.TargetArn ?? '',
});

/**
 * Reads the function's hold: the value of its tag `sluice:hold`, or null without one. GetFunction brings the tags along.
 *
 * @throws TagsUnreadable if Lambda answers without them: not knowing of a hold is not the same as having none
 */
export async function readHold(lambda: LambdaClient, functionName: string): Promise<string | null> {
  const answer: GetFunctionCommandOutput = await lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
  if (answer.TagsError) {
    throw new TagsUnreadable(
      `the tags of ${functionName} cannot be read: ${answer.TagsError.Message ?? answer.TagsError.ErrorCode}`,
    );
  }
  const hold = answer.Tags?.[HOLD_TAG];
  return hold === undefined ? null : oneLine(hold);
}

/** Lambda answered without the function's tags, so a hold could be there unseen. */
export class TagsUnreadable extends Error {
  override readonly name = 'TagsUnreadable';
}

/** Whether provisioned concurrency is configured on the alias: Lambda then refuses weights. */
export async function hasProvisionedConcurrency(lambda: LambdaClient, name: AliasName): Promise<boolean> {
  return (await readProvisionedConcurrency(lambda, name.functionName, name.aliasName)) !== null;
}
