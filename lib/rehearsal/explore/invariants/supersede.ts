import type { Invariant } from './invariant.ts';

/** Stronger than its statement: once another rollout has written, the former one never writes again, even if it does not know of the other. */
export const supersede: Invariant = {
  statement: 'two rollouts of one alias never both write after one was told that it is superseded',
  checker: (run) => ({
    write: ({ rollout, wrote, moved }) => {
      const { lastWriter, personsWrite } = run;
      // A person has restored what was there before the other rollout, and the routing stays as they set it.
      if (personsWrite && !moved) return undefined;
      if (rollout.displacedBy) return `${wrote}, after ${rollout.displacedBy} had taken the alias over`;
      if (!lastWriter || lastWriter === rollout || lastWriter.startedAt <= rollout.startedAt) return undefined;
      return `${wrote}, after ${lastWriter.name} had written, which started later`;
    },
  }),
};
