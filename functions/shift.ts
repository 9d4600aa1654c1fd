import { recorded } from '../lib/aws/events/announce.ts';
import { lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { moveAlias } from '../lib/aws/lambda/alias.ts';
import { type AliasState, shareOf } from '../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../lib/rollout/alias/description.ts';
import { timingIn } from '../lib/rollout/contracts/environment.ts';
import { type ShiftDecision, shiftOf } from '../lib/rollout/decisions/shift.ts';
import { promoted, shifted, superseded } from '../lib/rollout/decisions/transitions.ts';
import { type Rollout, revertedRouting } from '../lib/rollout/document/rollout.ts';

/** Gives the candidate its next weight, or everything: the one handler that raises a weight. */
export const create: HandlerFactory<'lambda' | 'notifications'> = recorded<'lambda'>(
  ({ clients, environment, now }) => {
    const timing = timingIn(environment);
    return async (event) => {
      const rollout = event as Rollout;
      let decision: ShiftDecision = { kind: 'write' };
      const moved = await moveAlias(clients.lambda, rollout, (alias) => {
        decision = shiftOf(rollout, alias);
        if (decision.kind === 'write') return { kind: 'write', to: rollout.wanted, description: describe(rollout) };
        return { kind: decision.kind === 'done' ? 'done' : 'foreign' };
      });
      return moved.kind === 'done' ? given(rollout) : concluded(rollout, decision, moved.alias);
    };

    function given(rollout: Rollout): Rollout {
      return rollout.next === 'promote' ? promoted(rollout, now()) : shifted(rollout, timing, now());
    }

    function concluded(rollout: Rollout, decision: ShiftDecision, alias: AliasState | null): Rollout {
      switch (decision.kind) {
        case 'lookAgain':
          return { ...rollout, next: 'preflight', reason: decision.reason };
        case 'revert':
          return { ...rollout, next: 'revert', wanted: revertedRouting(rollout), reason: decision.reason };
        case 'promoted':
          return promoted({ ...rollout, reason: decision.reason }, now());
        case 'superseded':
          return superseded(rollout, decision.reason, alias, now());
        default:
          return superseded(rollout, `alias ${rollout.aliasName} does not exist any more`, alias, now());
      }
    }
  },
);

export const handler = entry(create, { notifications, lambda });

function describe(rollout: Rollout): string {
  const { stable, candidate, wanted, reason } = rollout;
  const writer = { execution: rollout.execution.name, startedAt: rollout.execution.startedAt };
  if (rollout.next === 'promote')
    return describeEnd({ did: 'promoted', from: stable, to: candidate, reason, ...writer });
  return describeShift(
    { stable, candidate, weight: shareOf(candidate, wanted), ...writer },
    { number: rollout.step + 2, of: rollout.plan.length },
  );
}
