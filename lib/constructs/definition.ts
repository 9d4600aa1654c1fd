import { type EndState, ends, type Outcome, otherEnds, outcomes } from '../rollout/contracts/ends.ts';
import type { Next } from '../rollout/document/rollout.ts';

/** The controller's functions, by the name of their entry point in `functions/`. */
export const controllerFunctions = [
  'preflight',
  'shift',
  'observe',
  'revert',
  'announce-approval',
  'run-hooks',
  'provision',
] as const;

/** The name of one of the controller's functions. */
export type ControllerFunction = (typeof controllerFunctions)[number];

/**
 * The number of this definition. An execution keeps the definition that it began with while its handlers are replaced, so its document
 * carries the number, and a handler takes no way that the definition does not have. The second one leads from the last hooks back to a
 * look, and lets a rollout that has joined another end as rolled back.
 */
const DEFINITION = 2;

/** A function's own timeout, in seconds. */
export const functionTimeout = (name: ControllerFunction): number => (name === 'run-hooks' ? 900 : 60);

/** A Task outlasts its function, so that nothing writes after its Task was given up. */
const taskTimeout = (name: ControllerFunction): number => functionTimeout(name) + 15;

/** Waits 2, 4, 8, 16 and 32 s: calls that AWS throttles or drops within a minute cost nothing but time. */
const retryEverything = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5, MaxDelaySeconds: 60 },
];

/** A quarter of an hour and more: a revert is not given up lightly. */
const retryForLong = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 20, MaxDelaySeconds: 60 },
];

/** For tasks that must not run twice: a person's answer and its timeout are no faults, and a hook that ran has run. */
const retryServiceFaults = [
  {
    ErrorEquals: [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'ThrottlingException',
      'InternalException',
      'Runtime.ExitError',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 5,
    MaxDelaySeconds: 60,
  },
];

/** Every state of the machine. The definition has exactly these. */
type StateName =
  | 'Start'
  | 'Preflight'
  | 'May it start?'
  | 'Rollback'
  | 'Rolled back?'
  | 'AwaitCommit'
  | 'Warm'
  | 'Warm?'
  | 'BeforeTraffic'
  | 'Tried?'
  | 'Shift'
  | 'Shifted?'
  | 'EachStep'
  | 'Step agreed?'
  | 'Bake'
  | 'Observe'
  | 'Verdict'
  | 'AwaitApproval'
  | 'AfterTraffic'
  | 'All agreed?'
  | 'Promote'
  | 'Promoted?'
  | 'Revert'
  | 'Reverted?'
  | 'Release'
  | 'Released?'
  | EndState;

/** A state as the compiler checks it: it leads only to states that exist. */
interface State {
  readonly Type: string;
  readonly Next?: StateName;
  readonly Default?: StateName;
  readonly Choices?: readonly { readonly Next: StateName }[];
  readonly Catch?: readonly { readonly Next: StateName }[];
  readonly [property: string]: unknown;
}

const catchInto = (next: StateName) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: next }];

const when = (value: Next, next: StateName) => ({ Variable: '$.next', StringEquals: value, Next: next });

const ending = (...which: readonly Outcome[]) => which.map((outcome) => when(outcome, ends[outcome].state));

/**
 * The same by way of Release, if provisioned concurrency was asked for. Put these choices before all others that the state has.
 */
const endingReleased = (...which: readonly Outcome[]) => [
  {
    And: [
      { Variable: '$.toRelease', BooleanEquals: true },
      { Or: which.map((outcome) => ({ Variable: '$.next', StringEquals: outcome })) },
    ],
    Next: 'Release' satisfies StateName as StateName,
  },
  ...ending(...which),
];

const failing = (outcome: Exclude<Outcome, 'promoted'>) => ({
  Type: 'Fail',
  Error: ends[outcome].error,
  CausePath: '$.reason',
});

/**
 * The state machine, in Amazon States Language (JSONPath). Every handler returns the whole rollout document and says in
 * `$.next` where to go. An error that is thrown anywhere leads to Revert, which never refuses to work.
 *
 * @param arns the unqualified ARN (or a token for it) of each of the controller's functions
 * @param partition of AWS, for example `aws-cn`, or a token for it: an execution calls no resource of another one (aws-cdk#4597)
 */
