import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type AliasState, carriesWeights } from '../../rollout/alias/alias.ts';
import { endOf, writerOf } from '../../rollout/alias/description.ts';
import {
  describeRollback,
  putBackAlready,
  type RollbackDecision,
  type RollbackInput,
  rollbackOf,
  rollbackReason,
} from '../../rollout/decisions/rollback.ts';
import { memberAt } from '../../rollout/document/requested.ts';
import { serviceOf, stateInWords, UNKNOWN_STATE, wakingCommand } from '../../rollout/version-state.ts';
import { type RolloutExecution, readRollouts } from '../states/executions.ts';
import { type AliasName, moveAlias } from './alias.ts';
import { readVersionState } from './functions.ts';

/** The result of a rollback: the alias as it was read back after the write; or why there was no write. */
export type RolledBack =
  | {
      readonly kind: 'written';
      readonly alias: AliasState;
      readonly from: string;
      readonly to: string;
      /** The name of the execution whose weights were taken away, as far as the alias told. That execution ends now. */
      readonly execution: string | undefined;
      /** The execution that has shifted the alias last, as far as the alias told: also one that has ended long ago. */
      readonly writer: string | undefined;
      /** Why the version cannot be invoked at once, in words; null if it can. Undefined if its state could not be read. */
      readonly notServing: string | null | undefined;
    }
  | { readonly kind: 'done' | 'refused'; readonly alias: AliasState | null; readonly why: string }
  | { readonly kind: 'notStarted'; readonly alias: AliasState; readonly rollout: RolloutExecution };

/**
 * Rolls an alias back: one read, one write, and reads until the alias shows the write. {@link rollbackOf} decides to which version.
 *
 * @param asked an `execution` leaves an alias alone that another one has shifted last; `once`, one that it has put back already, which
 *   else leads further back
 * @param underWay finds a rollout of the alias that is running. It is asked only if the alias carries no weights and no version is
 *   named: then the person may mean that rollout, which has moved no traffic yet, and nothing is written
 */
export async function rollbackAlias(
  lambda: LambdaClient,
  name: AliasName,
  asked: Pick<RollbackInput, 'version' | 'reason' | 'by'> & {
    readonly execution?: string | undefined;
    readonly once?: boolean;
  },
  underWay: () => Promise<RolloutExecution | undefined>,
): Promise<RolledBack> {
  let decision: RollbackDecision | undefined;
  let wrote: (RollbackDecision & { kind: 'write' }) | undefined;
  let rollout: RolloutExecution | undefined;
  const moved = await moveAlias(lambda, name, async (alias) => {
    if (!wrote && alias && asked.execution !== undefined && writerOf(alias)?.execution !== asked.execution) {
      decision = { kind: 'done', why: 'the alias was not shifted by the rollout that is taken back' };
      return { kind: 'done' };
    }
    const ended = alias ? endOf(alias) : undefined;
    if (!wrote && asked.once && ended && ended.did !== 'promoted') {
      decision = { kind: 'done', why: putBackAlready(ended) };
      return { kind: 'done' };
    }
    if (!wrote && alias && !carriesWeights(alias) && asked.version === undefined) {
      rollout = await underWay();
      const end = endOf(alias);
      if (rollout && end?.execution === rollout.name) {
        // That rollout is over, but for its execution. Whoever asks for its end must not be led further back.
        rollout = undefined;
        if (end.did === 'reverted') {
          decision = { kind: 'done', why: putBackAlready(end) };
          return { kind: 'done' };
        }
      }
    }
    if (rollout) return { kind: 'foreign' };
    decision = rollbackOf(alias, asked.version);
    if (decision.kind !== 'write') return { kind: decision.kind === 'done' ? 'done' : 'foreign' };
    wrote = decision;
    return { kind: 'write', to: decision.to, description: describeRollback(decision, rollbackReason(asked)) };
  });
  const { alias } = moved;
  if (rollout && alias) return { kind: 'notStarted', alias, rollout };
  // A write whose answer was lost is found on the alias as it was wanted: then this call has written it.
  if (wrote && alias && moved.kind === 'done') {
    return {
      kind: 'written',
      alias,
      from: wrote.from,
      to: wrote.to.functionVersion,
      execution: wrote.midway ? wrote.writer?.execution : undefined,
      writer: wrote.writer?.execution,
      notServing: await whyNotServing(lambda, name.functionName, wrote.to.functionVersion),
    };
  }
  const why = decision && decision.kind !== 'write' ? decision.why : 'the alias was changed meanwhile';
  return { kind: decision?.kind === 'done' ? 'done' : 'refused', alias, why };
}

/** Read after the write, which waits for nothing. */
async function whyNotServing(
  lambda: LambdaClient,
  functionName: string,
  version: string,
): Promise<string | null | undefined> {
  try {
    const state = await readVersionState(lambda, functionName, version);
    if (state.state === UNKNOWN_STATE) return undefined;
    if (serviceOf(state.state) === 'now') return null;
    const woken = state.state === 'Inactive' ? `; wake it: ${wakingCommand(functionName, version)}` : '';
    return `${stateInWords(version, state)}, so requests fail until it is Active${woken}`;
  } catch {
    return undefined;
  }
}

/**
 * The newest rollout of an alias that is running. Of several to the same version it is the first: the others have joined it and wait for
 * its end.
 */
export async function runningRollout(
  sfn: SFNClient,
  stateMachineArn: string,
  alias: AliasName,
): Promise<RolloutExecution | undefined> {
  let newest: RolloutExecution | undefined;
  for await (const rollout of readRollouts(sfn, stateMachineArn, { status: 'RUNNING', alias })) {
    if (newest && memberAt(rollout, alias)?.candidate !== memberAt(newest, alias)?.candidate) break;
    newest = rollout;
  }
  return newest;
}
