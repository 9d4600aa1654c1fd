import { oneLine } from '../../rollout/contracts/text.ts';
import { Refused } from './refused.ts';

/** How long a text on the command line may be: what descriptions and causes have room for. */
const LONGEST = 200;

/**
 * A flag that takes a text for people.
 *
 * @throws Refused where it is empty or too long
 */
export function textFlag(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  name: string,
): string | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const line = oneLine(String(text)).trim();
  if (line === '' || line.length > LONGEST) {
    throw new Refused(`--${name}: found ${line.length} characters, expected 1 to ${LONGEST}.`);
  }
  return line;
}
