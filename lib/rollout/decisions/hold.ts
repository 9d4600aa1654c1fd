import { type Change, updated, withEvent } from '../document/change.ts';
import { weightOf } from '../document/rollout.ts';

/**
 * The change after a look at whether an operator holds the rollout. That it is held, or goes on, is told once.
 *
 * @param hold the operator's reason; null if nobody holds the rollout
 * @param now in seconds since 1970
 */
export function heldOrResumed(before: Change, hold: string | null, now: number): Change {
  const { held } = before.rollout;
  const looked = updated(before, { held: hold });
  if ((hold === null) === (held === null)) return looked;
  const weight = weightOf(before.rollout);
  return hold === null
    ? withEvent(looked, now, 'resumed', weight, 'the hold is gone')
    : withEvent(looked, now, 'held', weight, hold);
}
