import type { ObservedRun } from '../observed-run.ts';
import type { Finding, Invariant, Write } from './invariant.ts';
import { takesWeightsAway } from './proof.ts';

/** A silence that is less likely than this at the step's weight is none by chance. */
const INCREDIBLE = 1e-6;

/** At the last step nobody else serves: so many requests without a trace are no chance. It is more than a rollout needs to see it. */
const CLEARLY_SERVED = 60;

/** How late a minute can be read, and how old data is that every look before the write must have been able to read. */
const LATE_SECONDS = 60;
const READABLE_AFTER_SECONDS = 120;

/**
 * Where the counts of a step could not be read, nobody could know. A candidate that slept for a while and then served is starved no more:
 * that is waited for.
 */
export const starved: Invariant = {
  statement: 'a candidate that served nothing while traffic came is never given more of it',
  checker: (run) => ({
    write: (write) => {
      const { rollout } = write;
      const step = rollout.stepOn(write.before);
      if (!write.advanced || step < 0 || takesWeightsAway(write) || rollout.approvedAt !== null) return undefined;
      if ((rollout.plan[step]?.bakeSeconds ?? 0) === 0) return undefined;
      const { weight = 0 } = rollout.plan[step] ?? {};
      if (weight === 100) return silentAtTheLastStep(write, run);
      const last = run.observations.of(rollout.name, step).at(-1);
      const read = (last?.counts ?? []).filter(({ isComplete }) => isComplete);
      const seen = (version: 'stable' | 'candidate') => read.reduce((sum, counts) => sum + counts[version], 0);
      if (seen('candidate') > 0 || (1 - weight / 100) ** seen('stable') >= INCREDIBLE) return undefined;
      return `${write.wrote}, although ${seen('stable')} requests came at ${weight} % and none reached the candidate`;
    },
  }),
};

function silentAtTheLastStep({ rollout, wrote, second }: Write, run: ObservedRun): Finding {
  const { world } = run;
  const from = Math.ceil(rollout.shareSince / 60) * 60;
  const readable = Math.floor((second - READABLE_AFTER_SECONDS) / 60) * 60;
  if (!world || readable <= from || run.disturbedAt.has('cloudwatch:GetMetricData')) return undefined;
  const until = Math.floor((second - LATE_SECONDS) / 60) * 60;
  const served = world.counts(rollout.candidate, from, until, 60).reduce((sum, each) => sum + each.invocations, 0);
  const rate = run.requestsOf(rollout.candidate) - rollout.requestsBefore;
  if (served > 0 || rate < CLEARLY_SERVED) return undefined;
  return `${wrote}, although none of ${rate} requests reached the candidate`;
}
