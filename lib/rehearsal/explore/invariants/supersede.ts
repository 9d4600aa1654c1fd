import type { Invariant } from './invariant.ts';
import { goesOnFromItsOwn, takesItsOwnBack } from './its-own.ts';

/**
 * Stronger than its statement: once another rollout has written, the former one never writes again, even if it does not know of the other. But
 * a person may restore what was there before the other rollout: a write that moves nothing leaves the routing as they set it, and the former
 * rollout takes its own weights back if they come with its description. It also goes on from them if nobody had told it yet.
 */
export const supersede: Invariant = {
  statement: 'two rollouts of one alias never both write after one was told that it is superseded',
  checker: (run) => ({
    write: (write) => {
      const { rollout, wrote, moved } = write;
      const { lastWriter, personsWrite } = run;
      if (personsWrite && (!moved || takesItsOwnBack(write) || goesOnFromItsOwn(write))) return undefined;
      if (rollout.displacedBy) return `${wrote}, after ${rollout.displacedBy} had taken the alias over`;
      if (!lastWriter || lastWriter === rollout || lastWriter.startedAt <= rollout.startedAt) return undefined;
      return `${wrote}, after ${lastWriter.name} had written, which started later`;
    },
  }),
};
