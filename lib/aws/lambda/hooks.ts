import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { oneLine } from '../../rollout/contracts/text.ts';
import { isNamed } from '../handler/errors.ts';
import { pause } from '../handler/pause.ts';

/** How long a hook may take, in seconds: the longest time of a Lambda function, less the caller's own. */
export const HOOK_TIMEOUT_SECONDS = 840;

/** What a hook answered, or why it did not. */
export type HookAnswer = { readonly answer: unknown } | { readonly failure: string };

/** How often a throttled hook is invoked, and how long is waited after the first time, in milliseconds. */
const TRIES = 5;
const FIRST_PAUSE = 1000;

/** Invokes a hook and waits for its answer. One that was throttled has not run and is invoked again; no other is. */
export async function invokeHook(lambda: LambdaClient, functionName: string, event: unknown): Promise<HookAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await invokeOnce(lambda, functionName, event);
    } catch (error) {
      if (!isNamed(error, 'TooManyRequestsException') || attempt === TRIES) throw error;
      await pause(FIRST_PAUSE * 2 ** (attempt - 1));
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
