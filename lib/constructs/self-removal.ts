import { type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { resourcesBelow } from './resources.ts';

/** Properties of a stack's removal of itself. */
export interface SelfRemovalProps {
  /** The moment at which the stack deletes itself. */
  readonly expiresAt: Date;
  /**
   * How long it waits before it tries again, until the stack is gone: whole minutes.
   *
   * @default Duration.hours(6)
   */
  readonly retryEvery?: Duration;
}

/**
 * Deletes a stack from a given moment on: a schedule calls cloudformation:deleteStack, with no function in between, and calls again until
 * the stack is gone, because CloudFormation refuses to delete a stack that changes, and a deletion may fail. Its role may delete this
 * stack and nothing else. The resources of the stack are deleted by the role that CloudFormation deployed it with, as at
 * any deletion. Schedule and role are made first and so deleted last: if the deletion fails, the stack can be asked again.
 */
export class SelfRemoval extends Construct {
  /** The resources that go last. */
  readonly resources: readonly CfnResource[];

  constructor(scope: Construct, id: string, { expiresAt, retryEvery = Duration.hours(6) }: SelfRemovalProps) {
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
      // A schedule with a rate runs first at its start date (EventBridge Scheduler, "Schedule types").
      scheduleExpression: `rate(${retryEvery.toMinutes()} minutes)`,
      startDate: `${expiresAt.toISOString().slice(0, 19)}Z`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:cloudformation:deleteStack`,
        roleArn: role.roleArn,
        input: stack.toJsonString({ StackName: stack.stackId }),
        // The default, 185 times within a day, could delete an environment that a deploy has renewed meanwhile.
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 },
      },
    });
    this.resources = resourcesBelow(this);
  }
}
