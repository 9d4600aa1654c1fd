import type { LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type CallingState, type ControllerFacts, neededCalls } from '../../rollout/doctor/controller-checks.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { orUndefined } from '../handler/errors.ts';
import { readControllerVersion } from '../states/controller-tag.ts';
import { jsonIn } from '../states/executions.ts';
import { readFunction } from './function-facts.ts';

/** A controller, and the roles that its states call with. */
export interface FoundController extends ControllerFacts {
  readonly roles: Partial<Readonly<Record<CallingState, string>>>;
}

/** The part of a state machine's definition that is read: which function each state invokes. */
const definitionSchema = z.object({
  States: z.record(
    z.string(),
    z.object({ Parameters: z.object({ FunctionName: z.string() }).optional().catch(undefined) }),
  ),
});

/**
 * Reads a controller.
 *
 */
export async function readController(
  { lambda, sfn }: { readonly lambda: LambdaClient; readonly sfn: SFNClient },
  stateMachineArn: string,
): Promise<FoundController> {
  const machine = await orUndefined(
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    'StateMachineDoesNotExist',
  );
  if (!machine) return { stateMachineArn, status: null, functions: [], version: null, roles: {} };
  const { data } = definitionSchema.safeParse(jsonIn(machine.definition));
  const invoked = Object.entries(data?.States ?? {}).flatMap(([state, { Parameters }]) =>
    Parameters ? [[state, Parameters.FunctionName] as const] : [],
  );
  const found = new Map<string, Awaited<ReturnType<typeof readFunction>>>();
  for (const arn of new Set(invoked.map(([, arn]) => arn))) found.set(arn, await readFunction(lambda, arn));
  const roles = invoked.flatMap(([state, arn]) => {
    const role = found.get(arn)?.latest.role;
    return role && state in neededCalls ? [[state, role]] : [];
  });
  return {
    stateMachineArn,
    status: machine.status ?? 'ACTIVE',
    functions: [...found].map(([arn, facts]) => ({
      name: functionNameOf(arn),
      state: facts ? facts.latest.state : null,
    })),
    version: await readControllerVersion(sfn, stateMachineArn),
    roles: Object.fromEntries(roles),
  };
}
