import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  type ListExecutionsCommandOutput,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { BAD_STATUSES } from '../../rollout/contracts/events.ts';
import { memberAt } from '../../rollout/document/requested.ts';
import { functionNameOf, type StartInput } from '../../rollout/document/start.ts';
import { isNamed } from '../handler/errors.ts';
import { inParallel } from '../handler/in-parallel.ts';
import type { AliasName } from '../lambda/alias.ts';

/** The execution of a rollout, and whether this call has started it. */
export interface StartedRollout {
  readonly executionArn: string;
  /** False if an execution of that name exists that has ended or has other input. (AWS: StartExecution.) */
  readonly started: boolean;
}

/** Starts a rollout under a name of its own. A start that is repeated while the execution runs is the same one. */
export async function startRollout(
  sfn: SFNClient,
  stateMachineArn: string,
  name: string,
  input: StartInput,
): Promise<StartedRollout> {
  const named = executionArnOf(stateMachineArn, name);
  try {
    const { executionArn = named } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return { executionArn, started: true };
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
    return { executionArn: named, started: false };
  }
}

/** Stops an execution; its error name and cause say why. */
export async function stopRollout(sfn: SFNClient, executionArn: string, error: string, cause: string): Promise<void> {
  await sfn.send(new StopExecutionCommand({ executionArn, error, cause }));
}

/** The ARN of an execution of a state machine. */
export const executionArnOf = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** The state machine that an execution is one of. */
export const stateMachineArnOf = (executionArn: string): string =>
  executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, '');

/** A rollout as its execution describes it from outside. */
export interface RolloutExecution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** The first member; of a rollout that was looked for by an alias, the member that is this alias. */
  readonly functionName: string;
  readonly aliasName: string;
  readonly candidate: string;
  /** The name of the group; null if it has none. */
  readonly group: string | null;
  /** All members, in the order in which they get their weights: the one alias, or those of a group. */
  readonly members: readonly RolloutMember[];
  /** The policy in its input, as it was given; undefined if it has none and goes by the one that the stack has deployed. */
  readonly policy?: unknown;
  readonly startedBy: string;
  /** The output of one that succeeded, as text. */
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** A member of a rollout: the name of its function, its alias, and the version that it is shifted to. */
export interface RolloutMember {
  readonly functionName: string;
  readonly aliasName: string;
  readonly candidate: string;
}

const memberSchema = z
  .object({ function: z.string().min(1), alias: z.string().min(1), version: z.string().min(1) })
  .transform((member) => ({
    functionName: functionNameOf(member.function),
    aliasName: member.alias,
    candidate: member.version,
  }));

const commonFields = {
  operation: z.literal('start').default('start'),
  policy: z.unknown().optional(),
  startedBy: z.string().catch('somebody').default('somebody'),
};

/** The part of an execution's input that is read; another program may have written it. */
const startedSchema = z.union([
  z.object({
    ...commonFields,
    group: z.string().nullable().catch(null).default(null),
    members: z.array(memberSchema).min(1),
  }),
  z
    .object(commonFields)
    .and(memberSchema)
    .transform(({ operation, policy, startedBy, ...member }) => ({
      operation,
      policy,
      startedBy,
      group: null,
      members: [member],
    })),
]);

/**
 * The rollouts of a state machine, newest first, each read when it is asked for. Executions that were started for something else,
 * such as a rollback, are left out.
 */
export async function* readRollouts(
  sfn: SFNClient,
  stateMachineArn: string,
  only: {
    readonly status?: ListExecutionsCommandInput['statusFilter'];
    readonly alias?: AliasName;
    /** The name of a group: the rollouts of any of its members that were started for it. */
    readonly group?: string;
    /** Called for every execution that was read, also for those that are left out. */
    readonly onRead?: () => void;
  } = {},
): AsyncGenerator<RolloutExecution> {
  const pages = paginateListExecutions(
    { client: sfn },
    { stateMachineArn, statusFilter: only.status, maxResults: 100 },
  );
  for await (const { executions = [] } of pages) {
    for (const execution of executions) {
      const rollout = await readRollout(sfn, execution);
      only.onRead?.();
      const member = rollout && only.alias && memberAt(rollout, only.alias);
      if (rollout && isAskedFor(rollout, only)) yield { ...rollout, ...member };
    }
  }
}

