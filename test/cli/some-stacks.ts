import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
  UpdateScheduleCommand,
  type UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { environmentNameOf } from '../../lib/branch/branch-name.ts';
import { tagOfBranch } from '../../lib/branch/environment-tags.ts';
import type { Account } from '../../lib/cli/account.ts';

/** A stack as DescribeStacks answers it. */
export const aStack = (branch: string, more: Partial<Stack> & { service?: string; tag?: string } = {}): Stack => {
  const { service = 'checkout', tag = tagOfBranch(branch), ...stack } = more;
  const name = stack.StackName ?? `${service}-${environmentNameOf(branch)}`;
  return {
    StackName: name,
    StackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1`,
    StackStatus: 'UPDATE_COMPLETE',
    CreationTime: new Date('2026-11-20T00:00:00Z'),
    Tags: [
      { Key: 'sluice:branch', Value: tag },
      { Key: 'sluice:service', Value: service },
    ],
    Outputs: [
      { OutputKey: 'Branch', OutputValue: branch.replace(/[^\x20-\x7e]/gu, '?') },
      { OutputKey: 'IdleCostPerMonth', OutputValue: '0.00' },
    ],
    ...stack,
  };
};

/** An account with stacks and schedules, each schedule named after its stack. Real clients, whose requests are answered here. */
export class SomeStacks {
  readonly deleted: string[] = [];
  readonly updates: UpdateScheduleCommandInput[] = [];
  readonly account: Account;
  readonly stacks: readonly Stack[];
  readonly schedules: Readonly<Record<string, Partial<GetScheduleCommandOutput>>>;

  constructor(stacks: readonly Stack[], schedules: SomeStacks['schedules'] = {}) {
    this.stacks = stacks;
    this.schedules = schedules;
    const where = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const clients = { cloudformation: new CloudFormationClient(where), scheduler: new SchedulerClient(where) };
    for (const client of Object.values(clients) as CloudFormationClient[]) {
      client.send = async (command: object) => this.#answer(command) as never;
    }
    this.account = clients as unknown as Account;
  }

  #answer(command: object): object {
    if (command instanceof DescribeStacksCommand) return { Stacks: this.stacks };
    if (command instanceof DeleteStackCommand) {
      this.deleted.push(/stack\/([^/]+)/.exec(String(command.input.StackName))?.[1] as string);
      return {};
    }
    if (command instanceof GetScheduleCommand) {
      const found = this.schedules[command.input.Name as string];
      if (found) return found;
      throw Object.assign(new Error('no such schedule'), { name: 'ResourceNotFoundException' });
    }
    if (command instanceof UpdateScheduleCommand) {
      this.updates.push(command.input);
      return {};
    }
    throw new Error(`not expected: ${command.constructor.name}`);
  }
}
