import { allTrafficTo, sameRouting } from '../alias/alias.ts';
import { endOf } from '../alias/description.ts';
import { formatTarget } from '../alias/format-target.ts';
import { oneLine } from '../contracts/text.ts';
import type { Decision } from '../decisions/rules/decision.ts';
import { type Rollout, weightOf } from '../document/rollout.ts';
import type { CountedObservation } from '../observation.ts';
import { hasMovedOn } from './moved-on.ts';

/** A member at a look, and the decision on it alone. */
export interface Looked {
  readonly member: Rollout;
  readonly seen: CountedObservation;
  readonly decision: Decision;
}

/**
 * What the decisions on the members mean for all of them. The order is the specification: whatever ends one member ends all; the group goes on
 * if nothing keeps any of them, and is promoted when the last one agrees.
 */
export function together(looks: readonly Looked[]): Decision {
  const [only, ...others] = looks as readonly [Looked, ...Looked[]];
  if (others.length === 0) return only.decision;
  return (
    byALoss(looks) ??
    first(looks, 'revert') ??
    byAPromotionUnderWay(looks) ??
    byARetreat(looks) ??
    byTheSlowest(looks) ??
    first(looks, 'askApproval') ??
    onwards(looks)
  );
}

/**
 * Somebody else has set a member: it is theirs, and the others go back. A person who has promoted every member has promoted the group, also if the
 * next rollout has begun at one of them since.
 */
function byALoss(looks: readonly Looked[]): Decision | undefined {
  const lost = looks.find((look) => look.decision.kind === 'superseded' && !isMovedOn(look));
  if (lost) return asOfAll(lost, looks);
  if (looks.every((look) => isPromoted(look) || isMovedOn(look))) {
    return looks.every(({ decision }) => decision.kind === 'superseded') ? first(looks, 'superseded') : undefined;
  }
  const isUnderWay = looks.some(isPromotedByUs);
  const byHand = looks.find((look) => (isPromoted(look) ? !isPromotedByUs(look) : isMovedOn(look) && !isUnderWay));
  return byHand && { kind: 'superseded', reason: named(byHand) };
}

/**
 * Some members are promoted in the rollout's own name, as by a command, or by a handler that died: the others follow. So do all if each was
 * promoted and the next rollout has begun at one of them.
 */
function byAPromotionUnderWay(looks: readonly Looked[]): Decision | undefined {
  const promoted =
    looks.find(isPromotedByUs) ??
    (looks.some(isMovedOn) ? looks.find(({ decision }) => decision.kind !== 'superseded') : undefined);
  return promoted && { kind: 'complete', reason: promoted.decision.reason };
}

/** A member that retreats to a small weight takes the others along, whatever keeps them. */
function byARetreat(looks: readonly Looked[]): Decision | undefined {
  const retreats = looks.filter(
    ({ member, decision }) => decision.kind === 'advance' && (decision.weight ?? 100) < weightOf(member),
  );
  return retreats.length === 0 ? undefined : onwards(retreats);
}

/** The group is looked at again as soon as the first of those that keep it can be judged. */
function byTheSlowest(looks: readonly Looked[]): Decision | undefined {
  const waits = looks.flatMap(({ decision }) => (decision.kind === 'keepWatching' ? [decision.waitSeconds] : []));
  const slowest = first(looks, 'keepWatching');
  return slowest && { ...slowest, kind: 'keepWatching', waitSeconds: Math.min(...waits) };
}

function onwards(looks: readonly Looked[]): Decision {
  const [{ decision }] = looks as readonly [Looked, ...Looked[]];
  const reasons = new Set(looks.map((look) => look.decision.reason));
  const reason = reasons.size === 1 ? decision.reason : oneLine(looks.map(named).join('; '));
  const weights = looks.flatMap((look) => ('weight' in look.decision ? (look.decision.weight ?? []) : []));
  return weights.length > 0 && decision.kind === 'advance'
    ? { ...decision, reason, weight: Math.min(...weights) }
    : { ...decision, reason };
}

function first(looks: readonly Looked[], kind: Decision['kind']): Decision | undefined {
  const found = looks.find(({ decision }) => decision.kind === kind);
  return found && asOfAll(found, looks);
}

/** The decision on one member for all of them, which names that member unless it says the same of all. */
function asOfAll(found: Looked, looks: readonly Looked[]): Decision {
  const isShared = looks.every(({ decision }) => decision.reason === found.decision.reason);
  return isShared ? found.decision : { ...found.decision, reason: named(found) };
}

const named = ({ member, decision }: Looked): string => `${formatTarget(member)}: ${decision.reason}`;

const isPromoted = ({ member, seen: { alias } }: Looked): boolean =>
  member.step >= 0 && alias !== null && sameRouting(alias, allTrafficTo(member.candidate));

const isMovedOn = ({ member, seen: { alias } }: Looked): boolean => hasMovedOn(member, alias);

const isPromotedByUs = (look: Looked): boolean => {
  const end = look.seen.alias ? endOf(look.seen.alias) : undefined;
  return isPromoted(look) && end?.did === 'promoted' && end.execution === look.member.execution.name;
};
