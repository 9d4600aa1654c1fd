import { Refused } from '../../operations/errors.ts';
import type { Refusal } from '../../rollout/contracts/refusal.ts';
import { wrap } from './terminal.ts';

/** The command line itself refuses: its message is a whole screen, with what was expected. */
export class CommandRefused extends Refused {
  override readonly name = 'CommandRefused';
}

/** So many refused fields fit one screen. */
const MOST_SHOWN = 5;

/** A one-screen message that names each refused field, the value that was found and the one that was expected. */
export function refusedFields(what: string, refusals: readonly Refusal[]): CommandRefused {
  const shown = refusals
    .slice(0, MOST_SHOWN)
    .flatMap(({ path, found, expected }) => [
      '',
      `  ${path || '(the whole document)'}`,
      ...(found === undefined ? [] : lines('found:    ', found)),
      ...lines('expected: ', expected.replace(/^expected /, '')),
    ]);
  const more = refusals.length > MOST_SHOWN ? ['', `  and ${refusals.length - MOST_SHOWN} more`] : [];
  return new CommandRefused([`${what} is refused; nothing was done.`, ...shown, ...more].join('\n'));
}

const lines = (label: string, text: string): string[] =>
  wrap(text, 76 - label.length - 4).map(
    (line, index) => `    ${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
