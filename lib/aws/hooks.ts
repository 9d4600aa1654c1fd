import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isNamed } from './errors.ts';

/** How long a hook may take, in seconds: what a Lambda function may take at most, less what the caller needs for itself. */
export const HOOK_TIMEOUT_SECONDS = 840;

/** What a hook answered, or why it did not. */
export type HookAnswer = { readonly answer: unknown } | { readonly failure: string };

/**
 * Invokes a hook and waits for its answer. It is invoked once: throttling is retried by whoever called, a hook that ran is not
 * run again.
 */
export async function invokeHook(lambda: LambdaClient, functionName: string, event: unknown): Promise<HookAnswer> {
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
  return `hook ${functionName} failed: ${what || 'without a message'}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
