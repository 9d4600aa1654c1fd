import { allTrafficTo, routingInWords, sameRouting, shareOf } from '../../../rollout/alias/alias.ts';
import type { ObservedRollout } from '../observed-rollout.ts';
import type { ObservedRun } from '../observed-run.ts';
import type { Finding, Invariant } from './invariant.ts';

/**
 * What a person has set is theirs, and so is what a later rollout has written: the other members are then all put back, or were all promoted
 * before.
 */
export const together: Invariant = {
  statement: 'at rest all members of a group are on their candidates or all are on their stable versions',
  checker: (run) => ({
    rest: () => {
      if (run.fellows.length < 2 || run !== run.fellows[0]) return undefined;
      const names = new Set(run.fellows.flatMap(({ rollouts }) => rollouts.map(({ name }) => name)));
      for (const name of names) {
        const finding = tornApart(name, run.fellows);
        if (finding) return finding;
      }
      return undefined;
    },
  }),
};

function tornApart(name: string, fellows: readonly ObservedRun[]): Finding {
  const own = fellows.flatMap((run) => {
    const rollout = run.rollout(name);
    return rollout && isLeftToIt(run, rollout) ? [{ run, place: placeOf(run, rollout) }] : [];
  });
  const [first] = own;
  const other = own.find(({ place }) => place !== first?.place);
  return first && other ? `${name} left ${shownBy(first.run)} and ${shownBy(other.run)}` : undefined;
}

/** Whether no person and no later rollout has decided on a member. */
const isLeftToIt = ({ personsWrite, lastWriter }: ObservedRun, rollout: ObservedRollout): boolean =>
  personsWrite === null && (lastWriter === null || lastWriter === rollout || lastWriter.startedAt < rollout.startedAt);

function placeOf({ alias }: ObservedRun, { candidate }: ObservedRollout): 'candidate' | 'between' | 'stable' {
  if (!alias || shareOf(candidate, alias) === 0) return 'stable';
  return sameRouting(alias, allTrafficTo(candidate)) ? 'candidate' : 'between';
}

const shownBy = ({ functionName, alias }: ObservedRun): string =>
  `${functionName} at ${alias ? routingInWords(alias) : 'its first version'}`;
