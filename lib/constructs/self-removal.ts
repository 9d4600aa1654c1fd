import { type CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { resourcesBelow } from './resources.ts';

/** Properties of a stack's removal of itself. */
export interface SelfRemovalProps {
  /** The moment at which the stack deletes itself. */
  readonly expiresAt: Date;
}

/**
 * Deletes a stack at a given moment: a one-time schedule calls cloudformation:deleteStack, with no function in between. Its role may
 * delete this stack and nothing else. The resources of the stack are deleted by the role that CloudFormation deployed it with, as at
 * any deletion. Schedule and role are made first and so deleted last: if the deletion fails, the stack can be asked again.
 */
export class SelfRemoval extends Construct {
  /** The resources that go last. */
  readonly resources: readonly CfnResource[];

  constructor(scope: Construct, id: string, { expiresAt }: SelfRemovalProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      description: 'Sluice: may delete this stack and nothing else',
      inlinePolicies: {
        DeleteThisStack: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['cloudformation:DeleteStack'], resources: [stack.stackId] }),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      name: stack.stackName,
      description: `Sluice: deletes stack ${stack.stackName}`,
      scheduleExpression: `at(${expiresAt.toISOString().slice(0, 19)})`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack',
        roleArn: role.roleArn,
        input: stack.toJsonString({ StackName: stack.stackId }),
      },
    });
    this.resources = resourcesBelow(this);
  }
}
