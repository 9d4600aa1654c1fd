import { shareOf } from '../../../rollout/alias/alias.ts';
import type { ObservedRollout } from '../observed-rollout.ts';
import type { ObservedRun } from '../observed-run.ts';
import type { Finding, Invariant } from './invariant.ts';

/** How long an alarm may fire while the candidate has traffic, in seconds, while the calls that take it away are answered. */
const FIRING_SECONDS = 600;

/** A person's routing is theirs, also while an alarm fires; and a rollout that has ended has nothing to revert. */
export const firing: Invariant = {
  statement:
    "no alarm of a rollout's own policy, unless it is ignored, fires for longer than ten minutes without a revert",
  checker: (run) => {
    const check = ({ second }: { readonly second: number }): Finding => {
      for (const rollout of run.rollouts) {
        const finding = firingFor(run, rollout, second);
        if (finding) return finding;
      }
      return undefined;
    };
    return {
      shown: check,
      alarm: check,
      end: ({ rollout, second }) => firingFor(run, rollout, second),
      rest: check,
    };
  },
};

function firingFor(run: ObservedRun, rollout: ObservedRollout, second: number): Finding {
  if (!run.alias || shareOf(rollout.candidate, run.alias) === 0 || !run.answersFor(rollout)) return undefined;
  if (run.lastWriter !== rollout || rollout.stopped) return undefined;
  const until = Math.min(second, rollout.end?.second ?? second);
  const since = (name: string) =>
    Math.max(
      run.firingSince.get(name) ?? Number.POSITIVE_INFINITY,
      rollout.weightSince,
      run.takenOverAt,
      run.hinderedAt,
      blindAt(run),
    );
  const name = rollout.policy.alarms.find((each) => !rollout.ignored.has(each) && until - since(each) > FIRING_SECONDS);
  if (name === undefined) return undefined;
  return `alarm ${name} fired for ${Math.round(until - since(name))} s, and ${rollout.name} went on`;
}

/** The calls by which a firing alarm, and the rollouts that name it, are found. Counts and histories are asked for beside them. */
const findsIt = [
  'cloudwatch:DescribeAlarms',
  'states:ListExecutions',
  'states:DescribeExecution',
  'states:GetExecutionHistory',
];

/** When such a call was last disturbed: until then nobody may have known. */
const blindAt = (run: ObservedRun): number =>
  Math.max(...findsIt.map((call) => run.disturbedAt.get(call) ?? Number.NEGATIVE_INFINITY));
