import { carriesWeights, sameRouting, shareOf } from '../../../rollout/alias/alias.ts';
import { endOf } from '../../../rollout/alias/description.ts';
import type { ObservedRun } from '../observed-run.ts';
import type { Finding, Invariant, Write } from './invariant.ts';

export const proof: Invariant = {
  statement:
    "nothing is promoted without the last step's observation having passed on data that covers its bake and every alarm; no data is no pass",
  checker: (run) => ({
    write: (write) => {
      // A rollout to the version that the alias serves already only takes another rollout's weights away.
      if (!write.advanced || takesWeightsAway(write) || isSkippedByHand(write, run) || isGivenAgain(write, run))
        return undefined;
      const { rollout } = write;
      const step = rollout.stepOn(write.before);
      const watched = { rollout, step, world: run.world, skewSeconds: run.skewSeconds };
      const objection = step < 0 ? undefined : run.observations.objection(watched);
      return outOfTurn(write, step) ?? notApproved(write, step) ?? (objection && `${write.wrote}, but ${objection}`);
    },
  }),
};

/** A person who promotes one member of a group in the rollout's name, by command, skips the last bake for all of them. */
const isSkippedByHand = ({ rollout: { name, candidate }, after }: Write, { fellows }: ObservedRun): boolean =>
  after.functionVersion === candidate &&
  fellows.some(
    ({ personsWrite, alias }) =>
      personsWrite !== null && alias !== null && endOf(alias)?.did === 'promoted' && endOf(alias)?.execution === name,
  );

/** The weight that the rollout gave last was proven then. A person took it away, and the next attempt of the same Task gives it again. */
const isGivenAgain = ({ rollout: { given }, after }: Write, { personsWrite }: ObservedRun): boolean =>
  personsWrite !== null && given !== null && sameRouting(given, after);

export const takesWeightsAway = ({ rollout, before, after }: Write): boolean =>
  before.functionVersion === rollout.candidate && !carriesWeights(after);

function outOfTurn({ rollout: { candidate, plan, policy }, after, wrote }: Write, step: number): Finding {
  const next = plan[step + 1];
  // The evidence may choose any weight, but everything comes last.
  if (policy.adaptive && after.functionVersion !== candidate) return undefined;
  const inTurn = next
    ? after.functionVersion !== candidate && shareOf(candidate, after) === next.weight
    : after.functionVersion === candidate;
  return inTurn ? undefined : `${wrote}, which is not the next weight`;
}

/** An approval answers one question: the weight that it was asked for uses it up. */
function notApproved({ rollout, wrote }: Write, step: number): Finding {
  if (rollout.plan[step + 1]?.approval !== 'manual' || rollout.approvedAt !== null) return undefined;
  return `${wrote}, which nobody had approved`;
}
