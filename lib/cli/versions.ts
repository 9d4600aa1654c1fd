import { isNamed } from '../aws/handler/errors.ts';
import { parseTarget } from './target.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/**
 * Parses the operand of a command about versions: a function without an alias.
 *
 * @throws CommandRefused for anything else
 */
export function parseFunction(text: string): string {
  const { function: functionName, alias } = parseTarget(text);
  if (alias === undefined) return functionName;
  throw new CommandRefused(
    `${text} names an alias.\n\n  expected: the function alone, ${functionName}: versions belong to the function`,
  );
}

/**
 * The answer of a reading.
 *
 * @throws CommandRefused if there is no such function
 */
export async function ofFunction<T>(functionName: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    throw new CommandRefused(`there is no function ${functionName} in this account and region.`);
  }
}

/** Bytes for people: `1.2 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log(count) / Math.log(1000)));
  const value = count / 1000 ** step;
  return `${value >= 10 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}
