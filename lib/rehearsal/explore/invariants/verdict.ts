import type { Invariant } from './invariant.ts';

/**
 * A verdict binds every handler that begins after it, and everyone once the alias was reverted. In between, a write that was on
 * its way may land; Revert takes it away.
 */
export const verdict: Invariant = {
  statement: "after a verdict to revert the candidate's weight never rises again",
  checker: () => ({
    write: ({ rollout, invocation, advanced, wrote }) => {
      const given = rollout.verdict;
      if (!advanced || !given || (!given.done && invocation.begunAt <= given.at)) return undefined;
      return `${wrote}, after the verdict at ${Math.round(given.at)} s to revert`;
    },
  }),
};
