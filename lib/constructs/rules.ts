import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { BAD_STATUSES, EVENT_SOURCE, type SweepTrigger } from '../rollout/contracts/events.ts';
import { acknowledge } from './acknowledge.ts';

/** Reverts after executions that were stopped or lost: these run no Catch, but their end is an event. */
export function revertAfterBadEnds(
  controller: Construct,
  stateMachine: sfn.StateMachine,
  revert: lambda.Function,
  failures: IQueue,
): void {
  new events.Rule(controller, 'BadEnds', {
    description: 'Sluice: reverts the alias if a rollout was stopped, timed out or failed',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: [...BAD_STATUSES], stateMachineArn: [stateMachine.stateMachineArn] },
    },
    targets: [new targets.LambdaFunction(revert, { deadLetterQueue: failures })],
  });
}

/** Looks again every five minutes: events of executions are delivered at best effort, and a handler may write after its execution. */
export function sweepEveryFiveMinutes(
  controller: Construct,
  stateMachine: sfn.StateMachine,
  revert: lambda.Function,
  failures: IQueue,
): void {
  const trigger: SweepTrigger = { trigger: 'sweep', stateMachineArn: stateMachine.stateMachineArn };
  new events.Rule(controller, 'Sweep', {
    description: 'Sluice: every five minutes reverts what a rollout left behind if no event told of its end',
    schedule: events.Schedule.rate(Duration.minutes(5)),
    targets: [
      new targets.LambdaFunction(revert, {
        event: events.RuleTargetInput.fromObject(trigger),
        deadLetterQueue: failures,
      }),
    ],
  });
}

/**
 * Sends every change of this controller's rollouts to a topic, as a sentence. The rule publishes by a role of its own: the topic's policy
 * then need not let in EventBridge, with the rules of everybody, and an imported topic needs no policy.
 */
export function notify(
  controller: Construct,
  stateMachine: sfn.StateMachine,
  topic: sns.ITopic,
  failures: IQueue,
  roleName: string | undefined,
): void {
  const execution = Stack.of(controller).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}:`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const role = new iam.Role(controller, 'NotificationsRole', {
    assumedBy: new iam.ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(controller).account } },
    }),
    roleName,
    description: 'Sluice: lets its rule publish to the topic of notifications',
  });
  new events.Rule(controller, 'Notifications', {
    description: 'Sluice: sends every change of a rollout to a topic',
    eventPattern: { source: [EVENT_SOURCE], detail: { execution: [{ prefix: execution }] } },
    targets: [
      new targets.SnsTopic(topic, {
        message: events.RuleTargetInput.fromText(events.EventField.fromPath('$.detail.summary')),
        role,
        deadLetterQueue: failures,
      }),
    ],
  });
  acknowledge(role, 'IAMNoInlinePolicy', 'The role has one rule, and its policy is of no use to any other.');
}

/**
 * Hands every alarm of the account and region that fires to the function that reverts: it asks the running rollouts whether the alarm is
 * one of theirs. So a rollout is reverted for each alarm that its own policy names, and no alias adds a rule.
 */
export function revertOnAlarms(
  controller: Construct,
  stateMachine: sfn.StateMachine,
  revert: lambda.Function,
  failures: IQueue,
): void {
  new events.Rule(controller, 'Alarms', {
    description: 'Sluice: reverts running rollouts whose policy names an alarm that fires',
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] } },
    },
    targets: [
      new targets.LambdaFunction(revert, {
        // The whole detail goes on: it is JSON, which nothing has to escape.
        event: events.RuleTargetInput.fromObject({
          trigger: 'alarm',
          stateMachineArn: stateMachine.stateMachineArn,
          time: events.EventField.time,
          detail: events.EventField.fromPath('$.detail'),
        }),
        deadLetterQueue: failures,
      }),
    ],
  });
}

/** @throws Error if an alarm is in another region than the alias in this scope */
export function refuseOtherRegion(scope: Construct, alarm: cloudwatch.IAlarm): void {
  const { region } = Stack.of(scope);
  const alarmRegion = regionOf(alarm);
  if (!Token.isUnresolved(region) && !Token.isUnresolved(alarmRegion) && alarmRegion !== region) {
    throw new Error(
      `alarm ${alarm.node.path} is in ${alarmRegion}, but the alias is in ${region}: a rollout sees alarms of its own region only`,
    );
  }
}

/** The region of an alarm: of an imported one that of its ARN, for its construct claims that of the stack. */
const regionOf = (alarm: cloudwatch.IAlarm): string =>
  Token.isUnresolved(alarm.alarmArn) ? alarm.env.region : (alarm.alarmArn.split(':')[3] as string);
