import { cloudWatchTiming, type MetricTiming, type Timing } from '../observation.ts';
import { LOG_PERIOD_SECONDS } from './answer.ts';
import { delayOf } from './lag.ts';
import { FIRST_LAG_SECONDS, type LogMemory } from './memory.ts';

/** What of a rollout says where its counts come from. */
interface Counting {
  readonly logs: LogMemory | null;
  readonly others?: readonly { readonly logs: LogMemory | null }[];
}

/** The memory of a member that counts by its log now; null if it counts by CloudWatch's minutes. */
export const readsLog = ({ logs }: Counting): LogMemory | null => (logs?.minutesBecause === null ? logs : null);

/** How old the counts of a member are. */
export function metricsTimingOf(member: Counting, minutes: MetricTiming): MetricTiming {
  const log = readsLog(member);
  return log ? { periodSeconds: LOG_PERIOD_SECONDS, delaySeconds: delayOf(log) } : minutes;
}

/** How old the counts under a policy will be, as far as that is known before a rollout: the lag of a log is measured in it. */
export const expectedTimingOf = ({ evidence }: Policy): MetricTiming =>
  evidence?.counts === 'logs'
    ? { periodSeconds: LOG_PERIOD_SECONDS, delaySeconds: delayOf({ lagSeconds: FIRST_LAG_SECONDS }) }
    : cloudWatchTiming.metrics;

/** What of a policy says where its counts come from. */
interface Policy {
  readonly evidence?: { readonly counts: 'metrics' | 'logs' } | undefined;
}

/** How old the counts of a whole rollout are: those of the member whose counts come last. */
export function timingOfRollout({ logs, others = [] }: Counting, minutes: Timing): Timing {
  const all = [{ logs }, ...others].map((member) => metricsTimingOf(member, minutes.metrics));
  const age = ({ periodSeconds, delaySeconds }: MetricTiming) => periodSeconds + delaySeconds;
  return { ...minutes, metrics: all.reduce((oldest, each) => (age(each) > age(oldest) ? each : oldest)) };
}
