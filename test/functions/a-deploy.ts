import { create } from '../../functions/alias-resource.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import type { CustomResourceAnswer } from '../../lib/aws/stack/custom-resource.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import type { RehearsedAws } from '../../lib/rehearsal/services/aws.ts';
import { type AliasState, split } from '../../lib/rollout/alias/alias.ts';
import { describeShift, markOf, withOwnerMark } from '../../lib/rollout/alias/description.ts';
import type { AliasProperties, FormerAliasProperties } from '../../lib/rollout/contracts/custom-resource.ts';
import { T0 } from '../rollout/a-rollout.ts';
import { anAws, onVirtualTime } from './an-aws.ts';

/** The properties of an alias at its first version, as a template has them. */
export const properties: AliasProperties = {
  FunctionName: 'checkout',
  AliasName: 'live',
  Version: '41',
  Existing: 'fail',
  Policy: '{"canary":{"weight":10},"alarms":["errors"],"hooks":{"beforeTraffic":["smoke"]}}',
  StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice',
  Stack: 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/1',
};

/** The same alias under another construct id. */
export const MOVED = { LogicalResourceId: 'ShopLiveAlias' };
/** The same alias in another stack. */
export const ANOTHER_STACK = { StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/2' };

/** CloudFormation and Lambda as the custom resource meets them: versions 41 and 42, and no alias yet. */
export function aDeploy(faults: readonly AwsFault[] = [], environment: Readonly<Record<string, string>> = {}) {
  const { aws, lambda } = anAws(faults);
  lambda.alias = null;
  const stack: { status: string; rootId?: string } = { status: 'UPDATE_IN_PROGRESS' };
  const cloudformation = {
    send: async () => ({ Stacks: [{ StackStatus: stack.status, RootId: stack.rootId }] }),
  } as unknown as Clients['cloudformation'];
  const answers: CustomResourceAnswer[] = [];
  const created = create(
    { clients: { ...aws.clientsFor('alias-resource'), cloudformation }, environment, now: () => 0 },
    async (_, answer) => {
      answers.push(answer);
    },
  );
  const handler = (event: unknown) => onVirtualTime(() => created(event));
  const request = async (
    type: 'Create' | 'Update' | 'Delete',
    changes: Partial<FormerAliasProperties> = {},
    more: object = {},
  ) => {
    await handler({
      RequestType: type,
      ResponseURL: 'https://example.com/answer',
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/1',
      RequestId: `request-${answers.length}`,
      LogicalResourceId: 'LiveAlias',
      ...(type === 'Create' ? {} : { PhysicalResourceId: answers[0]?.physicalId ?? 'sluice-0' }),
      ...(type === 'Update' ? { OldResourceProperties: properties } : {}),
      ResourceProperties: { ServiceToken: 'x', ServiceTimeout: '300', ...properties, ...changes },
      ...more,
    });
    return answers.at(-1) as CustomResourceAnswer;
  };
  /** The alias as a person makes it. */
  const byHand = (description = 'ours', version = '41') =>
    lambda.createAlias(
      { FunctionName: 'checkout', Name: 'live', FunctionVersion: version, Description: description },
      'a person',
    );
  /** The alias in the middle of the rollout of an execution. */
  const midway = (execution = 'deploy-7') => {
    const owner = { stable: '41', candidate: '42', weight: 10, execution, startedAt: T0 };
    const alias = lambda.alias as AliasState;
    lambda.alias = {
      ...alias,
      ...split('41', '42', 10),
      description: withOwnerMark(describeShift(owner, { number: 1, of: 2 }), markOf(alias)),
    };
  };
  return { lambda, aws, request, handler, stack, byHand, midway };
}

/** The writing calls, in their order. */
export const writesOf = (aws: RehearsedAws) =>
  aws.calls.map(({ action }) => action).filter((action) => /Update|Create|Delete/.test(action));
