import type { Invariant } from './invariant.ts';
import { takesWeightsAway } from './proof.ts';

export const hooks: Invariant = {
  statement: 'a version to which a hook has not agreed gets no more traffic',
  checker: () => ({
    write: (write) => {
      const { rollout, advanced, wrote } = write;
      if (!advanced || takesWeightsAway(write) || rollout.hookObjectedAt === null) return undefined;
      return `${wrote}, although a hook had objected at ${Math.round(rollout.hookObjectedAt)} s`;
    },
  }),
};
