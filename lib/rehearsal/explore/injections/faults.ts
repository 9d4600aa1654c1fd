import type { Call, CallInjection, Fault } from './injection.ts';

/**
 * Attempts until retries are spent: five of the SDK in each of a Task's six. In Revert's twenty-one Tasks the SDK soon stops
 * repeating, because its quota is used up.
 */
const SPENT = 5 * 6;
const SPENT_IN_REVERT = 75;
const FOR_EVER = 1_000_000;

/** All calls beside the alias's own: Revert has to do without them. */
const others = [
  'cloudformation:DescribeStacks',
  'cloudwatch:DescribeAlarmHistory',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'events:PutEvents',
  'lambda:GetFunction',
  'lambda:GetProvisionedConcurrencyConfig',
  'lambda:Invoke',
  'logs:GetQueryResults',
  'logs:StartQuery',
] as const;

const always = (): boolean => true;
const isOneOf =
  (...calls: readonly string[]) =>
  ({ call }: Call): boolean =>
    calls.includes(call);

const readsAlias = isOneOf('lambda:GetAlias');
const writesAlias = isOneOf('lambda:UpdateAlias');
const isAliasCall = isOneOf('lambda:GetAlias', 'lambda:UpdateAlias');
const observes = isOneOf(
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'lambda:GetFunction',
  'logs:GetQueryResults',
);

const readsCounts = isOneOf('cloudwatch:GetMetricData');
const readsQuery = isOneOf('logs:GetQueryResults');
const startsQuery = isOneOf('logs:StartQuery');
const readsAlarms = isOneOf('cloudwatch:DescribeAlarms');
const showsThePast = isOneOf('cloudwatch:DescribeAlarms', 'lambda:GetFunction');
const invokesHook = isOneOf('lambda:Invoke');

/** One fault at the call, and at as many of its name from there on as it is repeated. */
const fault =
  (name: string, fail: string, times = 1, applies: (at: Call) => boolean = always): CallInjection =>
  (at) => {
    const { call, nth } = at;
    return applies(at) ? { name: `${call} ${nth} ${name}`, aws: [{ call, nth, times, fail }] } : undefined;
  };

const throttled: CallInjection = (at) => {
  const error = at.call.startsWith('lambda:') ? 'TooManyRequestsException' : 'ThrottlingException';
  return fault('is throttled three times', error, 3)(at);
};

const killsItsHandlersUntilTheLastOutlives: CallInjection = ({ call, nth }) => ({
  name: `${call} ${nth} kills its handlers before, until the last outlives its Task`,
  aws: [
    { call, nth, times: 5, fail: 'crashBefore' },
    { call, nth: nth + 5, fail: 'outlive' },
  ],
});

const everythingButTheAliasFails: CallInjection = (at) => {
  if (isAliasCall(at)) return undefined;
  const { call, nth, before } = at;
  const from = (other: string): Fault => ({
    call: other,
    nth: (before[other] ?? 0) + 1,
    times: FOR_EVER,
    fail: 'ServiceException',
  });
  return { name: `everything but the alias fails from ${call} ${nth} on`, aws: others.map(from) };
};

/** Every fault of a call. The order decides which of them a seed draws. */
export const faults: readonly CallInjection[] = [
  throttled,
  fault('fails until retries are spent', 'ServiceException', SPENT),
  fault('is applied and its answer lost', 'timeout'),
  fault('kills its handler before', 'crashBefore'),
  fault('kills its handler after', 'crash'),
  fault('kills its handlers after, until retries are spent', 'crash', 6),
  fault('outlives its Task', 'outlive'),
  fault('outlives its Tasks, again and again', 'outlive', 6),
  killsItsHandlersUntilTheLastOutlives,
  fault('fails until retries of Revert are spent', 'ServiceException', SPENT_IN_REVERT, isAliasCall),
  fault('is refused as stale', 'PreconditionFailedException', 1, writesAlias),
  fault('leaves the old routing for seconds', 'oldRouting', 1, writesAlias),
  fault('reads stale', 'stale', 1, readsAlias),
  fault('reads stale three times', 'stale', 3, readsAlias),
  fault('answers without data', 'empty', 1, observes),
  fault('answers without data for ever', 'empty', FOR_EVER, observes),
  everythingButTheAliasFails,
  fault('shows what was true before', 'outdated', 1, showsThePast),
  fault('shows what was true before, for ever', 'outdated', FOR_EVER, showsThePast),
  fault('has half of the data', 'partial', 1, readsCounts),
  fault('has half of the data for ever', 'partial', FOR_EVER, readsCounts),
  fault('cannot read the data', 'unread', 1, readsCounts),
  fault('cannot read the data for ever', 'unread', FOR_EVER, readsCounts),
  fault('shows alarms that cannot be evaluated', 'unevaluated', 1, readsAlarms),
  fault('shows alarms that cannot be evaluated, for ever', 'unevaluated', FOR_EVER, readsAlarms),
  fault('finds no place for its query', 'LimitExceededException', 1, startsQuery),
  fault('finds no place for its query for ever', 'LimitExceededException', FOR_EVER, startsQuery),
  fault('may not be made any more', 'AccessDeniedException', FOR_EVER, startsQuery),
  fault('tells of a query that failed', 'queryFails', 1, readsQuery),
  fault('tells of queries that fail, for ever', 'queryFails', FOR_EVER, readsQuery),
  fault('tells of a query that goes on, for ever', 'queryHangs', FOR_EVER, readsQuery),
  fault('takes ten minutes', 'slow', 1, invokesHook),
  fault('throws', 'throws', 1, invokesHook),
  fault('refuses', 'refuses', 1, invokesHook),
];