export function definition(arns: Readonly<Record<ControllerFunction, string>>, partition: string) {
  const lambdaInvoke = `arn:${partition}:states:::lambda:invoke`;
  const task = (name: ControllerFunction, next: StateName) => ({
    Type: 'Task',
    Resource: lambdaInvoke,
    Parameters: { FunctionName: arns[name], 'Payload.$': '$' },
    OutputPath: '$.Payload',
    TimeoutSeconds: taskTimeout(name),
    Retry: retryEverything,
    Catch: catchInto('Revert'),
    Next: next,
  });
  const hooks = (next: StateName) => ({ ...task('run-hooks', next), Retry: retryServiceFaults });
  return {
    Comment: 'Sluice: shifts a Lambda alias to a new version step by step, and puts it back when the version is worse',
    StartAt: 'Start' satisfies StateName,
    States: {
      Start: {
        Type: 'Pass',
        Comment: 'Keeps whatever the input is in one place, beside who we are',
        Parameters: {
          'input.$': '$',
          execution: {
            'id.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'startTime.$': '$$.Execution.StartTime',
          },
          error: null,
          toRelease: false,
          definition: DEFINITION,
        },
        Next: 'Preflight',
      },
      Preflight: task('preflight', 'May it start?'),
      'May it start?': {
        Type: 'Choice',
        Choices: [
          when('shift', 'Shift'),
          when('beforeTraffic', 'BeforeTraffic'),
          when('awaitCommit', 'AwaitCommit'),
          when('awaitApproval', 'AwaitApproval'),
          when('warm', 'Warm'),
          when('promote', 'Promote'),
          when('rollback', 'Rollback'),
          ...endingReleased('promoted', 'rejected', 'cancelled', 'superseded', 'rolledBack'),
        ],
        Default: 'Revert',
      },
      Rollback: {
        ...task('revert', 'Rolled back?'),
        Comment: 'For an execution that was started with { "operation": "rollback" }',
        Retry: retryForLong,
        Catch: catchInto('RevertFailed'),
      },
      'Rolled back?': { Type: 'Choice', Choices: [when('rolledBackByHand', 'RolledBackByHand')], Default: 'Rejected' },
      RolledBackByHand: { Type: 'Succeed' },
      AwaitCommit: { Type: 'Wait', SecondsPath: '$.waitSeconds', Next: 'Preflight' },
      Warm: task('provision', 'Warm?'),
      'Warm?': {
        Type: 'Choice',
        Choices: [
          when('preflight', 'Preflight'),
          when('awaitCommit', 'AwaitCommit'),
          when('shift', 'Shift'),
          when('beforeTraffic', 'BeforeTraffic'),
          ...endingReleased('rejected'),
        ],
        Default: 'Revert',
      },
      BeforeTraffic: hooks('Tried?'),
      'Tried?': { Type: 'Choice', Choices: [when('preflight', 'Preflight')], Default: 'Revert' },
      Shift: task('shift', 'Shifted?'),
      'Shifted?': {
        Type: 'Choice',
        Choices: [
          when('bake', 'Bake'),
          when('eachStep', 'EachStep'),
          when('preflight', 'Preflight'),
          ...endingReleased('promoted', 'superseded'),
        ],
        Default: 'Revert',
      },
      EachStep: hooks('Step agreed?'),
      'Step agreed?': { Type: 'Choice', Choices: [when('bake', 'Bake')], Default: 'Revert' },
      Bake: { Type: 'Wait', SecondsPath: '$.waitSeconds', Next: 'Observe' },
      Observe: task('observe', 'Verdict'),
      Verdict: {
        Type: 'Choice',
        Choices: [
          when('bake', 'Bake'),
          when('shift', 'Shift'),
          when('beforeTraffic', 'BeforeTraffic'),
          when('awaitApproval', 'AwaitApproval'),
          when('afterTraffic', 'AfterTraffic'),
          when('promote', 'Promote'),
          when('warm', 'Warm'),
          ...endingReleased('superseded'),
        ],
        Default: 'Revert',
      },
      AwaitApproval: {
        Type: 'Task',
        Comment: "Waits for SendTaskSuccess with the token from this execution's history",
        Resource: `${lambdaInvoke}.waitForTaskToken`,
        Parameters: {
          FunctionName: arns['announce-approval'],
          Payload: { 'rollout.$': '$', 'taskToken.$': '$$.Task.Token' },
        },
        TimeoutSecondsPath: '$.approvalSeconds',
        ResultPath: '$.answer',
        Retry: retryServiceFaults,
        Catch: catchInto('Observe'),
        Next: 'Observe',
      },
      AfterTraffic: hooks('All agreed?'),
      'All agreed?': {
        Type: 'Choice',
        Comment: 'They may have taken long, so what happened meanwhile is looked at',
        Choices: [when('bake', 'Bake'), when('promote', 'Promote')],
        Default: 'Revert',
      },
      Promote: task('shift', 'Promoted?'),
      'Promoted?': {
        Type: 'Choice',
        Choices: [when('preflight', 'Preflight'), ...endingReleased('promoted', 'superseded')],
        Default: 'Revert',
      },
      Promoted: { Type: 'Succeed' },
      Revert: { ...task('revert', 'Reverted?'), Retry: retryForLong, Catch: catchInto('RevertFailed') },
      'Reverted?': {
        Type: 'Choice',
        Choices: endingReleased(...outcomes),
        Default: 'RevertFailed',
      },
      Release: { ...task('provision', 'Released?'), Catch: catchInto('Released?') },
      'Released?': {
        Type: 'Choice',
        Comment: 'However that went, the rollout ends as it has',
        Choices: ending(...outcomes),
        Default: 'RevertFailed',
      },
      RolledBack: failing('rolledBack'),
      Superseded: failing('superseded'),
      Cancelled: failing('cancelled'),
      Rejected: failing('rejected'),
      RevertFailed: {
        Type: 'Fail',
        Error: otherEnds.revertFailed.error,
        Cause: 'The alias could not be put back; the event of this failure calls the same function again',
      },
    } satisfies Record<StateName, State>,
  };
}
