import {
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  type LoggingConfig,
} from '@aws-sdk/client-lambda';
import { oneLine } from '../../rollout/contracts/text.ts';
import type { VersionFacts } from '../../rollout/decisions/preflight.ts';
import type { Logging } from '../../rollout/logs/logging.ts';
import { HOLD_TAG, type VersionState } from '../../rollout/observation.ts';
import { UNKNOWN_STATE } from '../../rollout/version-state.ts';
import { orUndefined } from '../handler/errors.ts';
import type { AliasName } from './alias.ts';
import { readProvisionedConcurrency } from './provisioned-concurrency.ts';
import { contentOf } from './version-content.ts';

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
  return answer ? versionFactsOf(version, answer) : null;
}

/**
 * Reads the state of a published version alone. GetFunctionConfiguration shows no code, so a role that may call it learns less than one
 * that may call GetFunction.
 */
export async function readVersionState(
  lambda: LambdaClient,
  functionName: string,
  version: string,
): Promise<VersionState> {
  const { State = UNKNOWN_STATE, StateReason = '' } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: version }),
  );
  return { state: State, stateReason: StateReason };
}

/** The facts of a version in GetFunction's answer. */
export const versionFactsOf = (
  version: string,
  { Configuration: configuration, Code }: Pick<GetFunctionCommandOutput, 'Configuration' | 'Code'>,
): VersionFacts => ({
  version,
  state: configuration?.State ?? UNKNOWN_STATE,
  stateReason: configuration?.StateReason ?? '',
  role: configuration?.Role ?? '',
  deadLetterTarget: configuration?.DeadLetterConfig?.TargetArn ?? '',
  timeoutSeconds: configuration?.Timeout,
  ...(configuration?.MemorySize === undefined
    ? {}
    : { size: { megabytes: configuration.MemorySize, architecture: configuration.Architectures?.[0] ?? 'x86_64' } }),
  logging: configuration?.LoggingConfig && loggingOf(configuration.LoggingConfig),
  ...(configuration ? { content: contentOf(configuration, Code) } : {}),
});

const loggingOf = ({ LogFormat = 'Text', SystemLogLevel, LogGroup }: LoggingConfig): Logging => ({
  format: LogFormat,
  systemLevel: SystemLogLevel,
  group: LogGroup,
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
