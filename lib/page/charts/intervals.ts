import type { Counts, VersionCounts } from '../../rollout/observation.ts';
import type { Look } from '../course.ts';

/** The time between two looks, and the requests that the second one found in addition. */
export interface Interval {
  readonly from: number;
  readonly until: number;
  readonly requests: VersionCounts;
}

const nothing: Counts = { invocations: 0, errors: 0 };

/**
 * The intervals between looks. If there are more than a chart can show, several are one.
 *
 * @param most how many there may be
 */
export function intervalsOf(looks: readonly Look[], most: number): readonly Interval[] {
  const taken = Math.max(1, Math.ceil(looks.length / most));
  const chosen = looks.filter((_, index) => index % taken === taken - 1 || index === looks.length - 1);
  return chosen.flatMap((look, index) => {
    const before = chosen[index - 1];
    const [from, until] = [before?.second ?? 0, look.second];
    if (until <= from) return [];
    const { stable = nothing, candidate = nothing } = before?.requests ?? {};
    const requests = {
      stable: more(look.requests.stable, stable),
      candidate: more(look.requests.candidate, candidate),
    };
    return [{ from, until, requests }];
  });
}

/** CloudWatch may correct a count downwards. */
const more = (now: Counts, before: Counts): Counts => ({
  invocations: Math.max(0, now.invocations - before.invocations),
  errors: Math.max(0, now.errors - before.errors),
});
