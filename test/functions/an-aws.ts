import type { AwsFault } from '../../lib/rehearsal/scenario/scenario.ts';
import { RehearsedAws } from '../../lib/rehearsal/services/aws.ts';
import { RehearsedLambda } from '../../lib/rehearsal/services/lambda.ts';
import { Faults } from '../../lib/rehearsal/simulation/faults.ts';
import { World } from '../../lib/rehearsal/world/world.ts';

/** The rehearsal's AWS at rest: function `checkout` with versions 41 and 42, and its alias `live` at 41. */
export function anAws(faults: readonly AwsFault[] = [], second: () => number = () => 0) {
  const lambda = new RehearsedLambda({ functionName: 'checkout', aliasName: 'live' }, '41', () => {});
  lambda.publish('42');
  const world = new World({
    requestsPerSecond: 0,
    stable: { version: '41', errorRate: 0 },
    candidate: '42',
    incidents: [],
    alarms: [],
    seed: 1,
  });
  const time = { second, busy: () => ({ [Symbol.dispose]: () => {} }) };
  const aws = new RehearsedAws({ lambda, world, faults: new Faults(faults), time, metricDelaySeconds: 60 });
  return { aws, lambda, time };
}
