import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type AlarmTrigger, EVENT_SOURCE, type SweepTrigger } from '../rollout/contracts/events.ts';

/** Reverts after executions that were stopped or lost: these run no Catch, but their end is an event. */
export function revertAfterBadEnds(controller: Construct, stateMachine: sfn.StateMachine, revert: lambda.Function) {
  new events.Rule(controller, 'BadEnds', {
    description: 'Sluice: reverts the alias if a rollout was stopped, timed out or failed',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ['ABORTED', 'TIMED_OUT', 'FAILED'], stateMachineArn: [stateMachine.stateMachineArn] },
    },
    targets: [new targets.LambdaFunction(revert)],
  });
}

/** Looks again every five minutes: events of executions are delivered at best effort, and a handler may write after its execution. */
export function sweepEveryFiveMinutes(controller: Construct, stateMachine: sfn.StateMachine, revert: lambda.Function) {
  const trigger: SweepTrigger = { trigger: 'sweep', stateMachineArn: stateMachine.stateMachineArn };
  new events.Rule(controller, 'Sweep', {
    description: 'Sluice: every five minutes reverts what a rollout left behind if no event told of its end',
    schedule: events.Schedule.rate(Duration.minutes(5)),
    targets: [new targets.LambdaFunction(revert, { event: events.RuleTargetInput.fromObject(trigger) })],
  });
}

/** Sends every change of this controller's rollouts to a topic, as a sentence. */
export function notify(controller: Construct, stateMachine: sfn.StateMachine, topic: sns.ITopic): void {
  const execution = Stack.of(controller).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}:`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  new events.Rule(controller, 'Notifications', {
    description: 'Sluice: sends every change of a rollout to a topic',
    eventPattern: { source: [EVENT_SOURCE], detail: { execution: [{ prefix: execution }] } },
    targets: [
      new targets.SnsTopic(topic, {
        message: events.RuleTargetInput.fromText(events.EventField.fromPath('$.detail.summary')),
      }),
    ],
  });
}

/** An event pattern may have 2,048 characters, and an alarm's ARN some 100. (AWS: EventBridge quotas.) */
const ALARMS_PER_RULE = 10;

/** An alias, and the function that reverts it. */
export interface RevertedAlias {
  readonly functionName: string;
  readonly aliasName: string;
  readonly stateMachineArn: string;
  readonly revert: lambda.Function;
}

/** The rules that revert an alias as soon as one of its alarms fires. */
export class AlarmRules {
  readonly #scope: Construct;
  readonly #alias: RevertedAlias;
  #alarms = 0;
  #rule: events.Rule | undefined;

  constructor(scope: Construct, alias: RevertedAlias) {
    this.#scope = scope;
    this.#alias = alias;
  }

  /** @throws Error if the alarm is in another region than the alias */
  add(alarm: cloudwatch.IAlarm): void {
    const { region } = Stack.of(this.#scope);
    const alarmRegion = regionOf(alarm);
    if (!Token.isUnresolved(region) && !Token.isUnresolved(alarmRegion) && alarmRegion !== region) {
      throw new Error(
        `alarm ${alarm.node.path} is in ${alarmRegion}, but the alias is in ${region}: a rollout sees alarms of its own region only`,
      );
    }
    if (this.#rule && this.#alarms % ALARMS_PER_RULE > 0) {
      this.#rule.addEventPattern({ resources: [alarm.alarmArn] });
    } else {
      this.#rule = this.#ruleFor(alarm);
    }
    this.#alarms++;
  }

  #ruleFor(alarm: cloudwatch.IAlarm): events.Rule {
    const { functionName, aliasName, stateMachineArn, revert } = this.#alias;
    const trigger: AlarmTrigger = {
      trigger: 'alarm',
      function: functionName,
      alias: aliasName,
      alarm: events.EventField.fromPath('$.detail.alarmName'),
      stateMachineArn,
      reason: events.EventField.fromPath('$.detail.state.reason'),
      time: events.EventField.time,
    };
    return new events.Rule(this.#scope, `AlarmFires${this.#alarms || ''}`, {
      description: `Sluice: reverts alias ${aliasName} if one of its alarms fires`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [new targets.LambdaFunction(revert, { event: events.RuleTargetInput.fromObject(trigger) })],
    });
  }
}

/** The region of an alarm: of an imported one that of its ARN, for its construct claims that of the stack. */
const regionOf = (alarm: cloudwatch.IAlarm): string =>
  Token.isUnresolved(alarm.alarmArn) ? alarm.env.region : (alarm.alarmArn.split(':')[3] as string);
