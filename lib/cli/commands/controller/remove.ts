import { readControllers } from '../../../aws/controller/controllers.ts';
import { deleteStack, StackFailed } from '../../../aws/controller/stack.ts';
import { readRegistrations } from '../../../aws/stack/registrations.ts';
import { listExecutions } from '../../../aws/states/executions.ts';
import type { Account } from '../../account.ts';
import { controllerNameIn } from '../../controller-name.ts';
import { type Command, EXIT_FAILED } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { printResult } from '../../terminal/print-result.ts';

/** So many names fit into a refusal. */
const MOST_TOLD = 5;

/** `sluice controller remove`: deletes a controller that nobody needs. */
export const controllerRemove: Command = {
  usage: 'sluice controller remove <name> [--json]',
  summary:
    'Deletes a standalone controller. It is refused while a rollout runs, and as long as an alias is registered with the controller: its stack could not be deleted any more. The bucket with the code stays.',
  example: 'sluice controller remove sluice',
  options: { json: 'prints { "controller", "removed": "<stack>" }' },
  operands: ['name'],
  async run({ operands: [given], flags }, terminal, account) {
    const name = controllerNameIn(given);
    const aws = await account();
    const controllers = await readControllers(aws.cloudformation);
    const controller = controllers.find((each) => each.name === name);
    if (!controller) {
      const known = controllers.map((each) => each.name).join(', ') || 'there is none';
      throw new CommandRefused(`there is no controller ${name} in this account and region.\n\n  expected: ${known}`);
    }
    await refuseInUse(aws, name, controller.stateMachineArn);
    try {
      await deleteStack(aws.cloudformation, controller.stackId, aws.pause);
    } catch (error) {
      if (!(error instanceof StackFailed)) throw error;
      terminal.err.write(`sluice: ${error.message}\n`);
      return EXIT_FAILED;
    }
    return printResult(terminal, flags, {
      json: { controller: name, removed: controller.stackId },
      what: `removed controller ${name}`,
      undo: `sluice controller deploy --name ${name}`,
    });
  },
};

/** @throws CommandRefused if a rollout runs, or an alias is registered */
async function refuseInUse({ sfn, ssm }: Account, name: string, stateMachineArn: string): Promise<void> {
  const { executions } = await listExecutions(sfn, { stateMachineArn, statusFilter: 'RUNNING' }, 1);
  if (executions.length > 0) {
    throw new CommandRefused(
      `rollouts of ${name} run: ${told(executions.map((each) => each.name ?? ''))}; nothing was done.\n\n  expected: wait for their ends, or end them with sluice rollback`,
    );
  }
  const aliases = (await readRegistrations(ssm))
    .filter(({ registration }) => registration.stateMachineArn === stateMachineArn)
    .map(({ functionName, aliasName }) => `${functionName}:${aliasName}`);
  if (aliases.length > 0) {
    throw new CommandRefused(
      `aliases are registered with ${name}: ${told(aliases)}; nothing was done.\n\n  expected: take their resources out of their stacks first`,
    );
  }
}

const told = (names: readonly string[]): string =>
  names.length <= MOST_TOLD
    ? names.join(', ')
    : `${names.slice(0, MOST_TOLD).join(', ')} and ${names.length - MOST_TOLD} more`;
