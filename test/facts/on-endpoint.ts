import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetMetricDataCommand, type GetMetricDataCommandInput, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { cloudformation, cloudwatch, lambda, logs, sfn } from '../../lib/aws/handler/clients.ts';
import type { Ended, Fact, Fixture, Published, Side } from './fact.ts';
import { templateFor } from './template.ts';

/** An endpoint stands in for AWS where one is named; else the credentials of the environment lead to an account. */
export const sideHere: Side = process.env['AWS_ENDPOINT_URL'] === undefined ? 'account' : 'emulator';

const quick = sideHere === 'emulator';
const PATIENCE_SECONDS = quick ? 60 : 600;
/** The finest period of the metrics that Lambda writes. */
const PERIOD_SECONDS = quick ? 1 : 60;

const clients = {
  lambda: lambda(),
  sfn: sfn(),
  cloudwatch: cloudwatch(),
  logs: logs(),
  cloudformation: cloudformation(),
};

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_SECONDS} s in vain until ${what}`);
    await sleep(quick ? 0.1 : 2);
  }
}

interface Outputs {
  readonly Function: string;
  readonly Role: string;
  readonly OtherRole: string;
  readonly Machine: string;
  readonly BriefMachine: string;
  readonly Listener: string;
  readonly Alarm: string;
  readonly Log: string;
  readonly OtherLog: string;
}

/** A small stack on the endpoint or account of the environment, which facts are checked against. */
export class Endpoint {
  readonly #stackId: string;
  readonly #outputs: Outputs;
  readonly #versions: Fixture['versions'];
  #published: number;
  #aliases = 0;
  #series: Promise<Awaited<ReturnType<Fixture['series']>>> | undefined;

  private constructor(stackId: string, outputs: Outputs) {
    this.#stackId = stackId;
    this.#outputs = outputs;
    this.#published = 0;
    this.#versions = { stable: '', candidate: '' };
  }

  /** Makes the stack, which {@link remove} removes again. */
  static async make(name: string): Promise<Endpoint> {
    const { StackId = '' } = await clients.cloudformation.send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify(templateFor(name)),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    try {
      return await Endpoint.#from(name, StackId);
    } catch (error) {
      await clients.cloudformation.send(new DeleteStackCommand({ StackName: StackId }));
      throw error;
    }
  }

  static async #from(name: string, StackId: string): Promise<Endpoint> {
    const outputs = await eventually(`stack ${name} is made`, async () => {
      const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: StackId }));
      const status = Stacks?.[0]?.StackStatus;
      if (status !== 'CREATE_COMPLETE' && status !== 'CREATE_IN_PROGRESS')
        throw new Error(`stack ${name} ended as ${status}: ${Stacks?.[0]?.StackStatusReason}`);
      if (status === 'CREATE_IN_PROGRESS') return undefined;
      return Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      );
    });
    const made = new Endpoint(StackId, outputs as unknown as Outputs);
    const stable = await made.#publish();
    Object.assign(made.#versions, { stable, candidate: await made.#publish() });
    return made;
  }

  async remove(): Promise<void> {
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: this.#stackId }));
  }

  /** Checks a fact on an alias of its own. */
  async check(fact: Fact): Promise<unknown> {
    return fact.check(await this.#fixture());
  }

  async #fixture(): Promise<Fixture> {
    const functionName = this.#outputs.Function;
    const aliasName = `fact-${++this.#aliases}`;
    await clients.lambda.send(
      new CreateAliasCommand({ FunctionName: functionName, Name: aliasName, FunctionVersion: this.#versions.stable }),
    );
    return {
      clients,
      functionName,
      aliasName,
      versions: this.#versions,
      publish: (change) => this.#publish(change),
      tag: (key, value) => this.#tag(key, value),
      series: () => {
        this.#series ??= this.#makeSeries(aliasName);
        return this.#series;
      },
      log: {
        group: this.#outputs.Log,
        otherGroup: this.#outputs.OtherLog,
        served: () => this.#serve(aliasName),
      },
      machine: {
        arn: this.#outputs.Machine,
        start: async (asked) => {
          const { Machine, BriefMachine } = this.#outputs;
          const stateMachineArn = asked.do === 'outlast' ? BriefMachine : Machine;
          const input = JSON.stringify(asked);
          const { executionArn = '' } = await clients.sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
          return { arn: executionArn, name: executionArn.split(':').at(-1) as string };
        },
        ended: ({ arn }) => endOf(arn),
        stop: async ({ arn }) => {
          await clients.sfn.send(new StopExecutionCommand({ executionArn: arn }));
        },
      },
      statusEvent: () => this.#statusEvent(),
      alarmEvent: (reason) => this.#alarmEvent(reason),
      eventually,
    };
  }

  async #publish({
    anotherRole = false,
    description = `version ${++this.#published}`,
    logging = {},
  }: Published = {}): Promise<string> {
    const { Function: functionName, Role, OtherRole, Log: LogGroup } = this.#outputs;
    const change = {
      FunctionName: functionName,
      Description: description,
      Role: anotherRole ? OtherRole : Role,
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'INFO', LogGroup, ...logging },
    } as const;
    await this.#updated();
    await clients.lambda.send(new UpdateFunctionConfigurationCommand(change));
    await this.#updated();
    const { Version = '' } = await clients.lambda.send(new PublishVersionCommand({ FunctionName: functionName }));
    return Version;
  }

  async #updated(): Promise<void> {
    await eventually('the function is updated', async () => {
      const { Configuration } = await clients.lambda.send(
        new GetFunctionCommand({ FunctionName: this.#outputs.Function }),
      );
      return Configuration?.LastUpdateStatus === 'InProgress' || Configuration?.State === 'Pending' ? undefined : true;
    });
  }

  async #tag(key: string, value: string): Promise<void> {
    const { Configuration } = await clients.lambda.send(
      new GetFunctionCommand({ FunctionName: this.#outputs.Function }),
    );
    await clients.lambda.send(new TagResourceCommand({ Resource: Configuration?.FunctionArn, Tags: { [key]: value } }));
  }

  async #serve(aliasName: string) {
    const invoke = (event: object) =>
      clients.lambda.send(
        new InvokeCommand({
          FunctionName: this.#outputs.Function,
          Qualifier: aliasName,
          Payload: JSON.stringify(event),
        }),
      );
    const events = [{}, { do: 'throw' }, {}];
    for (const event of events) await invoke(event);
    return { least: events.length };
  }

  /** Invokes the alias in two periods and waits until both can be read. */
  async #makeSeries(aliasName: string): Promise<Awaited<ReturnType<Fixture['series']>>> {
    const FunctionName = this.#outputs.Function;
    const from = Date.now() - PERIOD_SECONDS * 1000;
    await clients.lambda.send(new InvokeCommand({ FunctionName, Qualifier: aliasName }));
    await sleep(PERIOD_SECONDS + 1);
    await clients.lambda.send(new InvokeCommand({ FunctionName, Qualifier: aliasName }));
    const dimensions = {
      FunctionName,
      Resource: `${FunctionName}:${aliasName}`,
      ExecutedVersion: this.#versions.stable,
    };
    const input: GetMetricDataCommandInput = {
      MetricDataQueries: [
        {
          Id: 'invocations',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Invocations',
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Stat: 'Sum',
            Period: PERIOD_SECONDS,
          },
        },
      ],
      StartTime: wholePeriod(from),
      EndTime: wholePeriod(Date.now() + 2 * PERIOD_SECONDS * 1000),
    };
    await eventually('both invocations are counted', async () => {
      const { MetricDataResults } = await clients.cloudwatch.send(new GetMetricDataCommand(input));
      return (MetricDataResults?.[0]?.Values?.length ?? 0) >= 2 ? true : undefined;
    });
    return input;
  }

  async #statusEvent() {
    const { executionArn } = await clients.sfn.send(
      new StartExecutionCommand({ stateMachineArn: this.#outputs.Machine, input: '{"do":"fail"}' }),
    );
    const event = await this.#heard(
      (each) => (each as { detail?: { executionArn?: string } }).detail?.executionArn === executionArn,
    );
    return { event, input: { do: 'fail' } };
  }

  async #alarmEvent(reason: string): Promise<unknown> {
    const alarm = { AlarmName: this.#outputs.Alarm, StateReason: reason };
    await clients.cloudwatch.send(new SetAlarmStateCommand({ ...alarm, StateValue: 'ALARM' }));
    return this.#heard((each) => (each as { source?: string }).source === 'aws.cloudwatch');
  }

  /** Every event that the stack's rules match starts an execution of a state machine that does nothing: its input is the event. */
  #heard(isIt: (event: unknown) => boolean): Promise<unknown> {
    return eventually('the event is delivered', async () => {
      const { executions = [] } = await clients.sfn.send(
        new ListExecutionsCommand({ stateMachineArn: this.#outputs.Listener }),
      );
      for (const { executionArn } of executions) {
        const { input } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
        const event: unknown = JSON.parse(input ?? 'null');
        if (isIt(event)) return event;
      }
      return undefined;
    });
  }
}

const wholePeriod = (milliseconds: number) =>
  new Date(Math.floor(milliseconds / 1000 / PERIOD_SECONDS) * PERIOD_SECONDS * 1000);

const endOf = (executionArn: string): Promise<Ended> =>
  eventually('the execution ends', async () => {
    const { status, error, cause, output } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') return undefined;
    return {
      status: status ?? '',
      error: error ?? null,
      cause: cause ?? null,
      output: output === undefined ? null : (JSON.parse(output) as unknown),
    };
  });
