import { type Environment, readEnvironments } from '../../../aws/stack/environments.ts';
import { readExpiry } from '../../../aws/stack/expiry.ts';
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
  for (const environment of listed) {
    const { branch, stack, url, owner, createdAt, deployedAt, idleCostPerMonth, idleCostIsLeast, status } = environment;
    const least = idleCostIsLeast ? 'at least ' : '';
    const cost = idleCostPerMonth === null ? '' : `, ${least}$${idleCostPerMonth.toFixed(2)} a month while idle`;
    out.write(`${paint(out, 'bold', branch)}  ${paint(out, 'dim', stack)}\n`);
    out.write(`  ${url ?? 'no URL'}\n`);
    out.write(`  ${owner ?? 'no owner'}; created ${ago(createdAt)} ago, deployed ${ago(deployedAt)} ago; ${status}\n`);
    out.write(`  ${endOf(environment, now)}${cost}\n\n`);
  }
}

/** What becomes of an environment, in words. */
function endOf({ status, expiresAt }: Listed, now: number): string {
  if (status === 'DELETE_IN_PROGRESS') return 'is being deleted';
  const left = expiresAt && (expiresAt.getTime() - now) / 1000;
  if (status === 'DELETE_FAILED') {
    return left === null
      ? 'its removal failed; run sluice env remove again'
      : 'its removal failed and is tried again by its schedule; run sluice env remove to try it now';
  }
  if (left === null) return 'stays until removed';
  return left > 0 ? `deletes itself in ${duration(coarse(left))}` : 'its time is up; its schedule tries to remove it';
}

/** Rounds seconds down to whole days, hours or minutes. */
function coarse(seconds: number): number {
  const unit = seconds > 2 * 86_400 ? 86_400 : seconds > 7200 ? 3600 : seconds > 120 ? 60 : 1;
  return Math.max(0, Math.floor(seconds / unit) * unit);
}
