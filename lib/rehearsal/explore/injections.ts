import type { ScenarioInput } from '../scenario/scenario.ts';

/** What a scenario gains when something is injected into it. */
export interface Injection {
  readonly name: string;
  readonly aws?: NonNullable<ScenarioInput['aws']>;
  readonly operator?: NonNullable<ScenarioInput['operator']>;
  readonly events?: NonNullable<ScenarioInput['events']>;
}

/** A call that a run made: the how manieth of its name it was, when it was made, and how many of each name came before it. */
export interface Call {
  readonly call: string;
  readonly nth: number;
  readonly second: number;
  readonly before: Readonly<Record<string, number>>;
}

type Fault = NonNullable<ScenarioInput['aws']>[number];

/** Five attempts of the SDK in each of a Task's six. In Revert's twenty-one the SDK soon stops repeating: its quota is used up. */
const SPENT = 5 * 6;
const SPENT_IN_REVERT = 75;
const FOR_EVER = 1_000_000;

/** All that is called beside the alias's own calls: what Revert has to do without. */
const others = [
  'cloudformation:DescribeStacks',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'events:PutEvents',
  'lambda:GetFunction',
  'lambda:GetProvisionedConcurrencyConfig',
  'lambda:Invoke',
] as const;

/** Everything that is injected at one call. */
export function injectionsAt(at: Call): readonly Injection[] {
  return [...faultsAt(at), ...personsAt(at)];
}

function faultsAt({ call, nth, before }: Call): readonly Injection[] {
  const fault = (name: string, fail: string, times = 1): Injection => ({
    name: `${call} ${nth} ${name}`,
    aws: [{ call, nth, times, fail }],
  });
  const throttled = call.startsWith('lambda:') ? 'TooManyRequestsException' : 'ThrottlingException';
  const every = [
    fault('is throttled three times', throttled, 3),
    fault('fails until retries are spent', 'ServiceException', SPENT),
    fault('is applied and its answer lost', 'timeout'),
    fault('kills its handler before', 'crashBefore'),
    fault('kills its handler after', 'crash'),
    fault('kills its handlers after, until retries are spent', 'crash', 6),
    fault('outlives its Task', 'outlive'),
    fault('outlives its Tasks, again and again', 'outlive', 6),
    {
      name: `${call} ${nth} kills its handlers before, until the last outlives its Task`,
      aws: [
        { call, nth, times: 5, fail: 'crashBefore' },
        { call, nth: nth + 5, fail: 'outlive' },
      ],
    },
  ];
  if (call === 'lambda:UpdateAlias') {
    return [
      ...every,
      fault('fails until retries of Revert are spent', 'ServiceException', SPENT_IN_REVERT),
      fault('is refused as stale', 'PreconditionFailedException'),
      fault('leaves the old routing for seconds', 'oldRouting'),
    ];
  }
  if (call === 'lambda:GetAlias') {
    return [
      ...every,
      fault('fails until retries of Revert are spent', 'ServiceException', SPENT_IN_REVERT),
      fault('reads stale', 'stale'),
      fault('reads stale three times', 'stale', 3),
    ];
  }
  const gone: Injection = {
    name: `everything but the alias fails from ${call} ${nth} on`,
    aws: others.map(
      (other): Fault => ({
        call: other,
        nth: (before[other] ?? 0) + 1,
        times: FOR_EVER,
        fail: 'ServiceException',
      }),
    ),
  };
  const answersNothing = ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'lambda:GetFunction'].includes(call)
    ? [fault('answers without data', 'empty'), fault('answers without data for ever', 'empty', FOR_EVER)]
    : [];
  return [...every, ...answersNothing, gone];
}

/** How long a person holds, in seconds. */
const HELD_SECONDS = 1000;

function personsAt({ call, nth, second }: Call): readonly Injection[] {
  const person = (
    name: string,
    operator: NonNullable<Fault['operator']>,
    later: Injection['operator'] = [],
  ): Injection => ({
    name: `${name} just before ${call} ${nth}`,
    aws: [{ call, nth, fail: 'operator', operator }],
    operator: later,
  });
  const at = Math.ceil(second);
  return [
    person('an operator rolls back', { do: 'rollback' }),
    person('an operator gives the next weight', { do: 'advance' }),
    person('an operator promotes', { do: 'setAlias', functionVersion: '42' }),
    person('an operator gives weights of their own', {
      do: 'setAlias',
      functionVersion: '41',
      additionalVersionWeights: { '42': 37 },
    }),
    person('an operator gives a later weight', {
      do: 'setAlias',
      functionVersion: '41',
      additionalVersionWeights: { '42': 100 },
    }),
    person('an operator stops the execution', { do: 'stopExecution' }),
    person('an operator stops and at once redrives the execution', { do: 'stopExecution' }, [
      { atSecond: at + 0.4, do: 'redrive' },
    ]),
    person('an operator stops and later redrives the execution', { do: 'stopExecution' }, [
      { atSecond: at + 400, do: 'redrive' },
    ]),
    person('an operator approves', { do: 'approve' }),
    person('an operator rejects', { do: 'reject' }),
    person('an operator holds', { do: 'hold' }, [{ atSecond: at + HELD_SECONDS, do: 'resume' }]),
    ...byCommand(person, at),
    person('a second rollout starts', { do: 'deploy' }),
    person('a second, bad rollout starts', { do: 'deploy', candidate: { errorRate: 1 } }),
  ];
}

type Make = (name: string, operator: NonNullable<Fault['operator']>, later?: Injection['operator']) => Injection;

/** What people do with the command line, and with the state machine in its console. */
function byCommand(person: Make, at: number): readonly Injection[] {
  const typed = (command: string, later?: Injection['operator']) =>
    person(`sluice ${command.split(' ')[0]} runs`, { do: 'command', command }, later);
  const alias = { function: 'checkout', alias: 'live' };
  return [
    typed('rollback checkout:live --reason broken'),
    typed('approve checkout:live'),
    typed('reject checkout:live --comment no'),
    typed('advance checkout:live'),
    typed('hold checkout', [{ atSecond: at + HELD_SECONDS, do: 'command', command: 'resume checkout' }]),
    typed('start checkout:live --version newest --name second-start'),
    person('a rollback is started in the console', { do: 'start', input: { operation: 'rollback', ...alias } }),
    person('the version is started again in the console', { do: 'start', input: { ...alias, version: '42' } }),
  ];
}

/** What may happen to the events of a run that had so many of each kind. */
export function injectionsOfEvents(counted: {
  readonly executionEnded: number;
  readonly alarm: number;
}): readonly Injection[] {
  const of = (event: 'executionEnded' | 'alarm', ways: readonly ('late' | 'twice' | 'never')[]) =>
    Array.from({ length: Math.min(counted[event], 3) }, (_, index) =>
      ways.map((deliver) => ({
        name: `event ${event} ${index + 1} is delivered ${deliver}`,
        events: [{ event, nth: index + 1, deliver }],
      })),
    ).flat();
  return [...of('executionEnded', ['late', 'twice', 'never']), ...of('alarm', ['late', 'twice'])];
}
