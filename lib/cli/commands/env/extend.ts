import { readExpiry, writeExpiry } from '../../../aws/stack/expiry.ts';
import { environmentOf } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { jsonText } from '../../terminal/terminal.ts';

const MOST_DAYS = 90;

/** `sluice env extend`: lets an environment live longer. */
export const envExtend: Command = {
  usage: 'sluice env extend <branch> [--days 7] [--service NAME] [--json]',
  summary: "Lets a branch's environment live longer, counted from now.",
  example: 'sluice env extend feature/login --days 14',
  options: {
    days: `whole days from now, 1 to ${MOST_DAYS} (7)`,
    json: 'prints { "branch": ..., "expiresAt": ... }',
    service: 'the service, if several have this branch',
  },
  values: ['days', 'service'],
  operands: ['branch'],
  async run({ operands: [branch], flags }, { out }, account) {
    const days = Number(flags['days'] ?? 7);
    if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
      throw new CommandRefused(`--days: found ${flags['days']}, expected a whole number from 1 to ${MOST_DAYS}.`);
    }
    const clients = await account();
    const environment = await environmentOf(clients, branch as string, flags['service']);
    const before = await readExpiry(clients.scheduler, environment);
    if (!before) throw new CommandRefused(`${environment.stack} does not delete itself; there is nothing to extend.`);
    const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);
    if (expiresAt <= before)
      throw new CommandRefused(`${environment.stack} already lives until ${before.toISOString()}; pass more --days.`);
    await writeExpiry(clients.scheduler, environment, expiresAt);
    out.write(
      flags['json']
        ? jsonText({ branch: environment.branch, expiresAt }, 0)
        : `${environment.stack} lives until ${expiresAt.toISOString()} (before: ${before.toISOString()}); the next deploy restarts its lifetime.\n`,
    );
    return 0;
  },
};
