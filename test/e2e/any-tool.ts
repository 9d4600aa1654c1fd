import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { zip } from '../../lib/cli/zip.ts';
import { TIMING_VARIABLE } from '../../lib/rollout/contracts/environment.ts';
import { BAKE_SECONDS, eventually, sluice, sluiceJson, timing } from './deployment.ts';

const cloudformation = new CloudFormationClient({});
const lambda = new LambdaClient({});
const s3 = new S3Client({});

/** The controller of the documents' examples. */
export const CONTROLLER = 'sluice';

/** The bucket with the code of the releases. */
export const bucket = `sluice-e2e-${process.pid}`;

/** Deploys the controller with the command line. An endpoint whose metrics are quicker than CloudWatch's has its functions told so. */
export async function deployController(): Promise<void> {
  const { code, err } = await sluice('controller', 'deploy', '--name', CONTROLLER);
  if (code !== 0) throw new Error(err);
  const { StackResources = [] } = await cloudformation.send(
    new DescribeStackResourcesCommand({ StackName: CONTROLLER }),
  );
  for (const { ResourceType, PhysicalResourceId: FunctionName } of StackResources) {
    if (ResourceType !== 'AWS::Lambda::Function') continue;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (Environment?.Variables?.[TIMING_VARIABLE] === undefined) continue;
    const Variables = { ...Environment.Variables, [TIMING_VARIABLE]: JSON.stringify(timing) };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
}

/** The controller as the command line lists it. */
async function listed() {
  const { controllers } = await sluiceJson('controller', 'list');
  const all = controllers as readonly Record<'name' | 'stateMachineArn' | 'serviceToken', string>[];
  return all.find(({ name }) => name === CONTROLLER) as (typeof all)[number];
}

/** The state machine of the controller. */
export const stateMachine = async (): Promise<string> => (await listed()).stateMachineArn;

/** The function behind the custom resources. */
export const serviceToken = async (): Promise<string> => (await listed()).serviceToken;

/** The code of a release. A bad one fails each request. */
export const codeOf = (release: string, bad = false): string => {
  const does = bad ? `throw new Error('${release} is bad')` : `return { release: '${release}' }`;
  return `exports.handler = async () => { ${does}; };\n`;
};

/** Puts the code of a release into the bucket; answers its key. */
export async function putRelease(release: string, bad = false): Promise<string> {
  const key = `${release}.zip`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => {});
  const Body = zip([{ name: 'index.js', data: Buffer.from(codeOf(release, bad)) }]);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  return key;
}

/** An example of the documents with steps that take seconds. */
export const quick = (text: string): string =>
  text.replaceAll(/("?\w*[sS]econds"?\s*[:=]\s*)\d+/g, (whole, field: string) =>
    /Timeout/.test(field) ? whole : `${field}${BAKE_SECONDS}`,
  );

/** Makes or updates a stack; answers its outputs once it has committed. */
export async function deployStack(
  StackName: string,
  TemplateBody: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const input = {
    StackName,
    TemplateBody,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Capabilities: ['CAPABILITY_IAM' as const],
  };
  const exists = await cloudformation.send(new DescribeStacksCommand({ StackName })).then(
    () => true,
    () => false,
  );
  await cloudformation.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input));
  return eventually(`stack ${StackName} has committed`, async () => {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const { StackStatus: status = '', StackStatusReason: reason, Outputs = [] } = Stacks[0] ?? {};
    if (/ROLLBACK|FAILED/.test(status)) throw new Error(`${StackName} is ${status}: ${reason}`);
    if (status.endsWith('_IN_PROGRESS') && !status.endsWith('CLEANUP_IN_PROGRESS')) return undefined;
    return Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  });
}

