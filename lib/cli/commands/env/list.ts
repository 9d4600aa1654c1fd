import { type Environment, readEnvironments, readExpiry } from '../../../aws/stack/environments.ts';
import type { Command } from '../../terminal/command.ts';
import { duration, jsonText, paint, type Terminal } from '../../terminal/terminal.ts';

/** An environment and the time at which it deletes itself. */
type Listed = Environment & { readonly expiresAt: Date | null };

/** `sluice env list`: the environments of the account and region. */
export const envList: Command = {
  usage: 'sluice env list [--json]',
  summary: "Lists the branches' environments: age, owner, last deploy, expiry, idle cost.",
  example: 'sluice env list',
  options: { json: 'prints one JSON document: { "environments": [...] }' },
  operands: [],
  async run({ flags }, terminal, account) {
    const clients = await account();
    const listed: Listed[] = [];
    for (const environment of await readEnvironments(clients.cloudformation)) {
      listed.push({ ...environment, expiresAt: await readExpiry(clients.scheduler, environment) });
    }
    if (flags['json']) terminal.out.write(jsonText({ environments: listed }));
    else show(listed, terminal);
    return 0;
  },
};

function show(listed: readonly Listed[], { out }: Terminal): void {
  if (listed.length === 0) {
    out.write('There is no environment in this account and region.\n');
    return;
  }
  const now = Date.now();
  const ago = (then: Date) => duration(coarse((now - then.getTime()) / 1000));
  for (const { branch, stack, url, owner, createdAt, deployedAt, expiresAt, idleCostPerMonth, status } of listed) {
    const cost = idleCostPerMonth === null ? '' : `, $${idleCostPerMonth.toFixed(2)} a month while idle`;
    const end = expiresAt
      ? `deletes itself in ${duration(coarse((expiresAt.getTime() - now) / 1000))}`
      : 'stays until removed';
    out.write(`${paint(out, 'bold', branch)}  ${paint(out, 'dim', stack)}\n`);
    out.write(`  ${url ?? 'no URL'}\n`);
    out.write(`  ${owner ?? 'no owner'}; created ${ago(createdAt)} ago, deployed ${ago(deployedAt)} ago; ${status}\n`);
    out.write(`  ${end}${cost}\n\n`);
  }
}

/** Rounds seconds down to whole days, hours or minutes. */
function coarse(seconds: number): number {
  const unit = seconds > 2 * 86_400 ? 86_400 : seconds > 7200 ? 3600 : seconds > 120 ? 60 : 1;
  return Math.max(0, Math.floor(seconds / unit) * unit);
}
