import * as z from 'zod';
import { isNamed } from '../aws/handler/errors.ts';
import type { AliasName } from '../aws/lambda/alias.ts';
import { type RolledBack, runningRollout } from '../aws/lambda/rollback-alias.ts';
import { type Companion, leadOf, rollbackTogether } from '../aws/lambda/rollback-together.ts';
import { readGroup } from '../aws/stack/group-registrations.ts';
import { readRegistration } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { executionArnOf, readRollout, stopRollout } from '../aws/states/executions.ts';
import { endApproval } from '../aws/states/history.ts';
import { carriesWeights, inPercent, routingInWords } from '../rollout/alias/alias.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { memberAt } from '../rollout/document/requested.ts';
import { functionNameOf, versionSchema } from '../rollout/document/start.ts';
import type { AliasRequest } from './alias-request.ts';
import { shortNameOf } from './caller-name.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { CannotRollBack, InvalidRequest } from './errors.ts';
import { isOfGroup } from './record-of.ts';
import { aliasFields, checked, textSchema } from './request.ts';
import { resolveAlias } from './resolve-alias.ts';
import type { AliasTraffic } from './rollout-record.ts';
import { asStarted, type StartedMember } from './versions-to-start.ts';

/** An alias to roll back. */
export interface RollbackRequest extends AliasRequest {
  /**
   * The published version to go back to.
   *
   * @default the version that the alias served before
   */
  readonly to?: string;
  /**
   * The name of an execution: an alias that another one has shifted last is left alone, and so is one that it has put back already.
   *
   * @default whichever has shifted it
   */
  readonly execution?: string;
  /**
   * Why, 1 to 200 characters; the description of the alias shows it.
   *
   * @default 'asked for by an operator'
   */
  readonly reason?: string;
}

/** Another member of the rollout that was rolled back with the alias. */
export interface MemberRolledBack {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that gets no traffic any more. */
  readonly from: string;
  /** The version that gets all of it. */
  readonly to: string;
  /** Where the alias sends its traffic now. */
  readonly now: AliasTraffic;
  /** Why that version cannot be invoked at once, for people; null if it can, or if its state could not be read. */
  readonly notServing: string | null;
}

/** What every rollback answers. */
export interface RollbackAnswer {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /**
   * The name of the group whose rollout was taken back. The alias is the member that was rolled back first.
   *
   * @default the alias was shifted alone, or the group has no name
   */
  readonly group?: string;
  /**
   * The other members of the rollout, each rolled back, too.
   *
   * @default there were none to roll back
   */
  readonly members?: readonly MemberRolledBack[];
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
export interface RolloutStopped extends Omit<RollbackAnswer, 'members'> {
  /** What was done. */
  readonly action: 'stopped';
  /** The execution that was stopped. */
  readonly execution: string;
  /** The version that it was about to move traffic to. */
  readonly candidate: string;
  /**
   * The members of the group, each with the version that the rollout was about to move its traffic to.
   *
   * @default the rollout was about to shift one alias that is in no group
   */
  readonly members?: readonly StartedMember[];
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
  execution: z.string().optional(),
  reason: textSchema.default('asked for by an operator'),
});

