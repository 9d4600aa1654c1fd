import { oneLine } from '../rollout/text.ts';
import type { Account } from './account.ts';
import { type Command, EXIT_FAILED, EXIT_REFUSED, help, parse } from './command.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

/** The commands by name. Each is loaded only when it is asked for, so that `plan` starts without the SDK. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  plan: async () => (await import('./plan.ts')).plan,
  rehearse: async () => (await import('./rehearse.ts')).rehearse,
  status: async () => (await import('./status.ts')).status,
  watch: async () => (await import('./watch.ts')).watch,
  start: async () => (await import('./start.ts')).start,
  approve: async () => (await import('./approve.ts')).approve,
  reject: async () => (await import('./approve.ts')).reject,
  advance: async () => (await import('./advance.ts')).advance,
  hold: async () => (await import('./hold.ts')).hold,
  resume: async () => (await import('./hold.ts')).resume,
  rollback: async () => (await import('./rollback.ts')).rollback,
  history: async () => (await import('./history.ts')).history,
  doctor: async () => (await import('./doctor.ts')).doctor,
  'versions list': async () => (await import('./versions-list.ts')).versionsList,
  'versions prune': async () => (await import('./versions-prune.ts')).versionsPrune,
  'env list': async () => (await import('./env-list.ts')).envList,
  'env url': async () => (await import('./env-url.ts')).envUrl,
  'env extend': async () => (await import('./env-extend.ts')).envExtend,
  'env remove': async () => (await import('./env-remove.ts')).envRemove,
  'env prune': async () => (await import('./env-prune.ts')).envPrune,
  demo: async () => (await import('./demo.ts')).demo,
};

/** The first words of commands that have two. */
const groups = new Set(['env', 'versions']);

/** Runs the command line and answers its exit code. */
export async function main(
  words: readonly string[],
  terminal: Terminal,
  account: () => Promise<Account> = async () => (await import('./account.ts')).accountHere(),
): Promise<number> {
  const [first = '--help', second = ''] = words;
  const name = groups.has(first) ? `${first} ${second}`.trim() : first;
  const rest = words.slice(groups.has(first) ? 2 : 1);
  try {
    if (['--help', '-h', 'help'].includes(name)) {
      terminal.out.write(await overview());
      return 0;
    }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load) {
      throw new Refused(`there is no command "${name}".\n\n  expected: ${Object.keys(commands).join(', ')}; or --help`);
    }
    const command = await load();
    const given = parse(command, rest);
    if (given.flags.help) {
      terminal.out.write(help(command));
      return 0;
    }
    return await command.run(given, terminal, account);
  } catch (error) {
    if (error instanceof Refused) {
      terminal.err.write(`sluice: ${error.message}\n`);
      return EXIT_REFUSED;
    }
    const said = awsFailure(error);
    if (said === undefined) throw error;
    terminal.err.write(`sluice: ${said}\n`);
    return EXIT_FAILED;
  }
}

/** What AWS or the way to it failed with, in words; undefined for every other error. */
function awsFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === 'CredentialsProviderError' || name === 'ExpiredTokenException' || name === 'TokenProviderError') {
    return `there are no valid AWS credentials here (${oneLine(message)}).\n\n  try: aws sso login, or set AWS_PROFILE`;
  }
  if (message === 'Region is missing') return 'there is no AWS region here.\n\n  try: export AWS_REGION=eu-central-1';
  if (name === 'AliasUnsettled') return message;
  const network = ['TimeoutError', 'ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET'].find(
    (known) => known === name || known === (error as NodeJS.ErrnoException).code,
  );
  if (network) return `AWS cannot be reached: ${oneLine(message)}`;
  return '$metadata' in error ? `AWS answered ${name}: ${oneLine(message)}` : undefined;
}

/** Loads every command, which otherwise happens when it is asked for. */
export const loadCommands = (): Promise<readonly Command[]> =>
  Promise.all(Object.values(commands).map((load) => load()));

async function overview(): Promise<string> {
  const all = await loadCommands();
  const lines = all.flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]);
  return ['Sluice: progressive delivery for AWS Lambda', '', ...lines, '', 'Each command has --help.', ''].join('\n');
}
