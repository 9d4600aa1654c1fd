import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import {
  type FunctionConfiguration,
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { cloudWatchTiming } from '../../lib/rollout/observation.ts';
import type { Variant } from './app.ts';

const run = promisify(execFile);

/**
 * Against an endpoint metrics are there at once, or METRIC_DELAY seconds late where it was started so; a real account has
 * CloudWatch's minutes, and rollouts that last as long.
 */
const quick = process.env['AWS_ENDPOINT_URL'] !== undefined;
const late = { periodSeconds: 1, delaySeconds: Number(process.env['METRIC_DELAY'] ?? 0) };
export const timing = quick ? { metrics: late, alarms: late } : cloudWatchTiming;

/** How long a step bakes, in seconds: long enough to see it from outside. */
export const BAKE_SECONDS = quick ? 3 : 60;
export const LONG_BAKE_SECONDS = BAKE_SECONDS * 20;
const PATIENCE_SECONDS = quick ? 90 : 1800;
/** Adaptive weights take their time on any endpoint, in seconds. */
export const LONG_PATIENCE_SECONDS = Math.max(400, PATIENCE_SECONDS);

interface Automation {
  readonly FunctionName: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly InputPayload: { readonly stateMachineArn: unknown };
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties: { readonly Content: { readonly mainSteps: unknown } };
}

/**
 * The reference service, deployed with the CDK's own command line, and what AWS holds of it.
 *
 * @typeParam Of what a deploy of the app may say; another app has the outputs of the reference service, too
 */
export class Deployment<Of extends object = Variant> {
  readonly stack: string;
  readonly #app: string;
  readonly #cloudformation = new CloudFormationClient({});
  readonly #lambda = new LambdaClient({});
  readonly #sfn = new SFNClient({});
  readonly #output = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  #outputs: Record<string, string> = {};

  constructor(stack: string, app = 'test/e2e/app.ts') {
    this.stack = stack;
    this.#app = `node ${app}`;
  }

  async bootstrap(): Promise<void> {
    await cdk('bootstrap', ...this.#words({ release: 'none' }));
  }

  /** Deploys a release; answers whether the stack committed. */
  async deploy(variant: Partial<Of> & { readonly release: string }): Promise<boolean> {
    const committed = await cdk('deploy', '--require-approval', 'never', ...this.#words(variant)).then(
      () => true,
      () => false,
    );
    const answer = await this.#cloudformation.send(new DescribeStacksCommand({ StackName: this.stack }));
    const outputs = answer.Stacks?.[0]?.Outputs ?? [];
    this.#outputs = Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    return committed;
  }

  /** Only synthesizes a release. @throws Error with what the app prints if it refuses */
  async synth(variant: Partial<Of> & { readonly release: string }): Promise<void> {
    await cdk('synth', '--quiet', ...this.#words(variant));
  }

  async destroy(): Promise<void> {
    await cdk('destroy', '--force', ...this.#words({ release: 'none' }));
  }

  async exists(): Promise<boolean> {
    return this.#cloudformation.send(new DescribeStacksCommand({ StackName: this.stack })).then(
      () => true,
      () => false,
    );
  }

  /** The version that the last deploy published. */
  get version(): string {
    return this.#outputs['Version'] as string;
  }

  /** The outputs of the stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    return this.#outputs;
  }

  get functionName(): string {
    return this.#outputs['FunctionName'] as string;
  }

  /** The URL under which the service answers here. */
  get url(): string {
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    const url = this.#outputs['Url'] as string;
    return endpoint ? url.replace(/^https:\/\/(\w+)\.[^/]+/, `${endpoint}/_aws/lambda-url/$1`) : url;
  }

  /** The version that the alias serves, and the weight of another one in percent. */
  async alias(): Promise<{ readonly version: string; readonly weights: Readonly<Record<string, number>> }> {
    const alias = await this.#lambda.send(new GetAliasCommand({ FunctionName: this.functionName, Name: 'live' }));
    const weights = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
    return {
      version: alias.FunctionVersion ?? '',
      weights: Object.fromEntries(weights.map(([version, weight]) => [version, Math.round(weight * 100)])),
    };
  }

  /** Invokes through the alias, or a version by itself; answers who answered, and whether it failed. */
  async invoke(qualifier = 'live') {
    const answer = await this.#lambda.send(
      new InvokeCommand({ FunctionName: this.functionName, Qualifier: qualifier }),
    );
    const { body } = JSON.parse(new TextDecoder().decode(answer.Payload)) as { body?: string };
    return {
      version: answer.ExecutedVersion,
      failed: answer.FunctionError !== undefined,
      release: body === undefined ? undefined : (JSON.parse(body) as { release: string }).release,
    };
  }

  async publishedVersions(): Promise<readonly FunctionConfiguration[]> {
    const answer = await this.#lambda.send(new ListVersionsByFunctionCommand({ FunctionName: this.functionName }));
    return (answer.Versions ?? []).filter(({ Version }) => Version !== '$LATEST');
  }

  /** The executions so far, newest first. */
  async executions(): Promise<readonly DescribeExecutionCommandOutput[]> {
    const stateMachineArn = this.#outputs['StateMachineArn'];
    const { executions = [] } = await this.#sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    return Promise.all(
      executions.map(({ executionArn }) => this.#sfn.send(new DescribeExecutionCommand({ executionArn }))),
    );
  }

  /** The execution that shifts to a version. */
  async executionOf(version: string): Promise<DescribeExecutionCommandOutput> {
    const all = await this.executions();
    const found = all.find(({ input }) => (JSON.parse(input ?? '{}') as { version?: string }).version === version);
    if (!found)
      throw new Error(`no execution shifts to ${version}; there are ${all.map(({ name }) => name).join(', ')}`);
    return found;
  }

  /** Waits until the rollout to a version has ended. */
  async ended(version: string, patienceSeconds = PATIENCE_SECONDS): Promise<DescribeExecutionCommandOutput> {
    const ask = async () => {
      const execution = await this.executionOf(version);
      return execution.status === 'RUNNING' ? undefined : execution;
    };
    return eventually(`the rollout to ${version} ends`, ask, patienceSeconds);
  }

  /** A folder of the suite's own. */
  get folder(): string {
    return this.#output;
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(file, text);
  }

  /** Starts the state machine as a person does in the console. */
  async start(input: object) {
    const stateMachineArn = this.#outputs['StateMachineArn'];
    return this.#sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  }

  async describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** What the Systems Manager document invokes, and with what, as the deployed template has it. */
  async automation(alias: string, reason: string) {
    const { TemplateBody = '{}' } = await this.#cloudformation.send(new GetTemplateCommand({ StackName: this.stack }));
    const resources = Object.values(JSON.parse(TemplateBody).Resources as Record<string, TemplateResource>);
    const document = resources.find(({ Type }) => Type === 'AWS::SSM::Document') as TemplateResource;
    const [{ inputs }] = document.Properties.Content.mainSteps as [{ inputs: Automation }];
    const filled = JSON.stringify(inputs.InputPayload)
      .replace('{{ Alias }}', alias)
      .replace('{{ Reason }}', reason)
      .replace(JSON.stringify(inputs.InputPayload.stateMachineArn), JSON.stringify(this.#outputs['StateMachineArn']));
    const { StackResources = [] } = await this.#cloudformation.send(
      new DescribeStackResourcesCommand({ StackName: this.stack }),
    );
    const revert = StackResources.find(
      ({ LogicalResourceId }) => LogicalResourceId === inputs.FunctionName['Fn::GetAtt'][0],
    );
    return { payload: JSON.parse(filled) as object, functionName: revert?.PhysicalResourceId as string };
  }

  async stop(execution: DescribeExecutionCommandOutput): Promise<void> {
    await this.#sfn.send(new StopExecutionCommand({ executionArn: execution.executionArn }));
  }

  /** When an execution first entered a state. */
  async entered({ executionArn }: DescribeExecutionCommandOutput, state: string): Promise<Date | undefined> {
    const { events = [] } = await this.#sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)?.timestamp;
  }

  /** When the stack's last update was committed. */
  async committedAt(): Promise<Date | undefined> {
    const { StackEvents = [] } = await this.#cloudformation.send(
      new DescribeStackEventsCommand({ StackName: this.stack }),
    );
    const commits = StackEvents.filter(
      ({ ResourceType, ResourceStatus }) =>
        ResourceType === 'AWS::CloudFormation::Stack' &&
        ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'].includes(ResourceStatus ?? ''),
    );
    const latest = StackEvents.find(
      ({ ResourceStatus, ResourceType }) =>
        ResourceType === 'AWS::CloudFormation::Stack' && ResourceStatus === 'UPDATE_IN_PROGRESS',
    );
    return commits.filter(({ Timestamp }) => !latest || (Timestamp as Date) >= (latest.Timestamp as Date)).at(-1)
      ?.Timestamp;
  }

  #words(variant: object): string[] {
    const whole = { stack: this.stack, bakeSeconds: BAKE_SECONDS, timing, ...variant };
    return ['--output', this.#output, '--app', this.#app, '--context', `variant=${JSON.stringify(whole)}`];
  }
}

/** What a command of the command line printed, and its exit code. */
export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as its user would, with the credentials of the environment. */
export async function sluice(...words: readonly string[]): Promise<CommandRun> {
  return run(process.execPath, ['bin/sluice.ts', ...words]).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: stdout,
      err: stderr,
    }),
  );
}

/** The same for its JSON, where it does what it is asked. */
export async function sluiceJson(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { out, err } = await sluice(...words, '--json');
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Runs the CDK's own command line. */
export async function cdk(...words: readonly string[]): Promise<void> {
  await run('npx', ['--no-install', 'cdk', ...words], { maxBuffer: 64 * 1024 * 1024 });
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  patienceSeconds = PATIENCE_SECONDS,
): Promise<T> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${patienceSeconds} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Requests through the alias for as long as something else goes on, and who answered them.
 *
 * @param pauseMilliseconds the pause of each of the three callers after each of its requests
 */
export async function underTraffic<T>(
  deployment: Pick<Deployment, 'invoke'>,
  during: () => Promise<T>,
  pauseMilliseconds = 20,
) {
  const answers: { readonly version: string | undefined; readonly failed: boolean }[] = [];
  let over = false;
  const callers = Array.from({ length: 3 }, async () => {
    while (!over) {
      answers.push(await deployment.invoke());
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  });
  try {
    return { result: await during(), answers };
  } finally {
    over = true;
    await Promise.all(callers);
  }
}
