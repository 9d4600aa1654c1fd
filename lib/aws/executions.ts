import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StartInput } from '../rollout/start.ts';
import { isNamed } from './errors.ts';

/** Starts a rollout under a name of its own; one that was started under that name already is the same one. */
export async function startRollout(
  sfn: SFNClient,
  stateMachineArn: string,
  name: string,
  input: StartInput,
): Promise<void> {
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
  }
}
