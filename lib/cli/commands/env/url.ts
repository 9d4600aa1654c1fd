import { environmentOf } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { jsonText } from '../../terminal/terminal.ts';

/** `sluice env url`: the URL of a branch's environment. */
export const envUrl: Command = {
  usage: 'sluice env url <branch> [--service NAME] [--json]',
  summary: "Prints the URL of a branch's environment.",
  example: 'curl "$(sluice env url feature/login)"',
  options: { json: 'prints { "branch": ..., "url": ... }', service: 'the service, if several have this branch' },
  values: ['service'],
  operands: ['branch'],
  async run({ operands: [branch], flags }, { out }, account) {
    const { url, branch: name, stack } = await environmentOf(await account(), branch as string, flags['service']);
    if (url === null) throw new CommandRefused(`${stack} has no output "Url".`);
    out.write(flags['json'] ? jsonText({ branch: name, url }, 0) : `${url}\n`);
    return 0;
  },
};
