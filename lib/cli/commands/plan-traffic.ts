import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { readHistory } from '../../aws/cloudwatch/history.ts';
import type { OperationClients } from '../../operations/clients.ts';
import { nameOf, resolveAlias } from '../../operations/resolve-alias.ts';
import type { ExpectedTraffic } from '../../rollout/evidence/forecast.ts';
import { DAY_SECONDS } from '../../rollout/evidence/history.ts';
import { errorRate } from '../../rollout/observation.ts';
import { parseTarget } from '../target.ts';
import type { Given } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { count } from '../terminal/terminal.ts';

/** The error rate of the stable version if nobody says otherwise. */
export const USUAL_ERROR_RATE = 0.001;

/**
 * The traffic that the flags of `sluice plan` tell: given in numbers, or as the alias had it in the last day. Undefined without any.
 *
 * @throws CommandRefused for a number that cannot be meant, for flags that exclude each other, and for an alias without traffic
 */
export async function trafficIn(
  flags: Given['flags'],
  account: () => Promise<Pick<OperationClients, 'ssm'> & { readonly cloudwatch: CloudWatchClient }>,
): Promise<ExpectedTraffic | undefined> {
  const { traffic, alias, 'error-rate': rate } = flags;
  if (alias !== undefined) {
    if (traffic !== undefined || rate !== undefined) {
      throw new CommandRefused(
        '--alias reads traffic and error rate of the last day.\n\n  expected: neither --traffic nor --error-rate beside it',
      );
    }
    return ofTheLastDay(String(alias), await account());
  }
  if (traffic === undefined) {
    if (rate === undefined) return undefined;
    throw new CommandRefused(
      '--error-rate is of use with --traffic alone.\n\n  expected: --traffic 10 --error-rate 0.001',
    );
  }
  return {
    requestsPerSecond: numberIn('traffic', traffic, 1_000_000, 'requests a second, such as --traffic 10'),
    errorRate: numberIn(
      'error-rate',
      rate ?? USUAL_ERROR_RATE,
      1,
      'such as --error-rate 0.001 for one request in a thousand',
    ),
  };
}

async function ofTheLastDay(
  text: string,
  { ssm, cloudwatch }: Awaited<ReturnType<Parameters<typeof trafficIn>[1]>>,
): Promise<ExpectedTraffic> {
  const target = await resolveAlias({ ssm }, parseTarget(text));
  if (target.group) {
    const [first] = target.group.members;
    const example = first ? `${first.functionName}:${first.aliasName}` : 'checkout:live';
    throw new CommandRefused(
      `${nameOf(target)} is a group, and each of its members has traffic of its own.\n\n  expected: one alias, such as ${example}`,
    );
  }
  const history = await readHistory(cloudwatch, target, Date.now() / 1000);
  if (!history || history.counts.invocations === 0) {
    throw new CommandRefused(
      `CloudWatch has no requests to ${nameOf(target)} in the last day.\n\n  expected: an alias with traffic, or numbers: --traffic 10 --error-rate 0.001`,
    );
  }
  const { counts } = history;
  return { requestsPerSecond: Number((counts.invocations / DAY_SECONDS).toPrecision(3)), errorRate: errorRate(counts) };
}

function numberIn(flag: string, given: string | boolean | number, most: number, example: string): number {
  const value = given === '' ? Number.NaN : Number(given);
  if (value >= 0 && value <= most) return value;
  throw new CommandRefused(`--${flag} is ${given}.\n\n  expected: a number from 0 to ${count(most)}, ${example}`);
}
