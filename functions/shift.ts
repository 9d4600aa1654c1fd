import { moveAlias } from '../lib/aws/alias.ts';
import { lambda } from '../lib/aws/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/entry.ts';
import { routingInWords, sameRouting, shareOf } from '../lib/rollout/alias.ts';
import { describeEnd, describeShift } from '../lib/rollout/description.ts';
import { timingIn } from '../lib/rollout/environment.ts';
import { promoted, shifted, superseded } from '../lib/rollout/progress.ts';
import type { Rollout } from '../lib/rollout/rollout.ts';

/** Gives the candidate its next weight, or everything: the one handler that raises a weight. */
export const create: HandlerFactory<'lambda'> = ({ clients, environment, now }) => {
  const timing = timingIn(environment);
  return async (event) => {
    const rollout = event as Rollout;
    const { wanted, seen } = rollout;
    const moved = await moveAlias(clients.lambda, rollout, (alias) => {
      if (alias && sameRouting(alias, wanted)) return { kind: 'done' };
      if (!alias || !sameRouting(alias, seen)) return { kind: 'foreign' };
      return { kind: 'write', to: wanted, description: describe(rollout) };
    });
    if (moved.kind === 'done') {
      return rollout.next === 'promote' ? promoted(rollout, now()) : shifted(rollout, timing, now());
    }
    if (rollout.step < 0 && moved.alias) {
      return {
        ...rollout,
        next: 'preflight',
        reason: 'the alias changed before the first weight was given: looking again',
      };
    }
    return superseded(
      rollout,
      moved.alias
        ? `the alias was changed to ${routingInWords(moved.alias)} by someone else; it stays as they set it`
        : `alias ${rollout.aliasName} does not exist any more`,
      now(),
    );
  };
};

export const handler = entry(create, { lambda });

function describe(rollout: Rollout): string {
  const { stable, candidate, wanted, execution } = rollout;
  if (rollout.next === 'promote') {
    return describeEnd({
      did: 'promoted',
      from: stable,
      to: candidate,
      reason: rollout.reason,
      execution: execution.name,
    });
  }
  return describeShift(
    {
      stable,
      candidate,
      weight: shareOf(candidate, wanted),
      execution: execution.name,
      startedAt: execution.startedAt,
    },
    { number: rollout.step + 2, of: rollout.plan.length },
  );
}
