import type { Refusal } from '../../rollout/contracts/refusal.ts';
import { wrap } from './terminal.ts';

/** Input that was refused at the boundary: nothing was done. Ends a command with exit code 2. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** So many fit one screen with their found and expected. */
const MOST_SHOWN = 5;

/** A one-screen message that names each refused field, what was found and what was expected. */
export function refusedFields(what: string, refusals: readonly Refusal[]): Refused {
  const shown = refusals
    .slice(0, MOST_SHOWN)
    .flatMap(({ path, found, expected }) => [
      '',
      `  ${path || '(the whole document)'}`,
      ...(found === undefined ? [] : lines('found:    ', found)),
      ...lines('expected: ', expected.replace(/^expected /, '')),
    ]);
  const more = refusals.length > MOST_SHOWN ? ['', `  and ${refusals.length - MOST_SHOWN} more`] : [];
  return new Refused([`${what} is refused; nothing was done.`, ...shown, ...more].join('\n'));
}

const lines = (label: string, text: string): string[] =>
  wrap(text, 76 - label.length - 4).map(
    (line, index) => `    ${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