type CheckedRequest = z.output<typeof requestSchema>;
/**
 * Rolls an alias back at once: ends the rollout that is under way, or undoes the last promotion, also after a later rollout was reverted by
 * itself. The other members of its rollout go back with it, unless a version is named. It writes the aliases itself, so it works without the
 * controller. Asking twice is harmless.
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
  const { target, group: named } = await targetOf(request, clients);
  const by = await clients.caller();
  const warnings: string[] = [];
  const { lead: done, companions } = await rollbackTogether(
    clients.lambda,
    target,
    { version: request.to, execution: request.execution, reason: request.reason, by: shortNameOf(by) },
    {
      underWay: () => underWay(clients, target, warnings),
      membersOf: (execution) => membersOf(clients, target, execution, warnings),
    },
  );
  const members = companions.flatMap(inResult);
  const group = named ?? (await groupOf(clients, target, done, members));
  const answer = {
    function: functionNameOf(target.functionName),
    alias: target.aliasName,
    ...(group === undefined ? {} : { group }),
    warnings,
  };
  const others = members.length > 0 ? { members } : {};
  switch (done.kind) {
    case 'written':
      return { ...answer, ...others, ...(await written(done, request, target, clients)) };
    case 'notStarted': {
      const { rollout, alias } = done;
      await stopRollout(clients.sfn, rollout.arn, 'RolledBackByHand', `${request.reason} (${by})`);
      const { name: execution } = rollout;
      const candidate = memberAt(rollout, target)?.candidate ?? rollout.candidate;
      const about = {
        execution,
        candidate,
        ...(isOfGroup(rollout) ? { members: rollout.members.map(asStarted) } : {}),
      };
      return { ...answer, ...about, action: 'stopped', now: inPercent(alias), reason: request.reason };
    }
    case 'done':
      return { ...answer, ...others, action: 'nothing', now: done.alias && inPercent(done.alias), reason: done.why };
    case 'refused':
      throw new CannotRollBack(`${formatTarget(target)} cannot be rolled back: ${done.why}`);
  }
}

/** The alias to roll back first. An alias that is named needs no registration, which may be gone. */
async function targetOf(
  request: CheckedRequest,
  clients: OperationClients,
): Promise<{ readonly target: AliasName; readonly group?: string }> {
  const { function: functionName, alias: aliasName } = request;
  if (aliasName !== undefined) return { target: { functionName: functionNameOf(functionName), aliasName } };
  const resolved = await resolveAlias(clients, request);
  if (!resolved.group) return { target: resolved };
  const { name, members } = resolved.group;
  if (request.to !== undefined) {
    const expected = `expected none for the group ${name}: its members have versions of their own; name a member`;
    throw new InvalidRequest([{ path: 'to', found: JSON.stringify(request.to), expected }]);
  }
  return { target: await leadOf(clients.lambda, members), group: name };
}

/** The name of the group whose members went back, or whose rollout was stopped; undefined if the alias was shifted alone. */
async function groupOf(
  { ssm }: OperationClients,
  target: AliasName,
  done: RolledBack,
  members: readonly MemberRolledBack[],
): Promise<string | undefined> {
  if (done.kind === 'notStarted') return done.rollout.group ?? undefined;
  return members.length === 0 ? undefined : (await readRegistration(ssm, target).catch(() => undefined))?.group;
}

const inResult = ({ name, done }: Companion): readonly MemberRolledBack[] =>
  done.kind === 'written'
    ? [
        {
          function: functionNameOf(name.functionName),
          alias: name.aliasName,
          from: done.from,
          to: done.to,
          now: inPercent(done.alias),
          notServing: done.notServing ?? null,
        },
      ]
    : [];

/**
 * The members that an execution may have shifted: those of the group that the alias is registered in, and those that the execution tells of
 * itself. A rollback goes on with as many as can be read: the descriptions of their aliases tell whether the execution has shifted them.
 */
async function membersOf(
  { ssm, sfn }: OperationClients,
  target: AliasName,
  execution: string,
  warnings: string[],
): Promise<readonly AliasName[]> {
  try {
    const registration = await readRegistration(ssm, target);
    if (!registration) return [];
    const { group, stateMachineArn } = registration;
    if (group !== undefined) {
      const members = (await readGroup(ssm, group))?.members ?? [];
      return members.map((each) => ({ functionName: each.function, aliasName: each.alias }));
    }
    if (await notAController(sfn, stateMachineArn)) return [];
    return (await readRollout(sfn, { executionArn: executionArnOf(stateMachineArn, execution) }))?.members ?? [];
  } catch (error) {
    // The execution of a rollout of long ago is gone.
    if (!isNamed(error, 'ExecutionDoesNotExist')) {
      warnings.push(`whether other aliases were shifted with it could not be read (${(error as Error).name})`);
    }
    return [];
  }
}

async function written(
  { alias, from, to, execution, notServing }: RolledBack & { readonly kind: 'written' },
  { reason }: CheckedRequest,
  target: AliasName,
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
async function underWay({ ssm, sfn }: OperationClients, target: AliasName, warnings: string[]) {
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
  target: AliasName,
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
