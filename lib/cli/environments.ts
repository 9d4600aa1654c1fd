import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { type Environment, readEnvironments } from '../aws/stack/environments.ts';
import { environmentNameOf } from '../branch/branch-name.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/** The clients that the commands on environments use, with the caller's own credentials. */
export interface EnvironmentClients {
  readonly cloudformation: CloudFormationClient;
  readonly scheduler: SchedulerClient;
}

/**
 * The environment of a branch.
 *
 * @throws CommandRefused if there is none, or if several services have one and the command line names none
 */
export async function environmentOf(
  clients: EnvironmentClients,
  branch: string,
  service: unknown,
): Promise<Environment> {
  const all = await readEnvironments(clients.cloudformation);
  const found = all.filter((each) => isOf(each, branch) && (service === undefined || each.service === service));
  if (found.length === 1) return found[0] as Environment;
  if (found.length > 1) {
    throw new CommandRefused(
      `several services have an environment for ${branch}.\n\n  expected: --service, one of ${found.map((each) => each.service).join(', ')}`,
    );
  }
  const there = all.map((each) => `    ${each.branch}`).join('\n') || '    none';
  throw new CommandRefused(`there is no environment for branch ${JSON.stringify(branch)}.\n\n  there are:\n${there}`);
}

/** Whether an environment belongs to a branch: its name tells, which no other branch has. */
export const isOf = ({ service, stack }: Environment, branch: string): boolean =>
  stack === `${service}-${environmentNameOf(branch)}`;

/** The environments that prune removes: those of branches that are gone. Protected ones stay. */
export function prunable(environments: readonly Environment[], branches: readonly string[]): readonly Environment[] {
  return environments.filter((each) => !each.protected && !branches.some((branch) => isOf(each, branch)));
}
