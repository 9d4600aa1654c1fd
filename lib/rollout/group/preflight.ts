import type { AliasState } from '../alias/alias.ts';
import { carriesWeights } from '../alias/alias.ts';
import { ownerOf } from '../alias/description.ts';
import { formatTarget } from '../alias/format-target.ts';
import { outcomeAt } from '../contracts/ends.ts';
import { oneLine } from '../contracts/text.ts';
import { preflight, type StartFacts } from '../decisions/preflight.ts';
import { reverting } from '../decisions/transitions.ts';
import type { Change } from '../document/change.ts';
import { membersOf, withMembers } from '../document/members.ts';
import { type Next, type Rollout, routingAt } from '../document/rollout.ts';
import { cloudWatchTiming, type Timing } from '../observation.ts';
import { stepInWords } from './pace.ts';
import { alarmsOf, holdOf } from './seen.ts';

/** A member with what its own preflight says. */
interface Checked {
  readonly member: Rollout;
  readonly facts: StartFacts;
  readonly change: Change;
}

/** What ends or delays one member ends or delays all of them. The first in this order that any of them comes to holds for all. */
const forAll: readonly Next[] = ['cancelled', 'rejected', 'superseded', 'rolledBack', 'awaitCommit', 'warm'];

/**
 * Whether a rollout may start, decided for each of its members. Members that serve their versions already are left out when the others go on.
 *
 * @param facts of each member, in their order; the alarms of all may be in each
 * @param now in seconds since 1970
 */
export function preflightOfAll(
  rollout: Rollout,
  facts: readonly StartFacts[],
  now: number,
  timing: Timing = cloudWatchTiming,
): Change {
  const members = membersOf(rollout);
  if (members.length === 1) return preflight(rollout, facts[0] as StartFacts, now, timing);
  const hold = holdOf(members, facts);
  const checked = members.map((member, index): Checked => {
    const found = facts[index] as StartFacts;
    const own = { ...found, hold, alarms: alarmsOf(member, rollout, found.alarms) };
    return { member, facts: own, change: preflight(member, own, now, timing) };
  });
  const decisive = forAll.flatMap((next) => checked.find((each) => nextOf(each) === next) ?? [])[0];
  if (decisive) return endedOrDelayed(rollout, checked, decisive);
  const going = checked.filter((each) => nextOf(each) !== 'promoted');
  if (going.length === 0) return told(rollout, checked, checked[0] as Checked, NOTHING_TO_DO);
  return goingOn(rollout, checked, going);
}

const NOTHING_TO_DO = 'all members serve their versions already: nothing to do';

const nextOf = ({ change }: Checked): Next => change.rollout.next;

function endedOrDelayed(rollout: Rollout, checked: readonly Checked[], decisive: Checked): Change {
  const { reason } = decisive.change.rollout;
  const isShared = checked.every(({ change }) => change.rollout.reason === reason);
  const change = told(rollout, checked, decisive, isShared ? reason : `${formatTarget(decisive.member)}: ${reason}`);
  // A first weight that was given before the rollout had to look again is taken back.
  const ends = outcomeAt(nextOf(decisive)) !== undefined;
  return ends && checked.some(({ facts }) => showsOwnWeights(rollout, facts.alias))
    ? { rollout: reverting(change.rollout, change.rollout.reason), events: [] }
    : change;
}

const showsOwnWeights = ({ execution }: Rollout, alias: AliasState | null): boolean =>
  alias !== null && carriesWeights(alias) && ownerOf(alias)?.execution === execution.name;

function goingOn(rollout: Rollout, checked: readonly Checked[], going: readonly Checked[]): Change {
  const [first] = going as readonly [Checked, ...Checked[]];
  const clears = going.filter((each) => nextOf(each) === 'promote');
  const [cleared] = clears;
  if (cleared && clears.length < going.length) {
    const { candidate } = cleared.member;
    const why = `${formatTarget(cleared.member)} serves ${candidate} already, and another rollout's weights beside it: put it back first, or deploy a new version`;
    return told(rollout, checked, { ...first, change: rejected(first.change) }, why);
  }
  const out = checked.filter((each) => !going.includes(each));
  const reasons = [
    ...going.map(({ member, change }) => `${formatTarget(member)}: ${change.rollout.reason}`),
    ...out.map(({ member }) => `${formatTarget(member)} is left out: it serves ${member.candidate} already`),
    ...[stepInWords(going.length) ?? []].flat(),
  ];
  const change = told(rollout, going, first, oneLine(reasons.join('; '), LONGEST_REASON));
  const plan = slowestOf(going.map((each) => each.change.rollout.plan));
  const leftOut = out.map(({ member }) => ({
    functionName: member.functionName,
    aliasName: member.aliasName,
    version: member.candidate,
  }));
  const planned: Rollout = { ...change.rollout, plan, leftOut: [...rollout.leftOut, ...leftOut] };
  return { ...change, rollout: nextOf(first) === 'promote' ? planned : { ...planned, wanted: routingAt(planned, 0) } };
}

/** Adaptive weights begin with the smallest that the traffic of any member asks for. */
const slowestOf = (plans: readonly Rollout['plan'][]): Rollout['plan'] =>
  plans.reduce((slow, plan) => ((plan[0]?.weight ?? 100) < (slow[0]?.weight ?? 100) ? plan : slow));

/** Every member has a part of the reason for the first weight. */
const LONGEST_REASON = 2000;

const rejected = ({ rollout }: Change): Change => ({ rollout: { ...rollout, next: 'rejected' }, events: [] });

/**
 * The rollout as the decisive member says it goes on, with what was found of all of `some`. The others take no part any more.
 *
 * @param reason for the whole
 */
function told(rollout: Rollout, some: readonly Checked[], { change }: Checked, reason: string): Change {
  const looked = some.map((each) => each.change.rollout);
  const all = <Entry>(entriesOf: (member: Rollout) => readonly Entry[]) => [...new Set(looked.flatMap(entriesOf))];
  const { rollout: decisive, events } = change;
  return {
    rollout: {
      ...withMembers({ ...decisive, policy: rollout.policy }, looked),
      reason,
      remarks: all(({ remarks }) => remarks),
      ignoredAlarms: all(({ ignoredAlarms }) => ignoredAlarms),
      firedBefore: all(({ firedBefore }) => firedBefore),
      notes: looked.flatMap((member) =>
        member.notes.map((note) => oneLine(`${formatTarget(member)}: ${note}`, LONGEST_NOTE)),
      ),
      wanted: (looked[0] as Rollout).wanted,
    },
    events: events.map((event) => (event.reason === decisive.reason ? { ...event, reason } : event)),
  };
}

/** So much of a note is kept for each member. */
const LONGEST_NOTE = 300;
