import type { AlarmSpec } from '../../lib/rehearsal/scenario/alarm-spec.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import { RehearsedAws } from '../../lib/rehearsal/services/aws.ts';
import { RehearsedLambda } from '../../lib/rehearsal/services/lambda.ts';
import type { StepFunctionsPort } from '../../lib/rehearsal/services/step-functions-port.ts';
import { Faults } from '../../lib/rehearsal/simulation/faults.ts';
import { inVirtualTime, type VirtualTime } from '../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../lib/rehearsal/world/random.ts';
import { World } from '../../lib/rehearsal/world/world.ts';
import type { Registration } from '../../lib/rollout/contracts/registration.ts';

/** A state machine without executions. */
const noExecutions: StepFunctionsPort = {
  start: async () => {},
  executions: () => [],
  historyOf: () => [],
  stop: () => {},
  succeedTask: () => {},
  failTask: () => {},
};

let virtualTime: VirtualTime | undefined;

/** What runs at the same time on the same clock. */
const beside = new Set<Promise<unknown>>();

/**
 * Runs something with an AWS of {@link anAws} on virtual time, which stands still while the SDK reads its configuration. What is run
 * meanwhile shares the clock.
 */
export function onVirtualTime<T>(run: (time: VirtualTime) => Promise<T>): Promise<T> {
  if (virtualTime) {
    const running = run(virtualTime);
    beside.add(running);
    return running;
  }
  return inVirtualTime(createRandom(1), async (time) => {
    virtualTime = time;
    try {
      return await run(time);
    } finally {
      await Promise.allSettled(beside);
      beside.clear();
      virtualTime = undefined;
    }
  });
}

/** The rehearsal's AWS at rest: function `checkout` with versions 41 and 42, and its alias `live` at 41. */
export function anAws(
  faults: readonly AwsFault[] = [],
  second: () => number = () => 0,
  executions: Partial<StepFunctionsPort> = {},
  {
    registration = null,
    alarms = [],
  }: { readonly registration?: Registration | null; readonly alarms?: AlarmSpec[] } = {},
) {
  const lambda = new RehearsedLambda({ functionName: 'checkout', aliasName: 'live' }, '41', () => {});
  lambda.publish('42');
  const world = new World({
    requestsPerSecond: 0,
    stable: { version: '41', errorRate: 0 },
    candidate: '42',
    incidents: [],
    alarms,
    seed: 1,
  });
  const time = { second, busy: () => virtualTime?.busy() ?? { [Symbol.dispose]: () => {} } };
  const aws = new RehearsedAws({
    lambda,
    stepFunctions: { ...noExecutions, ...executions },
    world,
    faults: new Faults(faults),
    time,
    metricDelaySeconds: 60,
    registration,
  });
  return { aws, lambda, time };
}
