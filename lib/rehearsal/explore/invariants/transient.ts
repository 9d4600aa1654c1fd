import { alarmsIn, membersIn, type Scenario } from '../../scenario/scenario.ts';
import type { Invariant } from './invariant.ts';

type Fault = Scenario['aws'][number];

/** So many repetitions in a row are still transient. */
const MOST_TIMES = 3;

/** A hook is asked once, and a person's answer is theirs; a rollout that outlives its retries or is refused is no transient fault. */
const isTransient = ({ call, times, fail }: Fault): boolean =>
  times <= MOST_TIMES && fail !== 'operator' && call !== 'lambda:Invoke' && fail !== 'AccessDeniedException';

/** Actions that leave a rollout its end. */
const harmless: readonly string[] = ['hold', 'resume'];

/**
 * A version is good if it, its traffic and its world have no fault at all, and if nobody does anything that ends a rollout. An alarm
 * that has no data, or evidence without traffic, is not good enough.
 */
function isGood(scenario: Scenario): boolean {
  const { incidents, operator, clocks, policy } = scenario;
  const members = membersIn(scenario);
  const worse = members.some(
    ({ stable, candidate }) =>
      candidate.errorRate > stable.errorRate ||
      candidate.faults.length > 0 ||
      candidate.throttleRate !== undefined ||
      candidate.p99Milliseconds !== undefined ||
      candidate.slowRate !== undefined ||
      candidate.signals !== undefined,
  );
  const quiet = alarmsIn(scenario).every(({ initialState }) => initialState === 'OK') && incidents.length === 0;
  const busy = members.every(({ traffic }) => (traffic.requestsPerSecond ?? 0) >= 1);
  const undecided = policy.steps?.some(({ approval }) => approval === 'manual') ?? false;
  return (
    !worse &&
    quiet &&
    busy &&
    !undecided &&
    policy.batches?.approval !== 'manual' &&
    clocks === undefined &&
    operator.every((action) => harmless.includes(action.do))
  );
}

export const transient: Invariant = {
  statement: 'at most one transient fault never takes back a good version',
  checker: (run) => ({
    rest: () => {
      const { scenario } = run;
      if (!scenario || !isGood(scenario) || scenario.aws.length > 1 || !scenario.aws.every(isTransient))
        return undefined;
      const [first] = run.rollouts;
      if (!first || first.end?.status === 'SUCCEEDED') return undefined;
      return `${first.name} ended as ${first.end?.error ?? first.end?.status}: ${first.end?.cause ?? ''}`;
    },
  }),
};
