import { deepEqual, fail } from 'node:assert/strict';

/** Fails unless a call is refused with an error of that name and HTTP code: a decision is never made on an error's text. */
export async function refused(call: Promise<unknown>, name: string, code: number): Promise<void> {
  deepEqual(await refusalOf(call), { name, code });
}

/** The name and code with which a call is refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ readonly name: string; readonly code: unknown }> {
  const error = await call.then(
    () => fail('expected a refusal, but the call succeeded'),
    (thrown: unknown) => thrown,
  );
  const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
  if (!$metadata) throw error;
  return { name, code: $metadata.httpStatusCode };
}

/** What became of a call that nobody has recorded, in words. */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    async (error: unknown) => {
      const { name, code } = await refusalOf(Promise.reject(error));
      return `refused: ${name} (${code})`;
    },
  );