/** Whether a rollout is of an alias, or of a group; any is if nothing is asked for. */
export const isAskedFor = (
  rollout: RolloutExecution,
  { alias, group }: { readonly alias?: AliasName; readonly group?: string },
): boolean =>
  (alias === undefined || memberAt(rollout, alias) !== undefined) && (group === undefined || rollout.group === group);

/** One execution; undefined if it is no rollout. */
export async function readRollout(
  sfn: SFNClient,
  { executionArn = '' }: Pick<ExecutionListItem, 'executionArn'>,
): Promise<RolloutExecution | undefined> {
  const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const parsed = startedSchema.safeParse(jsonIn(found.input));
  if (!parsed.success) return undefined;
  const { group, members, policy, startedBy } = parsed.data;
  return {
    arn: executionArn,
    name: found.name ?? '',
    status: found.status ?? '',
    startedAt: found.startDate ?? new Date(0),
    endedAt: found.stopDate ?? null,
    ...(members[0] as RolloutMember),
    group,
    members,
    policy,
    startedBy,
    output: found.output ?? null,
    error: found.error ?? null,
    cause: found.cause ?? null,
  };
}

/** The value that a JSON text holds; undefined if the text is not JSON. */
export function jsonIn(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** An execution that ended badly, with the fields that the event of its end has. */
export interface BadEnd {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  /** In seconds since 1970; null if it is not told. */
  readonly startedAt: number | null;
  readonly input: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** An execution that has ended badly, as a list tells of it. */
export interface EndedExecution extends Omit<BadEnd, 'input' | 'error' | 'cause'> {
  /** In seconds since 1970. */
  readonly stoppedAt: number;
}

/** A bad end that a search found. */
export interface FoundEnd extends BadEnd, EndedExecution {}

/** The largest page of ListExecutions. (AWS: its reference.) */
const LARGEST_PAGE = 1000;

/** Executions of one status, newest first, of so many pages at most. */
export async function listExecutions(
  sfn: SFNClient,
  filter: Pick<ListExecutionsCommandInput, 'stateMachineArn' | 'statusFilter'>,
  mostPages: number,
): Promise<{ readonly executions: readonly ExecutionListItem[]; readonly whole: boolean }> {
  const found: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer: ListExecutionsCommandOutput = await sfn.send(
      new ListExecutionsCommand({
        ...filter,
        maxResults: LARGEST_PAGE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    found.push(...(answer.executions ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { executions: found, whole: true };
  }
  return { executions: found, whole: false };
}

/** At most so many pages of each status are looked through. Executions are kept for 90 days after their end. (AWS: quotas.) */
const MOST_PAGES_OF_ENDS = 10;

/** The bad ends that a search found, and what it could not look at. */
export interface BadEnds {
  readonly ends: readonly EndedExecution[];
  /** The statuses of which there are more executions than were looked at. */
  readonly unfinished: readonly string[];
  readonly failures: readonly unknown[];
}

/**
 * The executions that ended badly since `since` (seconds since 1970), the newest end first. AWS says "newest first" of its list and not
 * whether it means the start or the end, so an old end does not tell that no newer one follows: an execution may have started long ago.
 */
export async function listBadEnds(sfn: SFNClient, stateMachineArn: string, since: number): Promise<BadEnds> {
  const { results, failures } = await inParallel(BAD_STATUSES, BAD_STATUSES.length, async (statusFilter) => ({
    statusFilter,
    ...(await listExecutions(sfn, { stateMachineArn, statusFilter }, MOST_PAGES_OF_ENDS)),
  }));
  const ends = results
    .flatMap(({ executions }) => executions)
    .map(({ executionArn = '', name = '', status = '', startDate, stopDate }) => ({
      executionArn,
      name,
      status,
      startedAt: startDate ? startDate.getTime() / 1000 : null,
      stoppedAt: (stopDate?.getTime() ?? 0) / 1000,
    }))
    .filter(({ stoppedAt }) => stoppedAt >= since)
    .sort((a, b) => b.stoppedAt - a.stoppedAt);
  const unfinished = results.filter(({ whole }) => !whole).map(({ statusFilter }) => statusFilter);
  return { ends, unfinished, failures };
}
