import { parseArgs } from 'node:util';
import type { Account } from '../account.ts';
import { Refused } from './refused.ts';
import { type Terminal, wrap } from './terminal.ts';

/** One command of the command line. */
export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** Flags by name, each with what it does. Those in `values` take a value. */
  readonly options: Readonly<Record<string, string>>;
  readonly values?: readonly string[];
  /** The operands by name, in the order in which they come; one that ends with `?` may be left out. */
  readonly operands: readonly string[];
  /** Runs the command and answers its exit code. The account is made when it is first asked for. */
  readonly run: (given: Given, terminal: Terminal, account: () => Promise<Account>) => Promise<number>;
}

/** What stood on the command line. */
export interface Given {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Exit codes: 0 is what the command was for, 1 a rollout that was not promoted or AWS failing, 2 refused input. */
export const EXIT_FAILED = 1;
export const EXIT_REFUSED = 2;

/**
 * Parses what stands behind a command's name.
 *
 * @throws Refused for an unknown flag, a missing or a surplus operand
 */
export function parse(command: Command, words: readonly string[]): Given {
  const options = Object.fromEntries(
    ['help', ...Object.keys(command.options)].map((name) => [
      name,
      {
        type: command.values?.includes(name) ? ('string' as const) : ('boolean' as const),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const required = command.operands.filter((name) => !name.endsWith('?'));
    const fits = positionals.length >= required.length && positionals.length <= command.operands.length;
    if (!values.help && !fits) {
      const expected = command.operands.length === 0 ? 'no operand' : command.operands.map(shown).join(' ');
      throw new Refused(
        `expected ${expected}, found ${positionals.join(' ') || 'nothing'}.\n\n  usage: ${command.usage}`,
      );
    }
    return { operands: positionals, flags: values as Given['flags'] };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`${(error as Error).message}\n\n  usage: ${command.usage}`);
  }
}

const shown = (operand: string): string => (operand.endsWith('?') ? `[${operand.slice(0, -1)}]` : `<${operand}>`);

/** What `--help` prints. */
export function help(command: Command): string {
  const flags = Object.entries({ ...command.options, help: 'prints this' }).flatMap(([name, does]) =>
    wrap(does, 66).map((line, index) => (index === 0 ? `  --${name.padEnd(10)} ${line}` : `${' '.repeat(15)}${line}`)),
  );
  return [
    ...wrap(command.summary, 78),
    '',
    `  ${command.usage}`,
    '',
    ...flags,
    '',
    `For example: ${command.example}`,
    '',
  ].join('\n');
}
