import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { HOLD_TAG } from '../rollout/observation.ts';

/** The alias whose rollouts somebody is to operate. */
export interface OperatedAlias {
  readonly stateMachine: sfn.IStateMachine;
  /** The function's ARN without a qualifier: writes of an alias are judged on it. (AWS: service authorization of Lambda.) */
  readonly functionArn: string;
  /** The paths of the parameters that name the controllers of the function's aliases, and the members of the alias's group. */
  readonly registrationArns: readonly string[];
}

/** To start executions, and to find one to the same version that is under way: a start joins it. */
export const grantStart = (stateMachine: sfn.IStateMachine, grantee: iam.IGrantable): iam.Grant =>
  stateMachine
    .grantStartExecution(grantee)
    .combine(stateMachine.grant(grantee, 'states:ListExecutions'))
    .combine(stateMachine.grantExecution(grantee, 'states:DescribeExecution'));

/** To read executions and their histories. */
export const grantWatch = (stateMachine: sfn.IStateMachine, grantee: iam.IGrantable): iam.Grant =>
  stateMachine
    .grant(grantee, 'states:ListExecutions')
    .combine(stateMachine.grantExecution(grantee, 'states:DescribeExecution', 'states:GetExecutionHistory'));

/** To answer approvals: the token stands in the history. Answers are judged on the state machine. (Tried: aws-cdk#8486.) */
export const grantApprove = (stateMachine: sfn.IStateMachine, grantee: iam.IGrantable): iam.Grant =>
  grantWatch(stateMachine, grantee).combine(
    stateMachine.grant(grantee, 'states:SendTaskSuccess', 'states:SendTaskFailure'),
  );

/** To learn which controller manages the alias or the group, and by which policy, and that it is a controller. */
export const grantRegistration = (
  { registrationArns, stateMachine }: Pick<OperatedAlias, 'registrationArns' | 'stateMachine'>,
  grantee: iam.IGrantable,
): iam.Grant =>
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['ssm:GetParametersByPath'],
    resourceArns: [...registrationArns],
  }).combine(stateMachine.grant(grantee, 'states:ListTagsForResource'));

/** To read the alias and its rollouts. */
export const grantWatchAlias = (alias: OperatedAlias, grantee: iam.IGrantable): iam.Grant =>
  grantWatch(alias.stateMachine, grantee)
    .combine(grantRegistration(alias, grantee))
    .combine(on(grantee, alias.functionArn, 'lambda:GetAlias'));

/** To set and remove the tag that holds the function's rollouts, and no other tag. */
export const grantHold = ({ functionArn }: OperatedAlias, grantee: iam.IGrantable): iam.Grant =>
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['lambda:TagResource', 'lambda:UntagResource'],
    resourceArns: [functionArn],
    conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [HOLD_TAG] } },
  }).combine(on(grantee, functionArn, 'lambda:GetFunction'));

/** To write the alias, to read the state of the version that it leads to, to stop a rollout that has moved no traffic yet, and to end the wait of one for an approval. */
export const grantRollback = (alias: OperatedAlias, grantee: iam.IGrantable): iam.Grant =>
  grantWatchAlias(alias, grantee)
    .combine(on(grantee, alias.functionArn, 'lambda:UpdateAlias'))
    .combine(on(grantee, `${alias.functionArn}:*`, 'lambda:GetFunctionConfiguration'))
    .combine(alias.stateMachine.grant(grantee, 'states:SendTaskFailure'))
    .combine(alias.stateMachine.grantExecution(grantee, 'states:StopExecution'));

const on = (grantee: iam.IGrantable, resource: string, ...actions: string[]): iam.Grant =>
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
