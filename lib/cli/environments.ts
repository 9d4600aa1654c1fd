import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { type Environment, isOf, readEnvironments } from '../aws/stack/environments.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/** The clients that the commands on environments use, with the caller's own credentials. */
export interface EnvironmentClients {
  readonly cloudformation: CloudFormationClient;
  readonly scheduler: SchedulerClient;
}

/**
 * The environment of a branch. If the release before left another one, the newer one is meant until it is being deleted.
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
  const services = [...new Set(found.map((each) => each.service))];
  if (services.length > 1) {
    throw new CommandRefused(
      `several services have an environment for ${branch}.\n\n  expected: --service, one of ${services.join(', ')}`,
    );
  }
  const [newest] = found.toSorted((a, b) => Number(isLeaving(a)) - Number(isLeaving(b)) || +b.createdAt - +a.createdAt);
  if (newest) return newest;
  const there = all.map((each) => `    ${each.branch}`).join('\n') || '    none';
  throw new CommandRefused(`there is no environment for branch ${JSON.stringify(branch)}.\n\n  there are:\n${there}`);
}

const isLeaving = ({ status }: Environment): boolean => status === 'DELETE_IN_PROGRESS';

/**
 * The environments of a service that prune removes: those of branches that are gone. Protected ones stay, and those whose name does not
 * follow from their own tags, because anybody may write a tag.
 */
export const prunable = (
  environments: readonly Environment[],
  service: string,
  branches: readonly string[],
): readonly Environment[] =>
  environments.filter(
    (each) =>
      each.service === service && each.proven && !each.protected && !branches.some((branch) => isOf(each, branch)),
  );
