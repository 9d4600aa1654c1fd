import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { type ManagedAlias, RolloutAlias, RolloutController, RolloutPolicy } from '../../lib/index.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import { rehearsing, usual } from '../rehearsal/a-scenario.ts';
import { aStack, FUNCTION_ARN, type Statement, statementsOf } from './a-stack.ts';

/** The name of a state machine is the seventh part of its ARN. */
const EXECUTIONS = 'arn:aws:states:us-east-1:123456789012:execution:<Machine>[6]:*';
const REGISTRATION = 'arn:aws:ssm:us-east-1:123456789012:parameter/sluice/checkout';
const START = 'states:StartExecution on <Machine>';
const WATCH = [
  'states:ListExecutions on <Machine>',
  `states:DescribeExecution on ${EXECUTIONS}`,
  `states:GetExecutionHistory on ${EXECUTIONS}`,
];
/** A start joins a rollout to the same version that is under way. */
const STARTING = [START, ...WATCH.slice(0, 2)];
const APPROVE = [...WATCH, 'states:SendTaskSuccess on <Machine>', 'states:SendTaskFailure on <Machine>'];
/** The parameter tells the controller, and its tag that it is one. */
const RESOLVE = [`ssm:GetParametersByPath on ${REGISTRATION}`, 'states:ListTagsForResource on <Machine>'];

const operator = (stack: Stack) => new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });

/** What the operator's role may do after a grant, as statements. */
function statementsAfter(grant: (live: ManagedAlias, controller: RolloutController, role: iam.Role) => iam.Grant) {
  const stack = aStack();
  const controller = new RolloutController(stack, 'Rollouts');
  const target = { functionArn: FUNCTION_ARN, functionName: 'checkout', aliasName: 'live' };
  const managed = controller.manage(new Construct(stack, 'Live'), target);
  expect(grant(managed, controller, operator(stack)).success).toBe(true);
  return statementsOf(stack, 'Operator').map((statement) => ({
    ...statement,
    resources: statement.resources.map((each) => each.replace('RolloutsStateMachine', 'Machine')),
  }));
}

const pairsIn = (statements: readonly Statement[]) =>
  statements.flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
  );

type Grant = Parameters<typeof statementsAfter>[0];
const grants = {
  grantStart: (live, _, role) => live.grantStart(role),
  grantApprove: (live, _, role) => live.grantApprove(role),
  grantHold: (live, _, role) => live.grantHold(role),
  grantRollback: (live, _, role) => live.grantRollback(role),
  grantWatch: (live, _, role) => live.grantWatch(role),
} satisfies Record<string, Grant>;

describe('an operator is granted what a command takes, and nothing else:', () => {
  it.each<[string, Grant, readonly string[]]>([
    ['to start', grants.grantStart, [...STARTING, ...RESOLVE]],
    ['to approve and reject', grants.grantApprove, [...APPROVE, ...RESOLVE]],
    [
      'to hold and resume',
      grants.grantHold,
      ['lambda:TagResource', 'lambda:UntagResource', 'lambda:GetFunction'].map(
        (action) => `${action} on ${FUNCTION_ARN}`,
      ),
    ],
    [
      'to roll back',
      grants.grantRollback,
      [
        ...WATCH,
        ...RESOLVE,
        `lambda:GetAlias on ${FUNCTION_ARN}`,
        `lambda:UpdateAlias on ${FUNCTION_ARN}`,
        `lambda:GetFunctionConfiguration on ${FUNCTION_ARN}:*`,
        'states:SendTaskFailure on <Machine>',
        `states:StopExecution on ${EXECUTIONS}`,
      ],
    ],
    ['to watch', grants.grantWatch, [...WATCH, ...RESOLVE, `lambda:GetAlias on ${FUNCTION_ARN}`]],
    ['to start any rollout of a controller', (_, controller, role) => controller.grantStart(role), STARTING],
    ['to approve any rollout of a controller', (_, controller, role) => controller.grantApprove(role), APPROVE],
    ['to watch any rollout of a controller', (_, controller, role) => controller.grantWatch(role), WATCH],
  ])('%s', (_, grant, expected) => {
    expect(pairsIn(statementsAfter(grant)).sort()).toEqual(expected.toSorted());
  });

  it('no other tag than the hold, which may be what permissions are judged by', () => {
    const tagging = statementsAfter(grants.grantHold).filter(({ actions }) => actions.includes('lambda:TagResource'));
    expect(tagging).toMatchObject([
      { conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['sluice:hold'] } } },
    ]);
  });
});

