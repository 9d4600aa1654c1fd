import type * as z from 'zod';
import { refusalInWords } from '../contracts/refusal.ts';
import type { Registration } from '../contracts/registration.ts';
import { oneLine } from '../contracts/text.ts';
import type { Change } from '../document/change.ts';
import { newRollout } from '../document/new-rollout.ts';
import { outOfReach, readStartInput, type StartRequest, stackOutOfReach } from '../document/start.ts';
import { notForSeveral, tooManyMembers } from '../group/room.ts';
import { MOST_ALARMS, type Policy, policySchema } from '../policy/policy.ts';
import { type RollbackInput, rollbackInputSchema } from './rollback.ts';

/** The answer to an input that makes no rollout, with every field that the state machine reads. */
export interface NoRollout {
  readonly next: 'rejected';
  readonly reason: string;
  readonly toRelease: false;
}

/** The execution that an input started; the start is in seconds since 1970. */
export interface StartedExecution {
  readonly id: string;
  readonly name: string;
  readonly startedAt: number;
}

/** Whether an input asks for a rollback; any other is taken for one that asks for a rollout. */
export const isRollbackRequest = (input: unknown): boolean =>
  (input as { readonly operation?: unknown } | null)?.operation === 'rollback';

/** Checks an input that asks for a rollout. */
export function startRequestIn(input: unknown, executionArn: string): StartRequest | NoRollout {
  const parsed = readStartInput(input);
  if (!parsed.success) return refused(parsed.error);
  const { members, stack } = parsed.data;
  const elsewhere =
    members.map((member) => outOfReach(member.function, executionArn)).find((why) => why !== undefined) ??
    (stack === null ? undefined : stackOutOfReach(stack, executionArn));
  return elsewhere ? noRollout(elsewhere) : parsed.data;
}

/**
 * Whether the registrations that the stacks of the aliases have deployed have to be read: they have what the request leaves out, and they
 * bound the provisioned concurrency that the request asks for.
 */
export const dependsOnTheStack = ({ policy, members }: StartRequest): boolean =>
  policy === undefined || members.some(({ provisionedConcurrency }) => provisionedConcurrency !== null);

/**
 * The new rollout that a request asks for.
 *
 * @param deployed for each member the registration that its stack has deployed; empty if the request does not depend on them
 * @param definition the number of the state machine's definition that the execution runs by
 */
export function begun(
  given: StartRequest,
  deployed: readonly (Registration | undefined)[],
  execution: StartedExecution,
  definition?: number,
): Change | NoRollout {
  const request = withGroup(given, deployed);
  const chosen = request.policy ?? deployedPolicy(request, deployed[0]);
  if (typeof chosen === 'string') return noRollout(chosen);
  const policy = {
    ...chosen,
    alarms: [...new Set([chosen.alarms, ...request.members.map(({ alarms }) => alarms)].flat())],
  };
  if (policy.alarms.length > MOST_ALARMS) {
    return noRollout(
      `expected at most ${MOST_ALARMS} alarms of the policy and its members in all, found ${policy.alarms.length}`,
    );
  }
  const members = request.members.map((member, index) => ({
    ...member,
    provisionedConcurrency:
      member.provisionedConcurrency === undefined
        ? deployed[index]?.provisionedConcurrency
        : member.provisionedConcurrency,
  }));
  const tooMany = members
    .map(({ provisionedConcurrency }, index) => moreThanDeployed(provisionedConcurrency ?? 0, deployed[index]))
    .find((why) => why !== undefined);
  if (tooMany) return noRollout(tooMany);
  const rollout = newRollout({ ...request, members, policy }, execution, definition);
  const unfit = tooManyMembers(rollout) ?? notForSeveral(rollout);
  if (unfit) return noRollout(unfit);
  const reason = `started by ${rollout.startedBy}`;
  return { rollout, events: [{ event: 'started', weight: 0, reason, at: execution.startedAt }] };
}

/**
 * The request with what it leaves out of the group: its name, and, with the policy that is deployed, the alarms that watch each member alone.
 */
export function withGroup(request: StartRequest, deployed: readonly (Registration | undefined)[]): StartRequest {
  const { policy, members } = request;
  const group = request.group ?? deployed[0]?.group ?? null;
  if (policy !== undefined) return { ...request, group };
  const watched = members.map((member, index) => ({
    ...member,
    alarms: member.alarms.length > 0 ? member.alarms : (deployed[index]?.alarms ?? []),
  }));
  return { ...request, group, members: watched };
}

/** Environments cost money, and those of one function are missing to all others of the account: the stack's owner says how many there may be. */
function moreThanDeployed(wanted: number, registration: Registration | undefined): string | undefined {
  const deployed = registration?.provisionedConcurrency ?? 0;
  return wanted > deployed
    ? `provisionedConcurrency: expected at most ${deployed}, the number that the stack of the alias has deployed, found ${wanted}: deploy a higher number first`
    : undefined;
}

/** The policy that the stack has deployed; or why there is none, in words. */
function deployedPolicy({ members }: StartRequest, deployed: Registration | undefined): Policy | string {
  if (deployed?.policy === undefined) {
    const [first] = members;
    return `no policy is given, and none is deployed for alias ${first?.alias} of ${first?.function}: give one as "policy"`;
  }
  const policy = policySchema.safeParse(deployed.policy, { reportInput: true });
  return policy.success
    ? policy.data
    : `the policy that is deployed for the alias is refused: ${refusalInWords(policy.error)}`;
}

/** Checks an input that asks for a rollback. It is only sent on: the function that reverts carries it out. */
export function rollbackRequestIn(
  input: unknown,
  executionArn: string,
): (RollbackInput & { readonly next: 'rollback' }) | NoRollout {
  const parsed = rollbackInputSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) return refused(parsed.error);
  const { function: functionName, alias = '' } = parsed.data;
  const elsewhere = outOfReach(functionName ?? alias, executionArn);
  return elsewhere ? noRollout(elsewhere) : { ...parsed.data, next: 'rollback' };
}

/** Whether an input was answered instead of taken up. */
export const isNoRollout = (answer: object): answer is NoRollout => 'next' in answer && answer.next === 'rejected';

const noRollout = (reason: string): NoRollout => ({ next: 'rejected', reason, toRelease: false });

/** An input may have thousands of fields that are refused; a Fail state's Cause has room for some. */
const LONGEST_REFUSAL = 2000;

const refused = (error: z.ZodError): NoRollout =>
  noRollout(oneLine(`the input is refused: ${refusalInWords(error)}`, LONGEST_REFUSAL));
