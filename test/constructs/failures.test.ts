import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { RolloutController } from '../../lib/index.ts';
import { aStack, resourcesOf, statementsOf } from './a-stack.ts';

const stack = aStack();
new RolloutController(stack, 'Rollouts');
const template = Template.fromStack(stack);
const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('FailuresQueue'), 'Arn'] };

describe('what puts aliases back is watched:', () => {
  it('an event that it fails on, or that does not reach it, is kept for two weeks', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('gives an alias back'),
      DeadLetterConfig: { TargetArn: queue },
    });
    const rules = Object.values(resourcesOf(stack)).filter(({ Type }) => Type === 'AWS::Events::Rule');
    expect(rules).toHaveLength(3);
    for (const { Properties } of rules) {
      expect(Properties['Targets']).toMatchObject([{ DeadLetterConfig: { Arn: { 'Fn::GetAtt': expect.anything() } } }]);
    }
  });

  it('one failure fires an alarm, which tells the topic of notifications', () => {
    const watched = { MetricName: 'Errors', Threshold: 0, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' };
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { ...watched, AlarmActions: Match.absent() });
    const told = aStack();
    new RolloutController(told, 'Rollouts', { notifications: new sns.Topic(told, 'Told') });
    Template.fromStack(told).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...watched,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Told') }],
    });
  });

  it('no other function has a queue', () => {
    const queues = Object.values(resourcesOf(stack)).filter(({ Properties }) => Properties?.['DeadLetterConfig']);
    expect(queues).toHaveLength(1);
  });
});

describe('a topic of notifications', () => {
  const told = aStack();
  const topic = new sns.Topic(told, 'Told', { masterKey: new kms.Key(told, 'Key') });
  new RolloutController(told, 'Rollouts', { notifications: topic });

  it('lets in no rule of somebody else: the rule publishes by a role that only EventBridge of this account takes', () => {
    const policies = Object.values(resourcesOf(told)).filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy');
    const text = JSON.stringify(policies);
    expect(text).not.toContain('events.amazonaws.com');
    for (const statement of policies.flatMap(({ Properties }) => statementsIn(Properties))) {
      expect(statement).toHaveProperty('Condition');
    }
    expect(statementsOf(told, 'RolloutsNotificationsRole').flatMap(({ actions }) => actions)).toContain('sns:Publish');
    Template.fromStack(told).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          }),
        ],
      },
    });
  });

  it('that another app made is published to as well, for the role needs no policy of the topic', () => {
    const own = aStack();
    const theirs = sns.Topic.fromTopicArn(own, 'Theirs', 'arn:aws:sns:us-east-1:123456789012:theirs');
    new RolloutController(own, 'Rollouts', { notifications: theirs });
    expect(statementsOf(own, 'RolloutsNotificationsRole')).toMatchObject([
      { actions: ['sns:Publish'], resources: ['arn:aws:sns:us-east-1:123456789012:theirs'] },
    ]);
  });

  it('with a key of its own may be written by the role', () => {
    expect(statementsOf(told, 'RolloutsNotificationsRole').flatMap(({ actions }) => actions)).toEqual(
      expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey*']),
    );
  });
});

it('the log of the state machine holds no task tokens unless asked to', () => {
  const own = aStack();
  new RolloutController(own, 'Rollouts', { includeExecutionData: true });
  const logging = (included: boolean) => ({ LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: included } });
  Template.fromStack(own).hasResourceProperties('AWS::StepFunctions::StateMachine', logging(true));
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', logging(false));
});

const statementsIn = (properties: Record<string, unknown>): readonly object[] =>
  (properties['PolicyDocument'] as { Statement: object[] }).Statement;