/** Deletes a stack, and waits until it is gone. */
export async function deleteStack(StackName: string): Promise<void> {
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  await eventually(`stack ${StackName} is gone`, async () => {
    const { Stacks = [] } = await cloudformation
      .send(new DescribeStacksCommand({ StackName }))
      .catch(() => ({ Stacks: [] }));
    const status = Stacks[0]?.StackStatus ?? 'DELETE_COMPLETE';
    if (status === 'DELETE_FAILED') throw new Error(`${StackName} is ${status}: ${Stacks[0]?.StackStatusReason}`);
    return status === 'DELETE_COMPLETE' ? true : undefined;
  });
}

/** The version that an alias serves, and the weights of another one in percent. */
export async function aliasOf(FunctionName: string) {
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
  const weights = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    version: alias.FunctionVersion ?? '',
    weights: Object.fromEntries(weights.map(([version, weight]) => [version, Math.round(weight * 100)])),
  };
}

/** Requests through the alias for as long as something else goes on, and whether each failed. */
export async function underRequests<T>(FunctionName: string, during: () => Promise<T>): Promise<T> {
  let over = false;
  const callers = Array.from({ length: 3 }, async () => {
    while (!over) {
      await lambda.send(new InvokeCommand({ FunctionName, Qualifier: 'live' })).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  try {
    return await during();
  } finally {
    over = true;
    await Promise.all(callers);
  }
}

/** Why the resources of a stack failed, as its events tell it. */
export async function whyFailed(StackName: string): Promise<string> {
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
    .map(({ ResourceStatusReason = '' }) => ResourceStatusReason)
    .join('\n');
}

/** Invokes the controller's function that puts an alias back, for a rollback by hand; answers its error. */
export async function revertOf(functionName: string): Promise<unknown> {
  const { StackResources = [] } = await cloudformation.send(
    new DescribeStackResourcesCommand({ StackName: CONTROLLER }),
  );
  const revert = StackResources.find(
    ({ LogicalResourceId = '', ResourceType }) =>
      ResourceType === 'AWS::Lambda::Function' && /Revert/.test(LogicalResourceId),
  );
  const rollback = {
    operation: 'rollback',
    alias: `${functionName}:live`,
    reason: 'a test',
    by: 'a test',
    stateMachineArn: await stateMachine(),
  };
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: revert?.PhysicalResourceId,
      Payload: Buffer.from(JSON.stringify(rollback)),
    }),
  );
  return JSON.parse(new TextDecoder().decode(answer.Payload));
}

/** Makes a function with a version of its code, as no stack does. Its role is one that the controller has. */
export async function functionByHand(
  FunctionName: string,
  S3Key: string,
  Tags: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { StackResources = [] } = await cloudformation.send(
    new DescribeStackResourcesCommand({ StackName: CONTROLLER }),
  );
  const role = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::IAM::Role');
  const { Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x' as never,
      Handler: 'index.handler',
      Role: `arn:aws:iam::${Account}:role/${role?.PhysicalResourceId}`,
      Code: { S3Bucket: bucket, S3Key },
      Publish: true,
      Tags,
    }),
  );
}

/** Publishes a version with other code, once the function may be changed; answers its number. */
export async function publish(FunctionName: string, S3Key: string): Promise<string> {
  await eventually(`${FunctionName} is made`, async () => {
    const { State, LastUpdateStatus } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return State === 'Active' && LastUpdateStatus === 'Successful' ? true : undefined;
  });
  const code = { FunctionName, S3Bucket: bucket, S3Key, Publish: true };
  const { Version = '' } = await lambda.send(new UpdateFunctionCodeCommand(code));
  return Version;
}

/** A function that bears no tag, with a version and an alias. */
export async function anUntaggedFunction(FunctionName: string): Promise<string> {
  await functionByHand(FunctionName, await putRelease('one'));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  return FunctionName;
}

/** Deletes a function that was made by hand. */
export const deleteFunction = (FunctionName: string) => lambda.send(new DeleteFunctionCommand({ FunctionName }));

/** An output of a stack. */
export async function outputOf(StackName: string, key: string): Promise<string> {
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue as string;
}
