import { readExpiry, writeExpiry } from '../../../aws/stack/environments.ts';
import { environmentOf } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { Refused } from '../../terminal/refused.ts';

const MOST_DAYS = 90;

/** `sluice env extend`: a longer life. */
export const envExtend: Command = {
  usage: 'sluice env extend <branch> [--days 7] [--service NAME] [--json]',
  summary: "Lets a branch's environment live longer, counted from now.",
  example: 'sluice env extend feature/login --days 14',
  options: {
    days: `whole days from now, 1 to ${MOST_DAYS} (7)`,
    json: 'prints { "branch": ..., "expiresAt": ... }',
    service: 'which service, where several have this branch',
  },
  values: ['days', 'service'],
  operands: ['branch'],
  async run({ operands: [branch], flags }, { out }, account) {
    const days = Number(flags['days'] ?? 7);
    if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
      throw new Refused(`--days: found ${flags['days']}, expected a whole number from 1 to ${MOST_DAYS}.`);
    }
    const clients = await account();
    const environment = await environmentOf(clients, branch as string, flags['service']);
    const before = await readExpiry(clients.scheduler, environment);
    if (!before) throw new Refused(`${environment.stack} does not delete itself; there is nothing to extend.`);
    const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);
    if (expiresAt <= before)
      throw new Refused(`${environment.stack} lives until ${before.toISOString()} already; give more --days.`);
    await writeExpiry(clients.scheduler, environment, expiresAt);
    out.write(
      flags['json']
        ? `${JSON.stringify({ branch: environment.branch, expiresAt })}\n`
        : `${environment.stack} lives until ${expiresAt.toISOString()} (was ${before.toISOString()}); its next deploy counts anew.\n`,
    );
    return 0;
  },
};
