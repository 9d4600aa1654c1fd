import { environmentOf } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { Refused } from '../../terminal/refused.ts';

/** `sluice env url`: where a branch answers. */
export const envUrl: Command = {
  usage: 'sluice env url <branch> [--service NAME] [--json]',
  summary: "Prints the URL of a branch's environment.",
  example: 'curl "$(sluice env url feature/login)"',
  options: { json: 'prints { "branch": ..., "url": ... }', service: 'which service, where several have this branch' },
  values: ['service'],
  operands: ['branch'],
  async run({ operands: [branch], flags }, { out }, account) {
    const { url, branch: name, stack } = await environmentOf(await account(), branch as string, flags['service']);
    if (url === null) throw new Refused(`${stack} has no output "Url".`);
    out.write(flags['json'] ? `${JSON.stringify({ branch: name, url })}\n` : `${url}\n`);
    return 0;
  },
};
