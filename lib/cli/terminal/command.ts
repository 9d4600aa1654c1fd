import { parseArgs } from 'node:util';
import type { Account } from '../account.ts';
import { CommandRefused } from './command-refused.ts';
import { type Terminal, wrap } from './terminal.ts';

/** One command of the command line. */
export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** Flags by name, each with its help text. Those in `values` take a value. */
  readonly options: Readonly<Record<string, string>>;
  readonly values?: readonly string[];
  /** The operands by name, in their order; one that ends with `?` is optional. */
  readonly operands: readonly string[];
  /** Runs the command and answers its exit code. Calling `account` makes the clients. */
  readonly run: (given: Given, terminal: Terminal, account: () => Promise<Account>) => Promise<number>;
}

/** The operands and flags of a command line. */
export interface Given {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Exit codes: 0 for success, 1 for a rollout that was not promoted or a failure of AWS, 2 for refused input. */
export const EXIT_FAILED = 1;
export const EXIT_REFUSED = 2;

/**
 * Parses the words behind a command's name.
 *
 * @throws CommandRefused for an unknown flag, a missing or a surplus operand
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
      throw new CommandRefused(
        `expected ${expected}, found ${positionals.join(' ') || 'nothing'}.\n\n  usage: ${command.usage}`,
      );
    }
    return { operands: positionals, flags: values as Given['flags'] };
  } catch (error) {
    if (error instanceof CommandRefused) throw error;
    throw new CommandRefused(`${(error as Error).message}\n\n  usage: ${command.usage}`);
  }
}

const shown = (operand: string): string => (operand.endsWith('?') ? `[${operand.slice(0, -1)}]` : `<${operand}>`);

/** The usage of a command, in lines of at most 80 columns. */
export const usageLines = ({ usage }: Command): string[] =>
  wrap(usage, 71).map((line, index) => `${index === 0 ? '  ' : '         '}${line}`);

/** The text of `--help`. */
export function help(command: Command): string {
  const flags = Object.entries({ ...command.options, help: 'prints this' }).flatMap(([name, does]) =>
    wrap(does, 64).map((line, index) => (index === 0 ? `  --${name.padEnd(10)} ${line}` : `${' '.repeat(15)}${line}`)),
  );
  return [
    ...wrap(command.summary, 78),
    '',
    ...usageLines(command),
    '',
    ...flags,
    '',
    `For example: ${command.example}`,
    '',
  ].join('\n');
}
