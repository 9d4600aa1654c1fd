import { type Command, EXIT_REFUSED, help, parse } from './command.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

/** The commands by name. Each is loaded only when it is asked for, so that `plan` starts without the SDK. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  plan: async () => (await import('./plan.ts')).plan,
  rehearse: async () => (await import('./rehearse.ts')).rehearse,
  'env list': async () => (await import('./env-list.ts')).envList,
  'env url': async () => (await import('./env-url.ts')).envUrl,
  'env extend': async () => (await import('./env-extend.ts')).envExtend,
  'env remove': async () => (await import('./env-remove.ts')).envRemove,
  'env prune': async () => (await import('./env-prune.ts')).envPrune,
  demo: async () => (await import('./demo.ts')).demo,
};

/** Runs the command line and answers its exit code. */
export async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  const [first = '--help', second = ''] = words;
  const name = first === 'env' ? `env ${second}`.trim() : first;
  const rest = words.slice(first === 'env' ? 2 : 1);
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
    return await command.run(given, terminal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    terminal.err.write(`sluice: ${error.message}\n`);
    return EXIT_REFUSED;
  }
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = all.flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]);
  return ['Sluice: progressive delivery for AWS Lambda', '', ...lines, '', 'Each command has --help.', ''].join('\n');
}
