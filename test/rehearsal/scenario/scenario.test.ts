import { describe, expect, it } from 'vitest';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { refusalsIn } from '../../../lib/rollout/contracts/refusal.ts';

const smallest: ScenarioInput = { traffic: { requestsPerSecond: 10 }, policy: { preset: 'AllAtOnce' } };
const alarm = { name: 'errors', metric: 'errorRate', threshold: 0.05, evaluationPeriods: 3 } as const;

const parse = (changes: object) => scenarioSchema.parse({ ...smallest, ...changes });

/** Each refused field, and what was expected there. */
function refused(changes: object): Record<string, string> {
  const { error } = scenarioSchema.safeParse({ ...smallest, ...changes }, { reportInput: true });
  return Object.fromEntries((error ? refusalsIn(error) : []).map(({ path, expected }) => [path, expected]));
}

describe('a scenario', () => {
  it('needs its traffic and a policy, and nothing else', () => {
    const { policy, ...rest } = parse({});
    expect(policy.preset).toBe('AllAtOnce');
    expect(rest).toEqual({
      name: 'rehearsal',
      seed: 1,
      traffic: { requestsPerSecond: 10 },
      stable: { errorRate: 0 },
      candidate: { errorRate: 0, faults: [] },
      incidents: [],
      metrics: { periodSeconds: 60, delaySeconds: 60 },
      alarms: [],
      operator: [],
      aws: [],
    });
    expect(Object.keys(refused({ traffic: undefined, policy: undefined }))).toEqual(['traffic', 'policy']);
  });

  it('of the contract is taken as it stands', () => {
    const contract = {
      name: 'one request in ten fails',
      seed: 1,
      traffic: { requestsPerSecond: 10 },
      stable: { errorRate: 0.001 },
      candidate: {
        errorRate: 0.1,
        faults: [
          { afterSeconds: 600, errorRate: 1 },
          { aboveWeight: 50, errorRate: 0.5 },
        ],
      },
      incidents: [{ fromSecond: 900, forSeconds: 300, errorRate: 0.05 }],
      metrics: { periodSeconds: 60, delaySeconds: 60 },
      alarms: [
        {
          name: 'checkout-errors',
          metric: 'errorRate',
          scope: 'alias',
          threshold: 0.05,
          evaluationPeriods: 3,
          datapointsToAlarm: 2,
          treatMissingData: 'notBreaching',
          initialState: 'OK',
        },
      ],
      operator: [{ atSecond: 420, do: 'rollback' }],
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 3, fail: 'TooManyRequestsException' }],
    };
    expect(parse(contract)).toMatchObject(contract);
  });

  it('may name alarms that its world does not have', () => {
    expect(refused({ policy: { preset: 'AllAtOnce', alarms: ['nobody-made-me'] } })).toEqual({});
  });

  it('fills in what CloudWatch fills in of an alarm', () => {
    expect(parse({ alarms: [alarm] }).alarms).toEqual([
      { ...alarm, scope: 'alias', datapointsToAlarm: 3, treatMissingData: 'missing', initialState: 'OK' },
    ]);
  });

  it('may deploy again, with a healthy version unless it says otherwise', () => {
    const { operator } = parse({
      operator: [
        { atSecond: 60, do: 'deploy' },
        { atSecond: 90, do: 'deploy', candidate: { errorRate: 0.5 } },
      ],
    });
    expect(operator).toEqual([
      { atSecond: 60, do: 'deploy', candidate: { errorRate: 0, faults: [] } },
      { atSecond: 90, do: 'deploy', candidate: { errorRate: 0.5, faults: [] } },
    ]);
  });

  it('takes a fault of AWS as a fault of the first call alone unless it says otherwise', () => {
    expect(parse({ aws: [{ call: 'lambda:GetAlias', fail: 'timeout' }] }).aws).toEqual([
      { call: 'lambda:GetAlias', nth: 1, times: 1, fail: 'timeout' },
    ]);
  });
});

