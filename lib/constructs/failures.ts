import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { FunctionSettings } from './function-settings.ts';

/** What keeps and tells the failures of the function that puts aliases back. */
export interface Failures {
  /** Holds events that could not be delivered, or that the function failed on, after all retries. */
  readonly queue: sqs.IQueue;
  /** Makes the alarm on the function's errors. */
  readonly watch: (revert: lambda.Function) => void;
}

/** Makes the queue for what could not be worked on. Its alarm tells the topic, if there is one, and stands in CloudWatch otherwise. */
export function watchedFailures(
  controller: Construct,
  { encryptionKey, notifications }: FunctionSettings & { readonly notifications?: sns.ITopic },
): Failures {
  const scope = new Construct(controller, 'Failures');
  const queue = new sqs.Queue(scope, 'Queue', {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
  });
  if (encryptionKey) allowEventBridge(controller, encryptionKey);
  acknowledgeQueue(queue);
  const watch = (revert: lambda.Function) => {
    const alarm = revert.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' }).createAlarm(scope, 'Alarm', {
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription:
        'Sluice: the function that puts aliases back has failed; look whether one still shows the weights of a rollout that has ended',
    });
    if (notifications) {
      alarm.addAlarmAction(new SnsAction(notifications));
      allowAlarms(controller, notifications);
    } else {
      acknowledge(alarm, 'CloudWatchAlarmAction', 'It tells the topic of the prop notifications; there is none.');
    }
  };
  return { queue, watch };
}

/** A topic's own policy replaces the default one, which let the account's alarms in. */
function allowAlarms(controller: Construct, topic: sns.ITopic): void {
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(controller).account } },
    }),
  );
}

/** EventBridge writes undelivered events under the queue's key. */
function allowEventBridge(controller: Construct, key: NonNullable<FunctionSettings['encryptionKey']>): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // In a key's policy this is the key itself.
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(controller).account } },
    }),
  );
}

function acknowledgeQueue(queue: sqs.Queue): void {
  acknowledge(queue, 'SQSRedrivePolicy', 'It is the dead-letter queue itself.');
}
