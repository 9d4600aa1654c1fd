import { carriesWeights, type Routing, sameRouting } from '../../../rollout/alias/alias.ts';
import { ownerOf } from '../../../rollout/alias/description.ts';
import { membersOf } from '../../../rollout/document/members.ts';
import { isDocument, rolloutIn } from '../../../rollout/document/rollout.ts';
import { functionNameOf } from '../../../rollout/document/start.ts';
import type { Invariant } from './invariant.ts';
import { goesOnFromItsOwn, takesItsOwnBack } from './its-own.ts';

/**
 * A person's routing is theirs, with these exceptions:
 *
 * - Exactly the next weight is an advance. It belongs to the rollout like its own, unless the alias was reverted before.
 * - A routing that equals the one before the person's write changes nothing, even after a detour: a rollout that did not look
 *   meanwhile cannot know of it.
 * - The very weight that a rollout gave last, restored after an event had taken it away: as long as its execution runs, it cannot know of
 *   the event, and goes on from its weight.
 * - The routing that the document of a Task knows, restored after an attempt of the same Task had written another: with the rollout's
 *   description, or in the Task that gives the first weight. The next attempt is called with the document of before.
 * - Weights that a person restored with the description of a rollout that runs or ended badly: an event or a sweep takes them for the
 *   rollout's own.
 * - A rollout that has written nothing yet may start from any single version that a person left, and from weights of another rollout
 *   that they restored with its description: only that rollout can know that it had gone on. One that has written may write over neither.
 */
export const person: Invariant = {
  statement: "a person's write is never overwritten",
  checker: (run) => ({
    write: (write) => {
      const { rollout, before, after, wrote, invocation } = write;
      if (!run.personsWrite) return undefined;
      const owner = ownerOf(before);
      const isOfAnother = (owner?.execution ?? rollout.name) !== rollout.name;
      const startsFrom =
        !rollout.hasWritten &&
        (!carriesWeights(before) || isOfAnother) &&
        after.functionVersion === before.functionVersion;
      const isOwnByDescription = !rollout.endedDeliberately && !isDocument(invocation.event) && takesItsOwnBack(write);
      const isOfItsDocument =
        (owner?.execution === rollout.name || givesFirstWeight(invocation.event)) &&
        knows(invocation.event, run.functionName, before);
      const allowed =
        goesOnFromItsOwn(write) ||
        isOfItsDocument ||
        isOwnByDescription ||
        sameRouting(before, after) ||
        sameRouting(before, run.lastOfSluice as Routing) ||
        run.personsWrite.adoptableBy.has(rollout.name) ||
        startsFrom;
      return allowed ? undefined : `${wrote}, which a person had set`;
    },
  }),
};

/** Whether a Task is called before its rollout has given any weight. */
const givesFirstWeight = (event: unknown): boolean => isDocument(event) && (rolloutIn(event)?.step ?? 0) < 0;

/** Whether a Task's document says of a member that it has seen its alias so. */
function knows(event: unknown, functionName: string, alias: Routing): boolean {
  const rollout = isDocument(event) ? rolloutIn(event) : undefined;
  const member = rollout && membersOf(rollout).find((each) => functionNameOf(each.functionName) === functionName);
  return member !== undefined && sameRouting(member.seen, alias);
}
