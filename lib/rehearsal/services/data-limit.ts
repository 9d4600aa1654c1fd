/** The bytes of UTF-8 that the input or the result of a state may have at most. (AWS: Step Functions quotas.) */
export const MOST_BYTES = 262_144;

/**
 * Refuses the input or the result of a Task that is too large. A Catch of `States.ALL` catches that: recorded on AWS, although its
 * documentation says the opposite.
 *
 * @param of the data's name, for example `The result of Observe`
 * @throws Error of the name `States.DataLimitExceeded`
 */
export function checkSize(of: string, ...values: readonly unknown[]): void {
  const bytes = values.reduce<number>((sum, value) => sum + Buffer.byteLength(JSON.stringify(value) ?? ''), 0);
  if (bytes <= MOST_BYTES) return;
  const error = new Error(`${of} exceeds the maximum number of bytes service limit`);
  error.name = 'States.DataLimitExceeded';
  throw error;
}
