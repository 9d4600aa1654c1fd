import { carriesWeights, shareOf } from '../../../rollout/alias/alias.ts';
import { ObservationLog } from '../observation-log.ts';
import type { Finding, Invariant, Write } from './invariant.ts';

export const proof: Invariant = {
  statement: "nothing is promoted without the last step's observation having passed; no data is no pass",
  checker: ({ policy }) => {
    const observations = new ObservationLog();
    return {
      answer: ({ answer }) => {
        observations.add(answer);
        return undefined;
      },
      write: (write) => {
        // A rollout to the version that the alias serves already only takes another rollout's weights away.
        if (!write.advanced || takesWeightsAway(write)) return undefined;
        const step = write.rollout.stepOn(write.before);
        const objection = step < 0 ? undefined : observations.objection(write.rollout, step, policy);
        return outOfTurn(write, step) ?? notApproved(write, step) ?? (objection && `${write.wrote}, but ${objection}`);
      },
    };
  },
};

const takesWeightsAway = ({ rollout, before, after }: Write): boolean =>
  before.functionVersion === rollout.candidate && !carriesWeights(after);

function outOfTurn({ rollout: { candidate, plan }, after, wrote }: Write, step: number): Finding {
  const next = plan[step + 1];
  const inTurn = next
    ? after.functionVersion !== candidate && shareOf(candidate, after) === next.weight
    : after.functionVersion === candidate;
  return inTurn ? undefined : `${wrote}, which is not the next weight`;
}

function notApproved({ rollout, wrote }: Write, step: number): Finding {
  if (rollout.plan[step + 1]?.approval !== 'manual' || rollout.approvedAt >= rollout.shareSince) return undefined;
  return `${wrote}, which nobody had approved`;
}
