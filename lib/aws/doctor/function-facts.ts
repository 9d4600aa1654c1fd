import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { MANAGED_TAG } from '../../rollout/contracts/tags.ts';
import type { VersionFacts } from '../../rollout/decisions/preflight.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import { orUndefined } from '../handler/errors.ts';
import { versionFactsOf } from '../lambda/functions.ts';

/** A function as one GetFunction describes it: `$LATEST`, the tags and the reserved concurrency. */
export interface FunctionFacts {
  readonly latest: VersionFacts;
  /** The value of the tag `sluice:hold`; null without one, undefined if the tags cannot be read. */
  readonly hold: string | null | undefined;
  /** The controller that the tag `sluice:managed` names; null without one, undefined if the tags cannot be read. */
  readonly managedBy: string | null | undefined;
  readonly reserved: number | null;
}

/** Reads a function; null if it does not exist. */
export async function readFunction(lambda: LambdaClient, functionName: string): Promise<FunctionFacts | null> {
  const answer = await orUndefined(
    lambda.send(new GetFunctionCommand({ FunctionName: functionName })),
    'ResourceNotFoundException',
  );
  if (!answer) return null;
  const { Concurrency, Tags, TagsError } = answer;
  return {
    latest: versionFactsOf('$LATEST', answer),
    hold: TagsError ? undefined : (Tags?.[HOLD_TAG] ?? null),
    managedBy: TagsError ? undefined : (Tags?.[MANAGED_TAG] ?? null),
    reserved: Concurrency?.ReservedConcurrentExecutions ?? null,
  };
}
