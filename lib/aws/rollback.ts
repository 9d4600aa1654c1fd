import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type AliasState, carriesWeights } from '../rollout/alias.ts';
import {
  describeRollback,
  type RollbackDecision,
  type RollbackInput,
  rollbackOf,
  rollbackReason,
} from '../rollout/rollback.ts';
import { type AliasName, moveAlias } from './alias.ts';
import { type RolloutExecution, readRollouts } from './executions.ts';

/** What a rollback did: the alias as it was read back, and the write; or why there was none. */
export type RolledBack =
  | {
      readonly kind: 'written';
      readonly alias: AliasState;
      readonly from: string;
      readonly to: string;
      readonly execution: string | undefined;
    }
  | { readonly kind: 'done' | 'refused'; readonly alias: AliasState | null; readonly why: string };

/** Puts an alias back: one read, one write, and the alias read back until it shows it. See {@link rollbackOf} for where to. */
export async function rollBack(
  lambda: LambdaClient,
  name: AliasName,
  asked: Pick<RollbackInput, 'version' | 'reason' | 'by'>,
): Promise<RolledBack> {
  let decision: RollbackDecision | undefined;
  let wrote: (RollbackDecision & { kind: 'write' }) | undefined;
  const moved = await moveAlias(lambda, name, (alias) => {
    decision = rollbackOf(alias, asked.version);
    if (decision.kind !== 'write') return { kind: decision.kind === 'done' ? 'done' : 'foreign' };
    wrote = decision;
    return { kind: 'write', to: decision.to, description: describeRollback(decision, rollbackReason(asked)) };
  });
  // A write whose answer was lost is found on the alias as it was wanted: then this call has written it.
  if (wrote && moved.alias && moved.kind === 'done') {
    return {
      kind: 'written',
      alias: moved.alias,
      from: wrote.from,
      to: wrote.to.functionVersion,
      execution: wrote.writer?.execution,
    };
  }
  const why = decision && decision.kind !== 'write' ? decision.why : 'the alias was changed meanwhile';
  return { kind: decision?.kind === 'done' ? 'done' : 'refused', alias: moved.alias, why };
}

/**
 * A rollout that was started for an alias and has moved no traffic yet: it, and not the version that the alias serves, is what a
 * rollback without a version means.
 */
export async function rolloutBeforeTraffic(
  sfn: SFNClient,
  stateMachineArn: string,
  name: AliasName,
  alias: AliasState | null,
): Promise<RolloutExecution | undefined> {
  if (!alias || carriesWeights(alias)) return undefined;
  for await (const rollout of readRollouts(sfn, stateMachineArn, { status: 'RUNNING', alias: name })) return rollout;
  return undefined;
}
