import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type ControllerFunction, definition } from './definition.ts';
import { type FunctionSettings, logGroupProps } from './function-settings.ts';
import { stateMachineRole } from './permissions.ts';

/** Makes the state machine of a controller: logged, traced, and under a role that may invoke its functions. */
export function makeStateMachine(
  controller: Construct,
  functions: Readonly<Record<ControllerFunction, lambda.Function>>,
  settings: FunctionSettings,
  includeExecutionData: boolean,
): sfn.StateMachine {
  const stack = Stack.of(controller);
  const arns = Object.fromEntries(
    Object.entries(functions).map(([name, { functionArn }]) => [name, functionArn]),
  ) as Record<ControllerFunction, string>;
  const { namePrefix, encryptionKey } = settings;
  const destination = new logs.LogGroup(controller, 'StateMachineLogs', {
    ...logGroupProps(controller, settings),
    logGroupName: namePrefix && `/aws/vendedlogs/states/${namePrefix}`,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  if (!encryptionKey) {
    acknowledge(
      destination,
      'CloudWatchLogGroupEncrypted',
      'CloudWatch Logs encrypts all logs; encryptionKey sets your own key.',
    );
  }
  const role = stateMachineRole(controller, Object.values(arns), namePrefix && `${namePrefix}-state-machine`);
  const machine = new sfn.StateMachine(controller, 'StateMachine', {
    stateMachineName: namePrefix,
    role,
    definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(definition(arns, stack.partition))),
    tracingEnabled: true,
    logs: { destination, level: sfn.LogLevel.ALL, includeExecutionData },
    comment: 'Sluice: one execution is one rollout',
  });
  acknowledge(role, 'IAMNoInlinePolicy', 'The role has one state machine, and its policy is of no use to any other.');
  return machine;
}
