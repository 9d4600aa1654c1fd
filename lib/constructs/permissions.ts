import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IDependable } from 'constructs';
import { EVENT_SOURCE } from '../rollout/contracts/events.ts';
import { GROUP_REGISTRATIONS } from '../rollout/contracts/group-registration.ts';
import { REGISTRATIONS } from '../rollout/contracts/registration.ts';
import { HOOK_TAG, MANAGED_TAG, PROVISIONED_TAG } from '../rollout/contracts/tags.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import type { ControllerFunction } from './definition.ts';

/** The roles of the controller's functions. */
export type ControllerRoles = Readonly<Record<ControllerFunction, iam.Role>>;

/** Every function of the account and region, with its versions and aliases: for statements that a tag narrows. */
export const everyFunction = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** The condition that a function, or the function of a version or an alias, bears a tag of one of these values. */
export const tagged = (key: string, value: string | string[]): iam.Conditions => ({
  StringEquals: { [`aws:ResourceTag/${key}`]: value },
});

/**
 * What the functions of a controller may do, however many aliases it serves. Calls on functions are judged by the functions' tags: all of
 * these actions know the key aws:ResourceTag. (AWS: service authorization of Lambda; a test holds the list against it.)
 *
 * @param name the controller's name in tags
 */
export function controllerStatements(
  scope: Construct,
  name: string,
): Readonly<Record<ControllerFunction, readonly iam.PolicyStatement[]>> {
  const stack = Stack.of(scope);
  const functions = everyFunction(scope);
  const managed = tagged(MANAGED_TAG, name);
  const onManaged = (...actions: string[]) => allow(actions, functions, managed);
  // AWS knows the source of every event that is put. An endpoint that does not is no reason to be silent.
  const announce = allow(
    ['events:PutEvents'],
    stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
    { StringEqualsIfExists: { 'events:source': EVENT_SOURCE } },
  );
  const readAlarms = allow(['cloudwatch:DescribeAlarms'], everyAlarm(scope));
  // GetMetricData has no resources at all.
  const readCounts = allow(['cloudwatch:GetMetricData'], '*');
  const readData = [allow(['cloudwatch:DescribeAlarmHistory'], everyAlarm(scope)), readCounts];
  return {
    preflight: [
      onManaged('lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags', 'lambda:GetProvisionedConcurrencyConfig'),
      new iam.PolicyStatement({
        actions: ['ssm:GetParametersByPath'],
        resources: [everyRegistration(scope), everyGroup(scope)],
      }),
      readAlarms,
      readCounts,
      announce,
    ],
    shift: [onManaged('lambda:GetAlias', 'lambda:UpdateAlias'), announce],
    observe: [onManaged('lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags'), readAlarms, ...readData, announce],
    revert: [
      onManaged('lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetFunctionConfiguration'),
      readAlarms,
      ...readData,
      // Judged on the path that is asked for. (AWS: Systems Manager, parameter hierarchies.)
      new iam.PolicyStatement({
        actions: ['ssm:GetParametersByPath'],
        resources: [parameter(scope, REGISTRATIONS), parameter(scope, GROUP_REGISTRATIONS)],
      }),
      announce,
    ],
    'announce-approval': [announce],
    'run-hooks': [allow(['lambda:InvokeFunction'], functions, tagged(HOOK_TAG, name))],
    provision: [
      onManaged('lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig'),
      allow(['lambda:PutProvisionedConcurrencyConfig', 'lambda:DeleteProvisionedConcurrencyConfig'], functions, {
        ...managed,
        Null: { [`aws:ResourceTag/${PROVISIONED_TAG}`]: 'false' },
      }),
      announce,
    ],
  };
}

/** Says to cdk-nag why the roles' wildcards cannot be narrower. */
export function acknowledgeControllerWildcards(scope: Construct, roles: ControllerRoles): void {
  for (const name of ['preflight', 'observe', 'revert'] as const) {
    acknowledgeWildcard(roles[name], everyAlarm(scope), 'DescribeAlarms is judged on all alarms of the region.');
  }
  for (const registrations of [everyRegistration(scope), everyGroup(scope)]) {
    acknowledgeWildcard(roles.preflight, registrations, 'Which alias a rollout shifts is known when it runs.');
  }
  for (const name of ['preflight', 'shift', 'observe', 'revert', 'provision', 'run-hooks'] as const) {
    acknowledgeWildcard(roles[name], everyFunction(scope), 'Only functions that bear the tag of this controller.');
  }
}

// DescribeAlarms knows no narrower resource than all alarms of the region.
const everyAlarm = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const parameter = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });

const everyRegistration = (scope: Construct): string => parameter(scope, `${REGISTRATIONS}/*`);
const everyGroup = (scope: Construct): string => parameter(scope, `${GROUP_REGISTRATIONS}/*`);

/** The role of the state machine: it may invoke the controller's functions. */
export function stateMachineRole(controller: Construct, functionArns: readonly string[], roleName?: string): iam.Role {
  const role = new iam.Role(controller, 'StateMachineRole', {
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(controller).account } },
    }),
    roleName,
    description: 'Sluice: lets a rollout invoke the functions of its controller',
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [...functionArns] }));
  acknowledgeWildcard(role, '*', 'X-Ray and the delivery of logs know no resources.');
  return role;
}

/**
 * Allows the revert function to find the rollouts that an event concerns, and to end their waits; and preflight to find a rollout that it
 * joins. Not in the roles' own policies: the functions wait for those, and the state machine that is named here waits for the functions.
 *
 * @returns what a rollout depends on
 */
export function allowExecutions(
  controller: Construct,
  roles: ControllerRoles,
  stateMachine: sfn.StateMachine,
): readonly IDependable[] {
  const executions = Stack.of(controller).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const { stateMachineArn } = stateMachine;
  const events = new iam.Policy(controller, 'EventsPolicy', {
    roles: [roles.revert],
    statements: [
      // Tokens of a state machine's tasks are judged on its ARN, though the documentation knows no resource. (Tried: aws-cdk#8486.)
      allow(['states:ListExecutions', 'states:SendTaskFailure'], stateMachineArn),
      allow(['states:DescribeExecution', 'states:GetExecutionHistory'], executions),
    ],
  });
  acknowledgeWildcard(events, executions, 'Which executions an event concerns is known only when it runs.');
  const join = new iam.Policy(controller, 'JoinPolicy', {
    roles: [roles.preflight],
    statements: [allow(['states:ListExecutions'], stateMachineArn), allow(['states:DescribeExecution'], executions)],
  });
  acknowledgeWildcard(join, executions, 'Which rollout is under way already is known only when it runs.');
  for (const policy of [events, join]) {
    acknowledge(policy, 'IAMNoInlinePolicy', 'It is of use to one role, and names what that role has to be there for.');
  }
  return [events, join];
}

/** A statement of one resource. */
export const allow = (actions: string[], resource: string, conditions?: iam.Conditions): iam.PolicyStatement =>
  new iam.PolicyStatement({ actions, resources: [resource], conditions });
