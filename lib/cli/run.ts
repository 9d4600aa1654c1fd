import { AliasUnsettled } from '../aws/lambda/alias-unsettled.ts';
import { Refused } from '../operations/errors.ts';
import { oneLine } from '../rollout/contracts/text.ts';
import type { Account } from './account.ts';
import { type Command, EXIT_FAILED, EXIT_REFUSED, help, parse } from './terminal/command.ts';
import { CommandRefused } from './terminal/command-refused.ts';
import { refusalText } from './terminal/refusal-text.ts';
import { safeTerminal, type Terminal } from './terminal/terminal.ts';

/** Commands by name. Each is loaded only when it is run, so that `plan` starts without the SDK. */
export type Loaders = Readonly<Record<string, () => Promise<Command>>>;

/** Loads all of them. */
export const loadAll = (commands: Loaders): Promise<readonly Command[]> =>
  Promise.all(Object.values(commands).map((load) => load()));

/** The first words of commands that have two. */
const groups = new Set(['env', 'versions', 'controller']);

/** Runs the command that the words name, and answers its exit code. */
export async function runOne(
  commands: Loaders,
  words: readonly string[],
  given: Terminal,
  account: () => Promise<Account>,
): Promise<number> {
  const terminal = safeTerminal(given);
  const [first = '', second = ''] = words;
  const name = groups.has(first) ? `${first} ${second}`.trim() : first;
  const rest = words.slice(groups.has(first) ? 2 : 1);
  let operand: string | undefined;
  try {
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load) {
      throw new CommandRefused(
        `there is no command "${name}".\n\n  expected: ${Object.keys(commands).join(', ')}; or --help`,
      );
    }
    const command = await load();
    const given = parse(command, rest);
    operand = given.operands[0];
    if (given.flags.help) {
      terminal.out.write(help(command));
      return 0;
    }
    return await command.run(given, terminal, account);
  } catch (error) {
    if (error instanceof Refused) {
      terminal.err.write(`sluice: ${refusalText(error, operand)}\n`);
      return EXIT_REFUSED;
    }
    const said = awsFailure(error);
    if (said === undefined) throw error;
    terminal.err.write(`sluice: ${said}\n`);
    return EXIT_FAILED;
  }
}

/** A failure of AWS or of the way to it, in words; undefined for every other error. */
function awsFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === 'CredentialsProviderError' || name === 'ExpiredTokenException' || name === 'TokenProviderError') {
    return `there are no valid AWS credentials here (${oneLine(message)}).\n\n  try: aws sso login, or set AWS_PROFILE`;
  }
  if (message === 'Region is missing') return 'there is no AWS region here.\n\n  try: export AWS_REGION=eu-central-1';
  if (error instanceof AliasUnsettled) return message;
  const network = ['TimeoutError', 'ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET'].find(
    (known) => known === name || known === (error as NodeJS.ErrnoException).code,
  );
  if (network) return `AWS cannot be reached: ${oneLine(message)}`;
  return '$metadata' in error ? `AWS answered ${name}: ${oneLine(message)}` : undefined;
}
