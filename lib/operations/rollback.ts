import * as z from 'zod';
import { type RolledBack, rollbackAlias, runningRollout } from '../aws/lambda/rollback-alias.ts';
import { readRegistration } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { executionArnOf, stopRollout } from '../aws/states/executions.ts';
import { endApproval } from '../aws/states/history.ts';
import { carriesWeights, inPercent, routingInWords } from '../rollout/alias/alias.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { functionNameOf, versionSchema } from '../rollout/document/start.ts';
import type { AliasRequest } from './alias-request.ts';
import { shortNameOf } from './caller-name.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { CannotRollBack } from './errors.ts';
import { aliasFields, checked, textSchema } from './request.ts';
import { resolveAlias } from './resolve-alias.ts';
import type { AliasTraffic } from './rollout-record.ts';

/** An alias to roll back. */
export interface RollbackRequest extends AliasRequest {
  /**
   * The published version to go back to.
   *
   * @default the version that the alias served before
   */
  readonly to?: string;
  /**
   * Why, 1 to 200 characters; the description of the alias shows it.
   *
   * @default 'asked for by an operator'
   */
  readonly reason?: string;
}

/** What every rollback answers. */
export interface RollbackAnswer {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** What could not be read on the way, for people. It did not stop the rollback. */
  readonly warnings: readonly string[];
}

/** The alias was written: it serves one version alone. */
export interface AliasRolledBack extends RollbackAnswer {
  /** What was done. */
  readonly action: 'rolledBack';
  /** The version that gets no traffic any more. */
  readonly from: string;
  /** The version that gets all of it. */
  readonly to: string;
  /** Where the alias sends its traffic now. */
  readonly now: AliasTraffic;
  /** Why, as the request says. */
  readonly reason: string;
  /** Why that version cannot be invoked at once, for people; null if it can, or if its state could not be read. */
  readonly notServing: string | null;
  /** The execution whose rollout ends with this; null if none was under way. */
  readonly execution: string | null;
  /** Whether that execution waited for an approval, so that it ends at once and not at its next look. */
  readonly endsNow: boolean;
}

/** A rollout that had moved no traffic yet was stopped; the alias is as it was. */
export interface RolloutStopped extends RollbackAnswer {
  /** What was done. */
  readonly action: 'stopped';
  /** The execution that was stopped. */
  readonly execution: string;
  /** The version that it was about to move traffic to. */
  readonly candidate: string;
  /** Where the alias sends its traffic. */
  readonly now: AliasTraffic;
  /** Why, as the request says. */
  readonly reason: string;
}

/** There was nothing to do: the alias serves that version already. */
export interface NothingRolledBack extends RollbackAnswer {
  /** What was done. */
  readonly action: 'nothing';
  /** Where the alias sends its traffic; null if it does not exist. */
  readonly now: AliasTraffic | null;
  /** Why there was nothing to do. */
  readonly reason: string;
}

/** What came of a rollback. Tell the cases apart by `action`. */
export type RollbackResult = AliasRolledBack | RolloutStopped | NothingRolledBack;

const requestSchema = z.strictObject({
  ...aliasFields,
  to: versionSchema.optional(),
  reason: textSchema.default('asked for by an operator'),
});

type CheckedRequest = z.output<typeof requestSchema>;
interface Target {
  readonly functionName: string;
  readonly aliasName: string;
}

/**
 * Rolls an alias back at once: ends the rollout that is under way, or undoes the last promotion, also after a later rollout was reverted by
 * itself. It writes the alias itself, so it works
 * without the controller. Asking twice is harmless.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws CannotRollBack if the alias does not exist, or its description does not record the version before
 * @throws InvalidRequest, AliasNotFound or AliasAmbiguous if the request leaves a doubt
 * @example
 * const done = await rollback({ function: 'checkout', alias: 'live', reason: 'orders are missing' });
 * if (done.action === 'rolledBack') console.info(`${done.to} serves all traffic`);
 */
export async function rollback(
  given: RollbackRequest,
  clients: OperationClients = clientsHere(),
): Promise<RollbackResult> {
  const request = checked(requestSchema, given);
  const target = await targetOf(request, clients);
  const by = await clients.caller();
  const warnings: string[] = [];
  const done = await rollbackAlias(
    clients.lambda,
    target,
    { version: request.to, reason: request.reason, by: shortNameOf(by) },
    () => underWay(clients, target, warnings),
  );
  const answer = { function: target.functionName, alias: target.aliasName, warnings };
  switch (done.kind) {
    case 'written':
      return { ...answer, ...(await written(done, request, target, clients)) };
    case 'notStarted': {
      const { rollout, alias } = done;
      await stopRollout(clients.sfn, rollout.arn, 'RolledBackByHand', `${request.reason} (${by})`);
      const { name: execution, candidate } = rollout;
      return { ...answer, action: 'stopped', execution, candidate, now: inPercent(alias), reason: request.reason };
    }
    case 'done':
      return { ...answer, action: 'nothing', now: done.alias && inPercent(done.alias), reason: done.why };
    case 'refused':
      throw new CannotRollBack(`${formatTarget(target)} cannot be rolled back: ${done.why}`);
  }
}

/** An alias that is named needs no registration, which may be gone. */
async function targetOf(request: CheckedRequest, clients: OperationClients): Promise<Target> {
  const { function: functionName, alias: aliasName } = request;
  return aliasName === undefined
    ? resolveAlias(clients, request)
    : { functionName: functionNameOf(functionName), aliasName };
}

async function written(
  { alias, from, to, execution, notServing }: RolledBack & { readonly kind: 'written' },
  { reason }: CheckedRequest,
  target: Target,
  clients: OperationClients,
) {
  if (carriesWeights(alias)) {
    throw new Error(`the alias carries weights after it was rolled back: ${routingInWords(alias)}`);
  }
  const endsNow = execution !== undefined && (await endWaiting(clients, target, execution, reason));
  return {
    action: 'rolledBack' as const,
    from,
    to,
    now: inPercent(alias),
    reason,
    notServing: notServing ?? null,
    execution: execution ?? null,
    endsNow,
  };
}

/** A rollout that has not begun. A rollback goes on without knowing of one, for the controller may be out of reach. */
async function underWay({ ssm, sfn }: OperationClients, target: Target, warnings: string[]) {
  try {
    const registration = await readRegistration(ssm, target);
    if (!registration) return undefined;
    const { stateMachineArn } = registration;
    const why = await notAController(sfn, stateMachineArn);
    if (why === undefined) return await runningRollout(sfn, stateMachineArn, target);
    warnings.push(`whether a rollout is about to begin was not read: ${why}`);
    return undefined;
  } catch (error) {
    warnings.push(`whether a rollout is about to begin could not be read (${(error as Error).name})`);
    return undefined;
  }
}

/** Ends the wait for an approval, so that the execution does not outlive its rollout; it would find out by itself. */
async function endWaiting(
  { ssm, sfn }: OperationClients,
  target: Target,
  execution: string,
  reason: string,
): Promise<boolean> {
  try {
    const registration = await readRegistration(ssm, target);
    if (!registration || (await notAController(sfn, registration.stateMachineArn))) return false;
    return await endApproval(sfn, executionArnOf(registration.stateMachineArn, execution), reason);
  } catch {
    return false;
  }
}
