import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetScheduleCommand, type SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { BRANCH_TAG, PROTECTED_TAG, SERVICE_TAG } from '../../branch/environment-tags.ts';
import { isNamed } from '../handler/errors.ts';

/** The environment of a branch: a stack that `BranchStack` made. */
export interface Environment {
  readonly branch: string;
  readonly service: string;
  readonly stack: string;
  readonly stackId: string;
  readonly status: string;
  readonly owner: string | null;
  readonly url: string | null;
  readonly createdAt: Date;
  readonly deployedAt: Date;
  /** US dollars a month; null if the stack does not say. */
  readonly idleCostPerMonth: number | null;
  /** Stays until somebody removes it by name. */
  readonly protected: boolean;
}

/** Every environment of the account and region. Production is not an environment. */
export async function readEnvironments(cloudformation: CloudFormationClient): Promise<readonly Environment[]> {
  const found: Environment[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudformation }, {})) {
    found.push(...Stacks.flatMap((stack) => environmentOf(stack) ?? []));
  }
  return found.sort((a, b) => (a.branch < b.branch ? -1 : 1));
}

function environmentOf(stack: Stack): Environment | undefined {
  const tags = Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  const service = tags[SERVICE_TAG];
  if (tags[BRANCH_TAG] === undefined || service === undefined || stack.StackStatus === 'DELETE_COMPLETE')
    return undefined;
  const createdAt = stack.CreationTime ?? new Date(0);
  return {
    // The tag lacks the characters that tags may not hold.
    branch: outputs['Branch'] ?? tags[BRANCH_TAG],
    service,
    stack: stack.StackName ?? '',
    stackId: stack.StackId ?? '',
    status: stack.StackStatus ?? '',
    owner: outputs['Owner'] ?? null,
    url: outputs['Url'] ?? null,
    createdAt,
    deployedAt: stack.LastUpdatedTime ?? createdAt,
    idleCostPerMonth: outputs['IdleCostPerMonth'] === undefined ? null : Number(outputs['IdleCostPerMonth']),
    protected: tags[PROTECTED_TAG] === 'true',
  };
}

/** When an environment deletes itself; null if it does not. */
export async function readExpiry(scheduler: SchedulerClient, { stack }: Environment): Promise<Date | null> {
  try {
    const { ScheduleExpression = '' } = await scheduler.send(new GetScheduleCommand({ Name: stack }));
    const [, time] = /^at\((.+)\)$/.exec(ScheduleExpression) ?? [];
    return time === undefined ? null : new Date(`${time}Z`);
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return null;
    throw error;
  }
}

/** Lets an environment live until a later moment; its next deploy counts from itself again. */
export async function writeExpiry(scheduler: SchedulerClient, { stack }: Environment, until: Date): Promise<void> {
  const schedule = await scheduler.send(new GetScheduleCommand({ Name: stack }));
  await scheduler.send(
    new UpdateScheduleCommand({
      Name: stack,
      Description: schedule.Description,
      ScheduleExpression: `at(${until.toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: schedule.FlexibleTimeWindow ?? { Mode: 'OFF' },
      Target: schedule.Target,
      State: 'ENABLED',
    }),
  );
}

/** Asks CloudFormation to delete an environment, by its stack's id, so that a later stack of the same name is left alone. */
export async function removeEnvironment(cloudformation: CloudFormationClient, { stackId }: Environment): Promise<void> {
  await cloudformation.send(new DeleteStackCommand({ StackName: stackId }));
}
