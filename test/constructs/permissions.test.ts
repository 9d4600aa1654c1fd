import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { RolloutController } from '../../lib/constructs/controller.ts';
import { controllerFunctions } from '../../lib/constructs/definition.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import type { RecordedCall } from '../../lib/rehearsal/services/aws.ts';
import type { Actor } from '../../lib/rehearsal/simulation/setup.ts';
import { interrupted, rehearsing, starting, usual } from '../rehearsal/a-scenario.ts';
import { aStack, FUNCTION_ARN, statementsOf } from './a-stack.ts';

const stack = aStack();
new RolloutController(stack, 'Rollouts').manage(new Construct(stack, 'Live'), {
  functionArn: FUNCTION_ARN,
  functionName: 'checkout',
  aliasName: 'live',
  provisionedConcurrency: 5,
  hooks: {
    beforeTraffic: [
      lambda.Function.fromFunctionArn(stack, 'Smoke', FUNCTION_ARN.replace('checkout', 'checkout-smoke')),
    ],
  },
});

/** Between them, these rehearsals do everything that the controller knows to do. */
const rehearsals: readonly Partial<ScenarioInput>[] = [
  {},
  { candidate: { errorRate: 1 } },
  { candidate: { errorRate: 1 }, aws: [{ call: 'states:ListExecutions', times: 1000, fail: 'ThrottlingException' }] },
  { operator: [{ atSecond: 400, do: 'deploy' }] },
  {
    operator: [
      { atSecond: 400, do: 'stopExecution' },
      { atSecond: 1000, do: 'deploy' },
    ],
  },
  { policy: { ...usual.policy, hooks: { beforeTraffic: ['checkout-smoke'] } } },
  {
    policy: { ...usual.policy, batches: { count: 1, intervalSeconds: 60, approval: 'manual' } },
    operator: [{ atSecond: 900, do: 'approve' }],
  },
];

/** What people start by hand: a rollout by the deployed policy, and a rollback. */
const byHand: readonly Actor[] = [
  starting(4000, { version: '41', function: 'checkout', alias: 'live' }),
  starting(8000, { operation: 'rollback' }),
];

const calls = await allCalls();

async function allCalls(): Promise<readonly RecordedCall[]> {
  const made: RecordedCall[] = [];
  for (const changes of [...rehearsals, interrupted]) made.push(...(await rehearsing(changes)).calls);
  for (const provisioningFails of [false, true]) {
    made.push(...(await rehearsing({}, [], { provisionedConcurrency: 5, provisioningFails })).calls);
  }
  return [...made, ...(await rehearsing({}, byHand)).calls];
}

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/rehearsal';

const roleOf = (name: string) =>
  `Rollouts${name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase())}Role`;

/** What a role grants beyond writing its own logs and traces, as pairs of action and resource. */
const grantsOf = (name: string) =>
  statementsOf(stack, roleOf(name))
    .flatMap(({ actions, resources }, statement) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          statement,
          action,
          resource: resource
            .replace('<AWS::StackId>', STACK)
            .replace('<RolloutsStateMachine.Name>', 'sluice')
            .replace('<RolloutsStateMachine>', MACHINE),
        })),
      ),
    )
    .filter(({ action }) => !/^(logs|xray):/.test(action));

const matches = (pattern: string, resource: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(resource);

describe.each(controllerFunctions)('the role of %s', (name) => {
  const made = calls.filter(({ caller }) => caller === name);
  const grants = grantsOf(name);

  it('allows every call that a rehearsal makes', () => {
    const refused = made.filter(
      (call) => !grants.some(({ action, resource }) => action === call.action && matches(resource, call.resource)),
    );
    expect(refused).toEqual([]);
  });

  it('allows no call that no rehearsal makes', () => {
    const unused = grants.filter(
      ({ action, resource }) => !made.some((call) => call.action === action && matches(resource, call.resource)),
    );
    expect(unused).toEqual([]);
  });

  it('breaks a rehearsal when any one of its statements is taken away', () => {
    const statements = [...new Set(grants.map(({ statement }) => statement))];
    const harmless = statements.filter((taken) => {
      const left = grants.filter(({ statement }) => statement !== taken);
      return made.every((call) =>
        left.some(({ action, resource }) => action === call.action && matches(resource, call.resource)),
      );
    });
    expect(harmless).toEqual([]);
  });

  it('is put to use', () => {
    expect(made.length).toBeGreaterThan(0);
  });
});
