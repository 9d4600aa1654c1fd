import { parseArgs } from 'node:util';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

/** One command of the command line. */
export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** Flags by name, each with what it does. Those in `values` take a value. */
  readonly options: Readonly<Record<string, string>>;
  readonly values?: readonly string[];
  /** The operands by name; each is required. */
  readonly operands: readonly string[];
  /** Runs the command and answers its exit code. */
  readonly run: (given: Given, terminal: Terminal) => Promise<number>;
}

/** What stood on the command line. */
export interface Given {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Exit codes: 0 is what the command was for, 1 a rollout that was not promoted, 2 refused input. */
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
    if (!values.help && positionals.length !== command.operands.length) {
      const expected =
        command.operands.length === 0 ? 'no operand' : command.operands.map((name) => `<${name}>`).join(' ');
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

/** What `--help` prints. */
export function help(command: Command): string {
  const flags = Object.entries({ ...command.options, help: 'prints this' }).map(
    ([name, does]) => `  --${name.padEnd(10)} ${does}`,
  );
  return [command.summary, '', `  ${command.usage}`, '', ...flags, '', `For example: ${command.example}`, ''].join(
    '\n',
  );
}
