import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RolloutController } from '../constructs/controller.ts';
import { controllerFunctions } from '../constructs/definition.ts';

/** The parts of a resource that are read here. */
interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** What the props recommend. */
const RESERVED = 10;

/**
 * Synthesizes a controller and takes from its template the parts that a rehearsal runs: the state machine's definition and its functions'
 * configuration, with every token replaced by the ARN that it could stand for.
 */
export function render() {
  const stack = new Stack(new App(), 'sluice', { env: { account: ACCOUNT, region: REGION } });
  const controller = new RolloutController(stack, 'Controller', { reservedConcurrency: RESERVED });
  const resources = Template.fromStack(stack).toJSON().Resources as Record<string, Resource>;
  const names = new Map(
    controllerFunctions.map((name) => [
      stack.getLogicalId(controller.functions[name].node.defaultChild as never),
      name,
    ]),
  );
  const arnOf = (logicalId: string): string => {
    const name = names.get(logicalId);
    if (!name) throw new Error(`the definition refers to ${logicalId}, which is none of the controller's functions`);
    return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:sluice-${name}`;
  };
  const machine = Object.values(resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine') as Resource;
  const functions = [...names].map(([logicalId, name]) => {
    const { Timeout, Environment, ReservedConcurrentExecutions } = (resources[logicalId] as Resource).Properties as {
      Timeout: number;
      Environment?: { Variables: Record<string, string> };
      ReservedConcurrentExecutions?: number;
    };
    const environment = Environment?.Variables ?? {};
    const configuration = { arn: arnOf(logicalId), timeoutSeconds: Timeout, environment };
    return [name, { ...configuration, reservedConcurrency: ReservedConcurrentExecutions }] as const;
  });
  return {
    definition: JSON.parse(resolved(machine.Properties.DefinitionString, arnOf)),
    functions: Object.fromEntries(functions),
  };
}

/** Text with CloudFormation's Fn::Join, Fn::GetAtt of an ARN and partition worked out. */
function resolved(value: unknown, arnOf: (logicalId: string) => string): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: reference,
  } = value as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::GetAtt'?: [string, string];
    Ref?: string;
  };
  if (join) return join[1].map((part) => resolved(part, arnOf)).join(join[0]);
  if (reference === 'AWS::Partition') return 'aws';
  if (attribute?.[1] === 'Arn') return arnOf(attribute[0]);
  throw new Error(`the definition contains ${JSON.stringify(value)}, which a rehearsal cannot work out`);
}
