import type * as z from 'zod';
import { refusalInWords } from '../contracts/refusal.ts';
import type { Registration } from '../contracts/registration.ts';
import { oneLine } from '../contracts/text.ts';
import type { Change } from '../document/change.ts';
import { newRollout, outOfReach, stackOutOfReach, startInputSchema } from '../document/start.ts';
import { type Policy, policySchema } from '../policy/policy.ts';
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

/** A checked input that asks for a rollout. */
export type StartRequest = z.output<typeof startInputSchema>;

/** Whether an input asks for a rollback; any other is taken for one that asks for a rollout. */
export const isRollbackRequest = (input: unknown): boolean =>
  (input as { readonly operation?: unknown } | null)?.operation === 'rollback';

/** Checks an input that asks for a rollout. */
export function startRequestIn(input: unknown, executionArn: string): StartRequest | NoRollout {
  const parsed = startInputSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) return refused(parsed.error);
  const { function: functionName, stack } = parsed.data;
  const elsewhere =
    outOfReach(functionName, executionArn) ?? (stack === null ? undefined : stackOutOfReach(stack, executionArn));
  return elsewhere ? noRollout(elsewhere) : parsed.data;
}

/**
 * Whether the registration that the alias's stack has deployed has to be read: it has what the request leaves out, and it bounds the
 * provisioned concurrency that the request asks for.
 */
export const dependsOnTheStack = ({ policy, provisionedConcurrency }: StartRequest): boolean =>
  policy === undefined || provisionedConcurrency !== null;

/**
 * The new rollout that a request asks for.
 *
 * @param deployed the registration that the stack of the alias has deployed; undefined if the request does not depend on it, or it has deployed nothing
 * @param definition the number of the state machine's definition that the execution runs by
 */
export function begun(
  request: StartRequest,
  deployed: Registration | undefined,
  execution: StartedExecution,
  definition?: number,
): Change | NoRollout {
  const policy = request.policy ?? deployedPolicy(request, deployed);
  if (typeof policy === 'string') return noRollout(policy);
  const provisionedConcurrency =
    request.provisionedConcurrency === undefined ? deployed?.provisionedConcurrency : request.provisionedConcurrency;
  const tooMany = moreThanDeployed(provisionedConcurrency ?? 0, deployed);
  if (tooMany) return noRollout(tooMany);
  const rollout = newRollout({ ...request, policy, provisionedConcurrency }, execution, definition);
  const reason = `started by ${rollout.startedBy}`;
  return { rollout, events: [{ event: 'started', weight: 0, reason, at: execution.startedAt }] };
}

/** Environments cost money, and those of one function are missing to all others of the account: the stack's owner says how many there may be. */
function moreThanDeployed(wanted: number, registration: Registration | undefined): string | undefined {
  const deployed = registration?.provisionedConcurrency ?? 0;
  return wanted > deployed
    ? `provisionedConcurrency: expected at most ${deployed}, the number that the stack of the alias has deployed, found ${wanted}: deploy a higher number first`
    : undefined;
}

/** The policy that the stack has deployed; or why there is none, in words. */
function deployedPolicy(request: StartRequest, deployed: Registration | undefined): Policy | string {
  if (deployed?.policy === undefined) {
    return `no policy is given, and none is deployed for alias ${request.alias} of ${request.function}: give one as "policy"`;
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