/** The grants of an operator, held against the calls that the real commands make in a rehearsal. */
describe('a command makes no call that its grant does not allow:', () => {
  const manual: ScenarioInput['policy'] = {
    steps: [
      { weight: 10, bakeSeconds: 60 },
      { weight: 100, bakeSeconds: 60, approval: 'manual' },
    ],
  };
  const atOnce: ScenarioInput['policy'] = {
    ...usual.policy,
    canary: { weight: 10, bakeSeconds: 300, approval: 'manual' },
  };

  it.each<[string, keyof typeof grants, number, ScenarioInput['policy'], string]>([
    ['start checkout:live --version 41', 'grantStart', 4000, usual.policy, 'states:StartExecution'],
    ['approve checkout:live', 'grantApprove', 500, manual, 'states:SendTaskSuccess'],
    ['reject checkout:live', 'grantApprove', 500, manual, 'states:SendTaskFailure'],
    ['hold checkout', 'grantHold', 400, usual.policy, 'lambda:TagResource'],
    ['resume checkout', 'grantHold', 600, usual.policy, 'lambda:UntagResource'],
    ['rollback checkout:live', 'grantRollback', 400, usual.policy, 'lambda:UpdateAlias'],
    ['rollback checkout:live', 'grantRollback', 500, manual, 'states:SendTaskFailure'],
    ['rollback checkout:live', 'grantRollback', 100, atOnce, 'states:StopExecution'],
  ])('%s, with %s at second %i', async (command, name, atSecond, policy, made) => {
    const resumed = command.startsWith('hold') ? [{ atSecond: atSecond + 60, do: 'resume' } as const] : [];
    const { calls } = await rehearsing({ policy, operator: [{ atSecond, do: 'command', command }, ...resumed] });
    const allowed = statementsAfter(grants[name]).flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource: real(resource) }))),
    );
    const byOperator = calls.filter(({ caller, action }) => caller === 'operator' && action !== 'lambda:ListTags');
    expect(byOperator.map(({ action }) => action)).toContain(made);
    const refused = byOperator.filter(
      (call) => !allowed.some(({ action, resource }) => action === call.action && matches(resource, call.resource)),
    );
    expect(refused).toEqual([]);
  });

  const real = (resource: string) => resource.replace('<Machine>[6]', 'sluice').replace('<Machine>', MACHINE);
  const matches = (pattern: string, resource: string) =>
    new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(resource);
});

describe('a RolloutAlias', () => {
  it('grants the same', () => {
    const stack = aStack();
    const handler = new lambda.Function(stack, 'Checkout', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    });
    const policy = RolloutPolicy.preset('AllAtOnce');
    const live = new RolloutAlias(stack, 'Live', { function: handler, aliasName: 'live', policy });
    const role = operator(stack);
    for (const grant of [live.grantStart, live.grantApprove, live.grantHold, live.grantRollback, live.grantWatch]) {
      expect(grant.call(live, role).success).toBe(true);
    }
    const actions = new Set(statementsOf(stack, 'Operator').flatMap((statement) => statement.actions));
    const granted = Object.values(grants).flatMap((grant) => statementsAfter(grant).flatMap((each) => each.actions));
    expect([...actions].sort()).toEqual([...new Set(granted)].sort());
  });
});

describe('a controller that another app has deployed', () => {
  const theirs = (stack: Stack, arn = MACHINE) => RolloutController.fromStateMachineArn(stack, 'Theirs', arn);

  it('grants the operation of its rollouts', () => {
    const stack = aStack();
    const role = operator(stack);
    const controller = theirs(stack);
    controller.grantStart(role);
    controller.grantApprove(role);
    controller.grantWatch(role);
    const executions = MACHINE.replace(':stateMachine:', ':execution:');
    expect(new Set(pairsIn(statementsOf(stack, 'Operator')))).toEqual(
      new Set(
        [START, ...APPROVE].map((pair) => pair.replace(EXECUTIONS, `${executions}:*`).replace('<Machine>', MACHINE)),
      ),
    );
  });

  it('is the one that its ARN names', () => {
    const stack = new Stack(new App(), 'somewhere');
    expect(theirs(stack).stateMachine.stateMachineArn).toBe(MACHINE);
    expect(() => theirs(aStack(), 'arn:aws:lambda:us-east-1:123456789012:function:checkout')).toThrow(
      'checkout/Theirs: expected the ARN of a state machine, found arn:aws:lambda:us-east-1:123456789012:function:checkout',
    );
  });
});
