import {
  type CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { oneLine } from '../../rollout/contracts/text.ts';
import { isNamed } from '../handler/errors.ts';

/** A stack did not become what was asked for. The message says why, as its events tell it. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
}

/** The stack of a name, or of an id; undefined if there is none. */
export async function readStack(cloudformation: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0]?.StackStatus === 'DELETE_COMPLETE' ? undefined : Stacks[0];
  } catch (error) {
    // DescribeStacks has no error of its own for a stack that is not there. (AWS: its reference.)
    if (isNamed(error, 'ValidationError')) return undefined;
    throw error;
  }
}

/** A template with the values of its parameters. */
export interface WantedStack {
  readonly name: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type Pause = (seconds: number) => Promise<void>;

/**
 * Makes a stack or updates it, and waits until that is done.
 *
 * @throws StackFailed if it could not be made or updated
 */
export async function deployStack(
  cloudformation: CloudFormationClient,
  { name, template, parameters }: WantedStack,
  pause: Pause,
): Promise<'made' | 'updated' | 'unchanged'> {
  const input: CreateStackCommandInput = {
    StackName: name,
    TemplateBody: template,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Capabilities: ['CAPABILITY_IAM'],
  };
  const before = await readStack(cloudformation, name);
  if (!before) {
    const { StackId = name } = await cloudformation.send(new CreateStackCommand(input));
    await settled(cloudformation, StackId, 'CREATE_COMPLETE', pause);
    return 'made';
  }
  try {
    await cloudformation.send(new UpdateStackCommand(input));
  } catch (error) {
    // The only sign of an update without changes. (AWS: UpdateStack.)
    if (isNamed(error, 'ValidationError') && /No updates are to be performed/.test((error as Error).message)) {
      return 'unchanged';
    }
    throw error;
  }
  await settled(cloudformation, before.StackId ?? name, 'UPDATE_COMPLETE', pause);
  return 'updated';
}

/**
 * Deletes a stack by its id, and waits until it is gone.
 *
 * @throws StackFailed if something of it stays
 */
export async function deleteStack(cloudformation: CloudFormationClient, stackId: string, pause: Pause): Promise<void> {
  await cloudformation.send(new DeleteStackCommand({ StackName: stackId }));
  await settled(cloudformation, stackId, 'DELETE_COMPLETE', pause);
}

const SECONDS_BETWEEN_LOOKS = 2;

/** A controller takes a minute or two; CloudFormation itself gives up no later. */
const MOST_LOOKS = 1800;

async function settled(
  cloudformation: CloudFormationClient,
  stackId: string,
  wanted: string,
  pause: Pause,
): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const status = (await readStack(cloudformation, stackId))?.StackStatus ?? 'DELETE_COMPLETE';
    if (status === wanted || status === `${wanted}_CLEANUP_IN_PROGRESS`) return;
    if (!status.endsWith('_IN_PROGRESS')) {
      throw new StackFailed(`stack ${stackId} is ${status}: ${await whyFailed(cloudformation, stackId)}`);
    }
    await pause(SECONDS_BETWEEN_LOOKS);
  }
  throw new StackFailed(`stack ${stackId} has not become ${wanted} within an hour; look at its events`);
}

/** The reasons of the last resources that failed. What was only cancelled because of them tells nothing. */
async function whyFailed(cloudformation: CloudFormationClient, stackId: string): Promise<string> {
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stackId }));
  const reasons = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
    .map(({ LogicalResourceId, ResourceStatusReason = '' }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .filter((reason) => !/cancelled/i.test(reason));
  return oneLine(reasons.slice(0, 3).join('; ') || 'its events tell no reason', 1000);
}
