import type { ExecutionListItem, SFNClient } from '@aws-sdk/client-sfn';
import { memberAt } from '../../rollout/document/requested.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { Memo } from '../handler/memo.ts';
import type { AliasName } from '../lambda/alias.ts';
import { isAskedFor, listExecutions, type RolloutExecution, readRollout } from './executions.ts';
import { type RolloutView, viewOf } from './rollout-view.ts';

/** So many executions of a controller are looked at, and so many at once. The quota of DescribeExecution is 300 at once. (AWS: quotas.) */
const MOST_LOOKED = 100;
const AT_ONCE = 10;

/** What has ended does not change; a redrive has another end. The bound is that of memory. */
const A_DAY = 24 * 3600;
const MOST_KEPT = 500;

/** The newest rollouts of an alias or a group. An execution environment remembers those that have ended. */
export class RecentRollouts {
  readonly #sfn: SFNClient;
  readonly #executions = new Memo<RolloutExecution | undefined>(A_DAY, MOST_KEPT);
  readonly #views = new Memo<RolloutView>(A_DAY, MOST_KEPT);

  constructor(sfn: SFNClient) {
    this.#sfn = sfn;
  }

  /**
   * Newest first; fewer if the last hundred executions of the controller have no more.
   *
   * @param now in seconds since 1970
   */
  async of(
    stateMachineArn: string,
    only: { readonly alias?: AliasName; readonly group?: string },
    { most, now }: { readonly most: number; readonly now: number },
  ): Promise<readonly RolloutView[]> {
    const { executions } = await listExecutions(this.#sfn, { stateMachineArn }, 1);
    const found: RolloutView[] = [];
    for (let from = 0; from < Math.min(MOST_LOOKED, executions.length) && found.length < most; from += AT_ONCE) {
      const { results, failures } = await inParallel(executions.slice(from, from + AT_ONCE), AT_ONCE, (each) =>
        this.#view(each, only, now),
      );
      if (failures.length > 0) throw failures[0];
      found.push(...results.filter((view) => view !== undefined));
    }
    return found.slice(0, most);
  }

  async #view(
    item: ExecutionListItem,
    only: { readonly alias?: AliasName; readonly group?: string },
    now: number,
  ): Promise<RolloutView | undefined> {
    const key = `${item.executionArn} ${item.stopDate?.getTime()}`;
    const ended = item.status !== 'RUNNING' && item.stopDate !== undefined;
    const read = () => readRollout(this.#sfn, item);
    const execution = await (ended ? this.#executions.get(key, now, read) : read());
    if (!execution || !isAskedFor(execution, only)) return undefined;
    const look = () => viewOf(this.#sfn, execution);
    const view = await (ended ? this.#views.get(key, now, look) : look());
    const member = only.alias && memberAt(execution, only.alias);
    return { ...view, execution: { ...execution, ...member } };
  }
}
