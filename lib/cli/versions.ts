import { isNamed } from '../aws/handler/errors.ts';
import { parseTarget } from './target.ts';
import { Refused } from './terminal/refused.ts';

/**
 * A function without an alias, which has versions.
 *
 * @throws Refused for anything else
 */
export function parseFunction(text: string): string {
  const { functionName, aliasName } = parseTarget(text);
  if (aliasName === undefined) return functionName;
  throw new Refused(
    `${text} names an alias.\n\n  expected: the function alone, ${functionName}: its versions are no alias's`,
  );
}

/** What a reading of a function answers; refused where there is no such function. */
export async function ofFunction<T>(functionName: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    throw new Refused(`there is no function ${functionName} in this account and region.`);
  }
}

/** Bytes for people: `1.2 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log(count) / Math.log(1000)));
  const value = count / 1000 ** step;
  return `${value >= 10 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}
