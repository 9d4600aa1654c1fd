import { isNamed } from '../aws/handler/errors.ts';
import { readKnownAliases } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { executionArnOf, type RolloutExecution, readRollout } from '../aws/states/executions.ts';
import type { OperationClients } from './clients.ts';
import { ExecutionNotFound } from './errors.ts';
import { namedController } from './resolve-alias.ts';

/** An execution by its name or its ARN. */
export interface NamedExecution {
  readonly execution: string;
  /** The controller whose execution it is, by the ARN of its state machine or its name; left out: those that stacks have registered. */
  readonly controller?: string | undefined;
}

/**
 * The execution of a rollout. A name is looked for among the executions of every controller that a stack has registered.
 *
 * @throws ExecutionNotFound if there is none, or if it is no rollout
 * @throws ControllerUnknown if there is no controller of the name
 */
export async function findExecution(
  clients: Pick<OperationClients, 'sfn' | 'ssm'>,
  { execution, controller }: NamedExecution,
): Promise<RolloutExecution> {
  const arns = execution.startsWith('arn:')
    ? [execution]
    : (controller === undefined ? await controllersOf(clients) : [await namedController(clients, controller)]).map(
        (each) => executionArnOf(each, execution),
      );
  for (const executionArn of arns) {
    const found = await readExisting(clients, executionArn);
    if (found) return found;
  }
  throw new ExecutionNotFound(execution);
}

async function readExisting({ sfn }: Pick<OperationClients, 'sfn'>, executionArn: string) {
  try {
    return await readRollout(sfn, { executionArn });
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
    throw error;
  }
}

async function controllersOf({ sfn, ssm }: Pick<OperationClients, 'sfn' | 'ssm'>): Promise<readonly string[]> {
  const known = await readKnownAliases(ssm);
  const arns = new Set(known.flatMap(({ registration }) => registration?.stateMachineArn ?? []));
  const controllers: string[] = [];
  for (const arn of arns) if ((await notAController(sfn, arn)) === undefined) controllers.push(arn);
  return controllers;
}
