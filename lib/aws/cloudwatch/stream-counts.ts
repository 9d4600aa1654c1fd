import type { StreamCounts } from '../../rollout/evidence/streams.ts';
import type { Counts, VersionCounts } from '../../rollout/observation.ts';
import { LATENCY, THROTTLES } from '../../rollout/policy/streams.ts';
import type { StreamsQuery } from '../source.ts';
import { failuresId, type Role, requestsId } from './count-queries.ts';

/** The values of a metric by the start of their period, in seconds since 1970. */
export type Series = ReadonlyMap<number, number>;

/**
 * What else went wrong in a period. A throttled request is no invocation, so both together are what was tried. A signal is there only if
 * one of its metrics has data.
 *
 * @param counts the invocations of the period
 */
export function streamsIn(
  series: ReadonlyMap<string, Series>,
  start: number,
  counts: VersionCounts,
  { slowerThan, signals }: StreamsQuery,
): StreamCounts {
  const at = (role: Role, id: string) => series.get(`${role}${id}`)?.get(start);
  const both = (of: (role: Role, counts: Counts) => Counts): VersionCounts => ({
    stable: of('stable', counts.stable),
    candidate: of('candidate', counts.candidate),
  });
  const throttles = both((role, { invocations }) => {
    const errors = at(role, 'Throttles') ?? 0;
    return { invocations: invocations + errors, errors };
  });
  const slow = both((role, { invocations }) => ({ invocations, errors: at(role, 'Slow') ?? 0 }));
  const told = signals.flatMap(({ name, requests }, index) => {
    const ids = [failuresId(index), ...(requests === undefined ? [] : [requestsId(index)])];
    const isTold = (['stable', 'candidate'] as const).some((role) => ids.some((id) => at(role, id) !== undefined));
    const signal = both((role, { invocations }) => ({
      invocations: requests === undefined ? invocations : (at(role, requestsId(index)) ?? 0),
      errors: at(role, failuresId(index)) ?? 0,
    }));
    return isTold ? [[name, signal] as const] : [];
  });
  return {
    [THROTTLES]: throttles,
    ...(slowerThan === null ? {} : { [LATENCY]: slow }),
    ...Object.fromEntries(told),
  };
}
