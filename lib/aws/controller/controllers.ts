import { type CloudFormationClient, paginateListExports } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { controllerParameter, exportName } from '../../rollout/contracts/standalone.ts';
import { isNamed } from '../handler/errors.ts';

/** A standalone controller of the account and region. */
export interface StandaloneController {
  /** The name of its stack, which its tag has as a value. */
  readonly name: string;
  readonly stackId: string;
  readonly serviceToken: string;
  readonly stateMachineArn: string;
}

/** Every standalone controller of the account and region, by name: their stacks export where they are. */
export async function readControllers(cloudformation: CloudFormationClient): Promise<readonly StandaloneController[]> {
  const exports = new Map<string, { readonly value: string; readonly stackId: string }>();
  for await (const { Exports = [] } of paginateListExports({ client: cloudformation }, {})) {
    for (const { Name = '', Value = '', ExportingStackId = '' } of Exports) {
      exports.set(Name, { value: Value, stackId: ExportingStackId });
    }
  }
  return [...exports]
    .flatMap(([given, { value: stateMachineArn, stackId }]) => {
      const name = /^([^:]+):state-machine$/.exec(given)?.[1];
      const token = name && exports.get(exportName(name, 'ServiceToken'));
      return name && token ? [{ name, stackId, serviceToken: token.value, stateMachineArn }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The state machine of a standalone controller; undefined if there is none of that name. */
export async function readStateMachineOf(ssm: SSMClient, name: string): Promise<string | undefined> {
  try {
    const answer = await ssm.send(new GetParameterCommand({ Name: controllerParameter(name, 'StateMachineArn') }));
    return answer.Parameter?.Value;
  } catch (error) {
    if (isNamed(error, 'ParameterNotFound')) return undefined;
    throw error;
  }
}