describe('a scenario is refused, with the path and what was expected', () => {
  const setAlias = { atSecond: 1, do: 'setAlias', functionVersion: '41' };
  const fault = (each: object) => ({ candidate: { faults: [each] } });

  it.each<[string, object, string, RegExp]>([
    ['an unknown key', { trafic: {} }, 'trafic', /spelling/],
    ['an unknown key further in', { stable: { errorrate: 0 } }, 'stable.errorrate', /spelling/],
    ['faults of the stable version', { stable: { faults: [] } }, 'stable.faults', /spelling/],
    ['a rate below 0', { stable: { errorRate: -0.1 } }, 'stable.errorRate', /at least 0/],
    ['a rate in percent', { candidate: { errorRate: 10 } }, 'candidate.errorRate', /at most 1/],
    ['a rate in quotes', { candidate: { errorRate: '0.1' } }, 'candidate.errorRate', /a number/],
    ['too much traffic', { traffic: { requestsPerSecond: 1e7 } }, 'traffic.requestsPerSecond', /at most 1000000/],
    ['a seed that is not whole', { seed: 1.5 }, 'seed', /whole number/],
    ['a period of nothing', { metrics: { periodSeconds: 0 } }, 'metrics.periodSeconds', /at least 1/],
    ['half a second of delay', { metrics: { delaySeconds: 0.5 } }, 'metrics.delaySeconds', /whole number/],
    ['a fault without a beginning', fault({ errorRate: 1 }), 'candidate.faults[0]', /exactly one of/],
    [
      'a fault with two beginnings',
      fault({ afterSeconds: 1, aboveWeight: 1, errorRate: 1 }),
      'candidate.faults[0]',
      /exactly one of/,
    ],
    [
      'a fault above all weights',
      fault({ aboveWeight: 101, errorRate: 1 }),
      'candidate.faults[0].aboveWeight',
      /at most 100/,
    ],
    [
      'an incident in the past',
      { incidents: [{ fromSecond: -1, forSeconds: 1, errorRate: 1 }] },
      'incidents[0].fromSecond',
      /at least 0/,
    ],
    [
      'an alarm on nothing',
      { alarms: [{ ...alarm, metric: 'duration' }] },
      'alarms[0].metric',
      /"errorRate" or "errors"/,
    ],
    [
      'an alarm that needs more than it sees',
      { alarms: [{ ...alarm, datapointsToAlarm: 4 }] },
      'alarms[0].datapointsToAlarm',
      /at most 3/,
    ],
    ['two alarms of one name', { alarms: [alarm, alarm] }, 'alarms[1].name', /no other alarm/],
    [
      'an alarm over two days',
      { alarms: [{ ...alarm, evaluationPeriods: 2880 }] },
      'alarms[0].evaluationPeriods',
      /at most 1440/,
    ],
    ['an unknown action', { operator: [{ atSecond: 1, do: 'pray' }] }, 'operator[0].do', /"rollback" or .*"deploy"/],
    ['an action at no time', { operator: [{ do: 'hold' }] }, 'operator[0].atSecond', /a number/],
    [
      'an action in half a year',
      { operator: [{ atSecond: 15e6, do: 'hold' }] },
      'operator[0].atSecond',
      /at most 2073600/,
    ],
    [
      'an action with a comment',
      { operator: [{ atSecond: 1, do: 'hold', reason: 'x' }] },
      'operator[0].reason',
      /spelling/,
    ],
    [
      'an alias on $LATEST',
      { operator: [{ ...setAlias, functionVersion: '$LATEST' }] },
      'operator[0].functionVersion',
      /published version/,
    ],
    [
      'an alias with a weight above all traffic',
      { operator: [{ ...setAlias, additionalVersionWeights: { 42: 101 } }] },
      'operator[0].additionalVersionWeights.42',
      /at most 100/,
    ],
    [
      'an alias with three versions',
      { operator: [{ ...setAlias, additionalVersionWeights: { 42: 10, 43: 10 } }] },
      'operator[0].additionalVersionWeights',
      /at most one version/,
    ],
    [
      'an alias with one version twice',
      { operator: [{ ...setAlias, additionalVersionWeights: { 41: 10 } }] },
      'operator[0].additionalVersionWeights',
      /another version/,
    ],
    [
      'a call without a service',
      { aws: [{ call: 'UpdateAlias', fail: 'timeout' }] },
      'aws[0].call',
      /lambda:UpdateAlias/,
    ],
    [
      'a call before the first',
      { aws: [{ call: 'lambda:GetAlias', nth: 0, fail: 'timeout' }] },
      'aws[0].nth',
      /at least 1/,
    ],
    [
      'a stale answer of a call that reads no alias',
      { aws: [{ call: 'cloudwatch:DescribeAlarms', fail: 'stale' }] },
      'aws[0].call',
      /lambda:GetAlias/,
    ],
    [
      'an operator between read and write who does nothing',
      { aws: [{ call: 'lambda:UpdateAlias', fail: 'operator' }] },
      'aws[0].operator',
      /the action of the operator/,
    ],
    [
      'an operator beside a fault',
      { aws: [{ call: 'lambda:UpdateAlias', fail: 'timeout', operator: { do: 'rollback' } }] },
      'aws[0].operator',
      /the action of the operator/,
    ],
    [
      'an odd delivery that nobody knows',
      { events: [{ event: 'alarm', deliver: 'slowly' }] },
      'events[0].deliver',
      /late/,
    ],
    [
      'a failure without a name',
      { aws: [{ call: 'lambda:GetAlias', fail: '' }] },
      'aws[0].fail',
      /"timeout" or "crash"/,
    ],
    ['an impossible policy', { policy: { canary: { weight: 80 } } }, 'policy.canary.weight', /at most 50/],
  ])('%s', (_, changes, path, expected) => {
    const refusals = refused(changes);
    expect(Object.keys(refusals)).toEqual([path]);
    expect(refusals[path]).toMatch(expected);
  });
});
