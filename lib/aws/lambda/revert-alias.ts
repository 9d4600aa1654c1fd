import type { AliasState } from '../../rollout/alias/alias.ts';
import { describeEnd } from '../../rollout/alias/description.ts';
import type { Moved } from '../../rollout/alias/move.ts';
import type { RevertDecision } from '../../rollout/decisions/revert.ts';
import type { Clients } from '../handler/clients.ts';
import { type AliasName, moveAlias } from './alias.ts';

/** Reverts an alias if the decision on it says so; otherwise leaves it as it is. */
export async function revertAlias(
  lambda: Clients['lambda'],
  name: AliasName,
  reason: string,
  decideOn: (alias: AliasState | null) => RevertDecision | Promise<RevertDecision>,
): Promise<{ readonly moved: Moved; readonly decision: RevertDecision; readonly written: Written | undefined }> {
  let decision: RevertDecision | undefined;
  let written: Written | undefined;
  const moved = await moveAlias(lambda, name, async (alias) => {
    decision = await decideOn(alias);
    if (decision.kind === 'leave') return { kind: decision.found === 'stable' ? 'done' : 'foreign' };
    written = decision;
    const { to, candidate, before, writer } = decision;
    const description = describeEnd({
      did: 'reverted',
      from: candidate,
      to: to.functionVersion,
      before,
      reason,
      ...writer,
    });
    return { kind: 'write', to, description };
  });
  return { moved, decision: decision as RevertDecision, written: moved.wrote ? written : undefined };
}

/** The decision behind a write. */
export type Written = RevertDecision & { readonly kind: 'write' };
