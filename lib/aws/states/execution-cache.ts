import { DescribeExecutionCommand, type ExecutionListItem, type SFNClient } from '@aws-sdk/client-sfn';
import { type RequestedRollout, requestedRollout, type Watch, watchIn } from '../../rollout/document/requested.ts';
import { Memo } from '../handler/memo.ts';
import { type EndedExecution, type FoundEnd, jsonIn, listExecutions } from './executions.ts';
import { readPosition } from './history.ts';

/** A rollout whose execution runs, as its input tells of it. The input never changes. */
export interface RunningRollout extends RequestedRollout {
  readonly executionArn: string;
  /** The execution's name. */
  readonly name: string;
  /** In seconds since 1970. */
  readonly startedAt: number;
}

/**
 * How long the list of running executions is used. Within that time a storm of alarms asks Step Functions once for each execution
 * environment of the function.
 *
 * An execution that started since is not in the list. It has no traffic yet, or has just got its first: no alarm fires that soon because
 * of it, for the shortest period of a metric is 10 s. If one does, the rollout's own next look finds it in ALARM.
 */
const LIST_SECONDS = 10;

/** Inputs and ends do not change; the bound is that of memory. */
const A_DAY = 24 * 3600;
const MOST_KEPT = 2000;

/** At most so many running executions are looked at: 1,000 a page. */
const MOST_PAGES = 5;

/** What an execution environment of a function knows of executions. */
export class ExecutionCache {
  readonly #sfn: SFNClient;
  readonly #now: () => number;
  readonly #lists = new Memo<readonly ExecutionListItem[]>(LIST_SECONDS, 10);
  readonly #rollouts = new Memo<RunningRollout | undefined>(A_DAY, MOST_KEPT);
  readonly #ends = new Memo<FoundEnd>(A_DAY, MOST_KEPT);
  readonly #watches = new Memo<Watch | null>(A_DAY, MOST_KEPT, (watch) => watch !== null);

  /** @param now the time in seconds since 1970 */
  constructor(sfn: SFNClient, now: () => number) {
    this.#sfn = sfn;
    this.#now = now;
  }

  /** The executions that run, as a list that is at most some seconds old. */
  running(stateMachineArn: string): Promise<readonly ExecutionListItem[]> {
    return this.#lists.get(stateMachineArn, this.#now(), () => this.#list(stateMachineArn));
  }

  /** The executions that run now. */
  runningNow(stateMachineArn: string): Promise<readonly ExecutionListItem[]> {
    return this.#lists.refresh(stateMachineArn, this.#now(), () => this.#list(stateMachineArn));
  }

  /** The rollout of a running execution; undefined if it is something else, such as a rollback. */
  rollout({ executionArn = '', name = '', startDate }: ExecutionListItem): Promise<RunningRollout | undefined> {
    return this.#rollouts.get(executionArn, this.#now(), async () => {
      const { input } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      const requested = requestedRollout(jsonIn(input));
      return requested && { ...requested, executionArn, name, startedAt: (startDate?.getTime() ?? 0) / 1000 };
    });
  }

  /** The input and the error of an execution that has ended. One that is redriven may end again. */
  end(ended: EndedExecution): Promise<FoundEnd> {
    const { executionArn, stoppedAt } = ended;
    return this.#ends.get(`${executionArn} ${stoppedAt}`, this.#now(), async () => {
      const { input, error, cause } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      return { ...ended, input: input ?? null, error: error ?? null, cause: cause ?? null };
    });
  }

  /**
   * The alarms that a rollout was started with. If its input has no policy, its document has the one that the stack had deployed then;
   * null if no document is found, as before the first look.
   */
  async watch({ watch, executionArn }: RunningRollout): Promise<Watch | null> {
    return watch ?? this.#watches.get(executionArn, this.#now(), () => this.#watchInDocument(executionArn));
  }

  async #watchInDocument(executionArn: string): Promise<Watch | null> {
    const { rollout } = await readPosition(this.#sfn, executionArn);
    return rollout ? watchIn(rollout.policy) : null;
  }

  async #list(stateMachineArn: string): Promise<readonly ExecutionListItem[]> {
    const { executions } = await listExecutions(this.#sfn, { stateMachineArn, statusFilter: 'RUNNING' }, MOST_PAGES);
    return executions;
  }
}
