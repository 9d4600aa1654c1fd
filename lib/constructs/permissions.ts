import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../rollout/contracts/events.ts';
import { REGISTRATIONS } from '../rollout/contracts/registration.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { ControllerFunction } from './definition.ts';

/** The roles of the controller's functions. */
export type ControllerRoles = Readonly<Record<ControllerFunction, iam.Role>>;

/** An alias, and what a rollout of it reads beside the alias itself. */
export interface PermittedAlias {
  readonly functionArn: string;
  readonly aliasName: string;
  readonly stackId: string;
  readonly registrationArn: string;
}

/** Allows the calls that are not made on a managed function: to read alarms and metrics, and to announce events. */
export function allowUnmanaged(controller: Construct, roles: ControllerRoles): void {
  const stack = Stack.of(controller);
  const allowOne = (name: ControllerFunction, action: string, resource: string, conditions?: iam.Conditions) =>
    roles[name].addToPolicy(new iam.PolicyStatement({ actions: [action], resources: [resource], conditions }));
  // DescribeAlarms knows no narrower resource than all alarms of the region.
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  for (const name of ['preflight', 'observe', 'revert'] as const) {
    allowOne(name, 'cloudwatch:DescribeAlarms', alarms);
    acknowledgeWildcard(roles[name], alarms, 'DescribeAlarms is judged on all alarms of the region.');
  }
  for (const name of ['observe', 'revert'] as const) {
    allowOne(name, 'cloudwatch:DescribeAlarmHistory', alarms);
    // GetMetricData has no resources at all.
    allowOne(name, 'cloudwatch:GetMetricData', '*');
  }
  const bus = stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  for (const name of ['preflight', 'shift', 'observe', 'revert', 'announce-approval', 'provision'] as const) {
    // AWS knows the source of every event that is put. An endpoint that does not is no reason to be silent.
    allowOne(name, 'events:PutEvents', bus, { StringEqualsIfExists: { 'events:source': EVENT_SOURCE } });
  }
}

/** The role of the state machine: it may invoke the controller's functions. */
export function stateMachineRole(controller: Construct, functionArns: readonly string[]): iam.Role {
  const role = new iam.Role(controller, 'StateMachineRole', {
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    description: 'Sluice: lets a rollout invoke the functions of its controller',
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [...functionArns] }));
  acknowledgeWildcard(role, '*', 'X-Ray and the delivery of logs know no resources.');
  return role;
}

/**
 * Allows the revert function to find the rollouts that an event concerns, and to end their waits; and preflight to find a rollout that it
 * joins.
 */
export function allowEvents(controller: Construct, roles: ControllerRoles, stateMachine: sfn.StateMachine): void {
  const stack = Stack.of(controller);
  const executions = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const registrations = stack.formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: REGISTRATIONS.slice(1),
  });
  // Not in the role's own policy: the function waits for that, and the state machine that is named here waits for the function.
  const policy = allow(controller, 'Events', roles.revert, [
    // Tokens of a state machine's tasks are judged on its ARN, though the documentation knows no resource. (Tried: aws-cdk#8486.)
    [['states:ListExecutions', 'states:SendTaskFailure'], [stateMachine.stateMachineArn]],
    [['states:DescribeExecution', 'states:GetExecutionHistory'], [executions]],
    // Judged on the path that is asked for. (AWS: Systems Manager, parameter hierarchies.)
    [['ssm:GetParametersByPath'], [registrations]],
  ]);
  acknowledgeWildcard(policy, executions, 'Which executions an event concerns is known only when it runs.');
  const join = allow(controller, 'Join', roles.preflight, [
    [['states:ListExecutions'], [stateMachine.stateMachineArn]],
    [['states:DescribeExecution'], [executions]],
  ]);
  acknowledgeWildcard(join, executions, 'Which rollout is under way already is known only when it runs.');
}

/** Allows the few calls that the controller's functions make on one managed function. */
export function allowAlias(scope: Construct, roles: ControllerRoles, alias: PermittedAlias): readonly iam.Policy[] {
  const { functionArn, aliasName, stackId, registrationArn } = alias;
  const versions = `${functionArn}:*`;
  const preflight = allow(scope, 'Preflight', roles.preflight, [
    [['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], [functionArn]],
    [['lambda:GetFunction'], [versions]],
    [['lambda:GetProvisionedConcurrencyConfig'], [`${functionArn}:${aliasName}`]],
    [['cloudformation:DescribeStacks'], [stackId]],
    [['ssm:GetParametersByPath'], [registrationArn]],
  ]);
  acknowledgeWildcard(preflight, versions, 'Which versions a rollout compares is known only when it runs.');
  const observe = allow(scope, 'Observe', roles.observe, [
    [['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], [functionArn]],
    [['lambda:GetFunction'], [versions]],
  ]);
  acknowledgeWildcard(observe, versions, 'Which version a rollout moves traffic to is known only when it runs.');
  const revert = allow(scope, 'Revert', roles.revert, [
    [['lambda:GetAlias', 'lambda:UpdateAlias'], [functionArn]],
    [['lambda:GetFunctionConfiguration'], [versions]],
  ]);
  acknowledgeWildcard(revert, versions, 'Which version a person goes back to is known only when it runs.');
  return [
    preflight,
    observe,
    allow(scope, 'Shift', roles.shift, [[['lambda:GetAlias', 'lambda:UpdateAlias'], [functionArn]]]),
    revert,
  ];
}

/** Allows to warm the versions of a function, and to release them. */
export function allowProvisioning(scope: Construct, roles: ControllerRoles, functionArn: string): iam.Policy {
  const versions = `${functionArn}:*`;
  const policy = allow(scope, 'Provision', roles.provision, [
    [['lambda:GetAlias'], [functionArn]],
    [
      [
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:PutProvisionedConcurrencyConfig',
        'lambda:DeleteProvisionedConcurrencyConfig',
      ],
      [versions],
    ],
  ]);
  acknowledgeWildcard(policy, versions, 'Which versions a rollout warms is known only when it runs.');
  return policy;
}

/** The permission to call hooks, one by one as they are added. */
export class HookPermission {
  /** The policy, which may still be extended. */
  readonly policy: iam.Policy;
  readonly #statement: iam.PolicyStatement;

  constructor(scope: Construct, roles: ControllerRoles) {
    this.#statement = new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'] });
    this.policy = new iam.Policy(scope, 'RunHooksPolicy', {
      roles: [roles['run-hooks']],
      statements: [this.#statement],
    });
  }

  /** Allows to call one more hook. */
  add(hook: lambda.IFunction): void {
    this.#statement.addResources(hook.functionArn);
  }
}

type Grants = readonly (readonly [actions: string[], resources: string[]])[];

const allow = (scope: Construct, name: string, role: iam.Role, grants: Grants): iam.Policy =>
  new iam.Policy(scope, `${name}Policy`, {
    roles: [role],
    statements: grants.map(([actions, resources]) => new iam.PolicyStatement({ actions, resources })),
  });
