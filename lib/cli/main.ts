import type { Account } from './account.ts';
import { onCallCommands } from './on-call.ts';
import { type Loaders, loadAll, runOne } from './run.ts';
import { usageLines } from './terminal/command.ts';
import { type Terminal, wrap } from './terminal/terminal.ts';

/** The commands by name. */
const commands: Loaders = {
  plan: async () => (await import('./commands/plan.ts')).plan,
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearse,
  compare: async () => (await import('./commands/compare.ts')).compare,
  ...onCallCommands,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  'versions list': async () => (await import('./commands/versions/list.ts')).versionsList,
  'versions prune': async () => (await import('./commands/versions/prune.ts')).versionsPrune,
  'env list': async () => (await import('./commands/env/list.ts')).envList,
  'env url': async () => (await import('./commands/env/url.ts')).envUrl,
  'env extend': async () => (await import('./commands/env/extend.ts')).envExtend,
  'env remove': async () => (await import('./commands/env/remove.ts')).envRemove,
  'env prune': async () => (await import('./commands/env/prune.ts')).envPrune,
  adopt: async () => (await import('./commands/adopt.ts')).adoptCommand,
  'controller deploy': async () => (await import('./commands/controller/deploy.ts')).controllerDeploy,
  'controller template': async () => (await import('./commands/controller/template.ts')).controllerTemplate,
  'controller list': async () => (await import('./commands/controller/list.ts')).controllerList,
  'controller remove': async () => (await import('./commands/controller/remove.ts')).controllerRemove,
  demo: async () => (await import('./commands/demo.ts')).demo,
};

/** Runs the command line and answers its exit code. */
export async function main(
  words: readonly string[],
  terminal: Terminal,
  account: () => Promise<Account> = async () => (await import('./account.ts')).accountHere(),
): Promise<number> {
  if (!['--help', '-h', 'help'].includes(words[0] ?? '--help')) return runOne(commands, words, terminal, account);
  terminal.out.write(await overview());
  return 0;
}

/** Every command with its summary, in lines of at most 80 columns. */
async function overview(): Promise<string> {
  const all = await loadAll(commands);
  const lines = all.flatMap((command) => [
    ...usageLines(command),
    ...wrap(command.summary, 74).map((line) => `      ${line}`),
  ]);
  return ['Sluice: progressive delivery for AWS Lambda', '', ...lines, '', 'Each command has --help.', ''].join('\n');
}
