import { readAlias } from '../aws/lambda/alias.ts';
import { readDocuments } from '../aws/states/documents.ts';
import type { RecentRollouts } from '../aws/states/recent-rollouts.ts';
import { waitsForAnother } from '../aws/states/rollout-view.ts';
import { inPercent } from '../rollout/alias/alias.ts';
import type { DocumentAt } from '../rollout/document/rollout.ts';
import type { AliasRequest } from './alias-request.ts';
import type { OperationClients } from './clients.ts';
import { recordOf } from './record-of.ts';
import { controllerOf, nameOf, resolveAlias, rolloutsOf } from './resolve-alias.ts';
import type { AliasTraffic, RolloutRecord } from './rollout-record.ts';

/** All that a dashboard shows of an alias or a group. */
export interface Board {
  /** The alias in words, or the group that its newest rollout is of. */
  readonly name: string;
  /** The rollout that is under way, or the last one; null if there was none. */
  readonly newest: BoardRollout | null;
  /** Where the alias sends its traffic now, of a group that of its first member; null if it does not exist. */
  readonly now: AliasTraffic | null;
  /** The rollouts that have ended, newest first. */
  readonly past: readonly RolloutRecord[];
}

/** A rollout with the documents of its looks. */
export interface BoardRollout {
  readonly record: RolloutRecord;
  readonly documents: readonly DocumentAt[];
}

/** So many rollouts that have ended are listed. */
export const MOST_PAST = 10;

/** So many pages of a thousand events are read of the newest rollout: some three hundred looks. */
const MOST_PAGES = 3;

/**
 * Reads what a dashboard shows.
 *
 * @param now in seconds since 1970
 * @throws AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 */
export async function readBoard(
  clients: Pick<OperationClients, 'lambda' | 'sfn' | 'ssm'>,
  recent: RecentRollouts,
  request: AliasRequest,
  now: number,
): Promise<Board> {
  const target = await resolveAlias(clients, request);
  const controller = await controllerOf(clients, target, undefined);
  const [views, alias] = await Promise.all([
    // One that has joined another only waits; the newest one that is under way stands above the list.
    recent.of(controller, rolloutsOf(target), { most: MOST_PAST + 2, now }),
    readAlias(clients.lambda, target),
  ]);
  const asked = target.group ? undefined : target;
  const shown = views.filter((view) => !waitsForAnother(view));
  const [newest] = shown;
  return {
    name: newest?.execution.group ?? nameOf(target),
    newest: newest
      ? {
          record: recordOf(newest, asked),
          documents: await documentsOf(clients, newest.execution.arn, newest.rollout, now),
        }
      : null,
    now: alias && inPercent(alias),
    past: shown
      .filter(({ state }) => state !== 'running')
      .slice(0, MOST_PAST)
      .map((view) => recordOf(view, asked)),
  };
}

/** The documents of a rollout; the latest one alone if no task has left any yet. */
async function documentsOf(
  { sfn }: Pick<OperationClients, 'sfn'>,
  arn: string,
  latest: DocumentAt['rollout'] | undefined,
  now: number,
): Promise<readonly DocumentAt[]> {
  const read = await readDocuments(sfn, arn, MOST_PAGES);
  return read.length > 0 || !latest ? read : [{ at: now, rollout: latest }];
}
