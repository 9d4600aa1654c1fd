import { HOLD_TAG } from '../../../rollout/observation.ts';
import type { ObservedAnswer } from '../../services/aws.ts';
import type { ObservedRollout } from '../observed-rollout.ts';
import type { Invariant } from './invariant.ts';
import { takesWeightsAway } from './proof.ts';

/** How long before a weight is given the tags may have been read, in seconds: less than any wait or hook. */
const LOOKED_SECONDS = 120;

const looks: readonly (string | undefined)[] = ['observe', 'preflight'];

/**
 * A hold that is set between the last look and the write comes too late. Tags that could not be read may be a hold; tags that are
 * outdated show none, and nobody can know.
 */
export const hold: Invariant = {
  statement: 'no weight rises while the function is on hold',
  checker: (run) => {
    const lastLooks = new Map<ObservedRollout, 'held' | 'unreadable' | 'free'>();
    return {
      answer: ({ answer }) => {
        const { invocation, call, output } = answer;
        const rollout = invocation && looks.includes(invocation.name) ? run.rolloutOf(invocation) : null;
        const seen = call === 'lambda:GetFunction' ? holdIn(output) : undefined;
        if (rollout && seen) lastLooks.set(rollout, seen);
        return undefined;
      },
      write: (write) => {
        const { rollout, advanced, wrote } = write;
        if (!advanced || takesWeightsAway(write)) return undefined;
        const look = lastLooks.get(rollout);
        if (look === 'held') return `${wrote}, after a look that had seen a hold`;
        if (look === 'unreadable') return `${wrote}, after a look that could not see whether there is a hold`;
        if (run.heldSince === null || run.disturbedAt.has('lambda:GetFunction')) return undefined;
        if (rollout.shiftingSince - run.heldSince <= LOOKED_SECONDS) return undefined;
        return `${wrote}, although it was on hold since ${Math.round(run.heldSince)} s`;
      },
    };
  },
};

/** A look at a version has no tags at all: it is none at the hold. */
function holdIn(output: ObservedAnswer['output']): 'held' | 'unreadable' | 'free' | undefined {
  const { Tags, TagsError } = output as { readonly Tags?: object; readonly TagsError?: object };
  if (TagsError) return 'unreadable';
  return Tags && (HOLD_TAG in Tags ? 'held' : 'free');
}
