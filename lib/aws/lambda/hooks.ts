import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { oneLine } from '../../rollout/contracts/text.ts';
import { isNamed } from '../handler/errors.ts';
import { pause } from '../handler/pause.ts';

/** How long a hook may take, in seconds: the longest time of a Lambda function, less the caller's own. */
export const HOOK_TIMEOUT_SECONDS = 840;

/** What a hook answered, or why it did not. */
export type HookAnswer = { readonly answer: unknown } | { readonly failure: string };

/** The first pause before a hook that has not run is asked again, and the longest one, in milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;

/** How long a hook is waited for that only needs time: Lambda makes it ready again after weeks without an invocation. */
const WAKING_MILLISECONDS = 300_000;

/** How often a hook is asked whose function somebody has to put right: for a quarter of a minute. */
const TRIES = 5;

/** The names of the errors with which Lambda says that it has not run a function. (AWS: Lambda, Invoke, "Errors".) */
const notRun = {
  /** That passes by itself. */
  passing: [
    'TooManyRequestsException',
    'ResourceNotReadyException',
    'ResourceConflictException',
    'CodeArtifactUserPendingException',
    'CodeArtifactUserDeletedException',
    'SnapStartNotReadyException',
    'ENINotReadyException',
    'EC2ThrottledException',
    'ENILimitReachedException',
    'SubnetIPAddressLimitReachedException',
    'EFSMountTimeoutException',
    'EFSMountConnectivityException',
    'S3FilesMountTimeoutException',
    'S3FilesMountConnectivityException',
  ],
  /** That stays until somebody changes something, or is at least no matter of time. */
  lasting: [
    'ServiceException',
    'CodeArtifactUserFailedException',
    'SnapStartException',
    'SnapStartTimeoutException',
    'SnapStartRegenerationFailureException',
    'EC2UnexpectedException',
    'EC2AccessDeniedException',
    'EFSMountFailureException',
    'S3FilesMountFailureException',
    'KMSDisabledException',
    'KMSInvalidStateException',
    'KMSAccessDeniedException',
    'KMSNotFoundException',
    'InvalidRuntimeException',
    'InvalidZipFileException',
    'InvalidSecurityGroupIDException',
    'InvalidSubnetIDException',
    'ModeNotSupportedException',
    'NoPublishedVersionException',
    'RecursiveInvocationException',
    'RuntimeAliasDeletedException',
    'RuntimeVersionDeletedException',
    'ServiceQuotaExceededException',
  ],
} as const;

/**
 * Invokes a hook and waits for its answer. A hook that has not run is invoked again, for as long as that may help; then the name of the
 * error is the reason of its failure. A hook that may have run is not invoked again: the error is thrown.
 */
export async function invokeHook(lambda: LambdaClient, functionName: string, event: unknown): Promise<HookAnswer> {
  let waited = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await invokeOnce(lambda, functionName, event);
    } catch (error) {
      const passing = isNamed(error, ...notRun.passing);
      if (!passing && !isNamed(error, ...notRun.lasting)) throw error;
      if (passing ? waited >= WAKING_MILLISECONDS : attempt >= TRIES) {
        const { name, message } = error as Error;
        return { failure: `hook ${functionName} could not be run in ${attempt} tries: ${name}: ${oneLine(message)}` };
      }
      const milliseconds = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      await pause(milliseconds);
      waited += milliseconds;
    }
  }
}

async function invokeOnce(lambda: LambdaClient, functionName: string, event: unknown): Promise<HookAnswer> {
  try {
    const invoked = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: new TextEncoder().encode(JSON.stringify(event)) }),
    );
    const answer = parsed(new TextDecoder().decode(invoked.Payload));
    return invoked.FunctionError ? { failure: failureIn(functionName, answer) } : { answer };
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return { failure: `hook ${functionName} does not exist` };
    if (isNamed(error, 'TimeoutError'))
      return { failure: `hook ${functionName} did not answer within ${HOOK_TIMEOUT_SECONDS} s` };
    throw error;
  }
}

function failureIn(functionName: string, answer: unknown): string {
  const { errorType, errorMessage } = (answer ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  const what = [errorType, errorMessage].filter((part) => typeof part === 'string' && part).join(': ');
  return `hook ${functionName} failed: ${oneLine(what) || 'without a message'}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
