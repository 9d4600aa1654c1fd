import type { DescribeStacksCommandInput } from '@aws-sdk/client-cloudformation';
import type { Dimension, GetMetricDataCommandInput, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type {
  CreateAliasCommandInput,
  PutProvisionedConcurrencyConfigCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateAliasCommandInput,
} from '@aws-sdk/client-lambda';
import {
  type DescribeExecutionCommandInput,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  type GetExecutionHistoryCommandInput,
  type HistoryEvent,
  type ListExecutionsCommandInput,
  type SendTaskFailureCommandInput,
  type SendTaskSuccessCommandInput,
  type StartExecutionCommandInput,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import {
  type Clients,
  cloudformation,
  cloudwatch,
  events,
  hooks,
  lambda,
  notifications,
  sfn,
  ssm,
} from '../../aws/handler/clients.ts';
import type { Registration } from '../../rollout/contracts/registration.ts';
import { registrationName } from '../../rollout/contracts/registration.ts';
import type { OperatorAction } from '../scenario/scenario.ts';
import { type CallOutcome, exceptionOf, type Faults } from '../simulation/faults.ts';
import { currentInvocation, type Invocation } from '../simulation/invocation.ts';
import { OPERATOR } from '../simulation/operator-name.ts';
import { EPOCH, pause, type VirtualTime } from '../simulation/virtual-time.ts';
import type { World } from '../world/world.ts';
import type { RehearsedLambda } from './lambda.ts';
import { MACHINE } from './machine.ts';

/** A call that one of the controller's functions made: what its role must allow. */
export interface RecordedCall {
  readonly caller: string;
  /** The IAM action, such as `lambda:UpdateAlias`. */
  readonly action: string;
  /** The ARN that the call is judged on; `*` where the service knows nothing narrower. */
  readonly resource: string;
}

/** What a handler was told: a call, its input and its answer, and which run of which handler made it. */
export interface ObservedAnswer {
  readonly invocation: Invocation | undefined;
  readonly call: string;
  readonly input: object;
  readonly output: object;
}

/** How long the SDK waits for an answer that never comes; the client's `requestTimeout`. */
const REQUEST_TIMEOUT_SECONDS = 5;

/** The prefixes of IAM actions, by the name of the SDK's client. */
const services: Readonly<Record<string, string>> = {
  LambdaClient: 'lambda',
  CloudWatchClient: 'cloudwatch',
  EventBridgeClient: 'events',
  CloudFormationClient: 'cloudformation',
  SFNClient: 'states',
  SSMClient: 'ssm',
};

interface Answer {
  readonly output: object;
  /** What IAM judges the call on, and further actions that the answer needs. */
  readonly resource: string;
  readonly also?: readonly string[];
  /** The IAM action, where it is not called as the call is. */
  readonly action?: string;
}

/** Who follows the calls, and does what a person does in between. */
export interface CallObserver {
  readonly onCall: (call: string, fate: CallOutcome) => void;
  readonly onAnswer: (told: ObservedAnswer) => void;
  readonly act: (act: OperatorAction) => void;
}

/**
 * AWS as the controller's functions see it: real SDK clients whose requests are answered here instead of being sent. What
 * lies above the network runs for real: serialization, the SDK's classes of errors, its retries and their back-off.
 */
export class RehearsedAws {
  readonly calls: RecordedCall[] = [];
  /** Executions that somebody asked for. */
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  /** Starts one. */
  start: (name: string, input: unknown) => Promise<void> = async () => {};
  /** The executions as Step Functions tells of them, newest first. */
  executions: () => readonly DescribeExecutionCommandOutput[] = () => [];
  /** What an execution has been through, newest first. */
  historyOf: (executionArn: string) => readonly HistoryEvent[] = () => [];
  /** SendTaskSuccess. */
  succeedTask: (token: string, output: unknown) => void = () => {};
  /** StopExecution. */
  stop: (executionArn: string) => void = () => {};
  /** SendTaskFailure. */
  failTask: (token: string, error: string | null, cause: string | null) => void = () => {};
  /** What the stack has deployed for rollouts that are started by hand. */
  registration: Registration | null = null;
  /** What every stack shows. */
  stackStatus = 'UPDATE_COMPLETE';
  readonly #lambda: RehearsedLambda;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #time: VirtualTime;
  readonly #metricDelaySeconds: number;
  readonly #watch: CallObserver | undefined;

  constructor(parts: {
    readonly lambda: RehearsedLambda;
    readonly world: World;
    readonly faults: Faults;
    readonly time: VirtualTime;
    readonly metricDelaySeconds: number;
    readonly watch?: CallObserver;
  }) {
    this.#lambda = parts.lambda;
    this.#world = parts.world;
    this.#faults = parts.faults;
    this.#time = parts.time;
    this.#metricDelaySeconds = parts.metricDelaySeconds;
    this.#watch = parts.watch;
  }

  /** Clients for one function, which the calls are recorded for. */
  clientsFor(caller: string): Clients {
    const where = { region: 'us-east-1', credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' } };
    const makers: { readonly [Name in keyof Clients]: () => Clients[Name] } = {
      lambda: () => lambda(where),
      cloudwatch: () => cloudwatch(where),
      events: () => events(where),
      cloudformation: () => cloudformation(where),
      sfn: () => sfn(where),
      hooks: () => hooks(where),
      notifications: () => notifications(where),
      ssm: () => ssm(where),
    };
    const made: Partial<Record<keyof Clients, Clients['lambda']>> = {};
    const clients = {};
    for (const name of Object.keys(makers) as (keyof Clients)[]) {
      Object.defineProperty(clients, name, {
        enumerable: true,
        get: () => {
          made[name] ??= this.#intercepted(makers[name]() as Clients['lambda'], caller);
          return made[name];
        },
      });
    }
    return clients as Clients;
  }

  #intercepted(client: Clients['lambda'], caller: string): Clients['lambda'] {
    const configuring = new WeakMap<object, Disposable>();
    client.middlewareStack.add(
      (next, context) => (request) => {
        configuring.set(context, this.#time.busy());
        return next(request);
      },
      { step: 'initialize', name: 'rehearsalKeepsTheClockStill', priority: 'high' },
    );
    client.middlewareStack.add(
      (_next, context) => async (request) => {
        configuring.get(context)?.[Symbol.dispose]();
        const service = services[String(context.clientName)] ?? 'unknown';
        const call = `${service}:${String(context.commandName).replace(/Command$/, '')}`;
        const output = await this.#answer(caller, call, request.input);
        return { output: { $metadata: { httpStatusCode: 200 }, ...output }, response: undefined } as never;
      },
      { step: 'finalizeRequest', name: 'rehearsalAnswers', priority: 'low' },
    );
    return client;
  }

  async #answer(caller: string, call: string, input: object): Promise<object> {
    await currentInvocation()?.alive();
    // Faults are the controller's: what people call is neither counted nor refused.
    const fate = caller === OPERATOR ? 'answered' : this.#faults.fateOf(call);
    if (caller !== OPERATOR) this.#watch?.onCall(call, fate);
    if (fate === 'handlerDiesBefore') await this.#exit();
    if (fate === 'handlerOutlives') await currentInvocation()?.outlive();
    if (typeof fate === 'object' && 'error' in fate) throw fate.error;
    if (typeof fate === 'object') this.#watch?.act(fate.act);
    const answer = await this.#apply(caller, call, input);
    const { resource, action: needed = call, also = [] } = answer;
    const output = fate === 'stale' || fate === 'empty' ? this.#untrue(call, fate, answer.output) : answer.output;
    for (const action of [needed, ...also]) this.calls.push({ caller, action, resource });
    if (fate === 'handlerDies') await this.#exit();
    if (fate === 'answerLost') {
      await pause(REQUEST_TIMEOUT_SECONDS);
      throw Object.assign(new Error('the answer was lost (injected by the scenario)'), { name: 'TimeoutError' });
    }
    this.#watch?.onAnswer({ invocation: currentInvocation(), call, input, output });
    return output;
  }

  async #exit(): Promise<void> {
    currentInvocation()?.die(
      'Runtime.ExitError',
      'RequestId: rehearsal Error: Runtime exited with error: exit status 1',
    );
    await currentInvocation()?.alive();
  }

  /** An answer that is out of date, or one without the data that was asked for. */
  #untrue(call: string, fate: 'stale' | 'empty', output: object): object {
    if (fate === 'stale') return this.#lambda.getAlias({ stale: true });
    switch (call) {
      case 'cloudwatch:DescribeAlarms':
        return { MetricAlarms: [], CompositeAlarms: [] };
      case 'cloudwatch:GetMetricData': {
        const { MetricDataResults: results } = output as { MetricDataResults: readonly MetricDataResult[] };
        return {
          MetricDataResults: results.map((result) => ({ ...result, Timestamps: [], Values: [] })),
          Messages: [],
        };
      }
      case 'lambda:GetFunction': {
        const { Tags: tags, ...rest } = output as { Tags?: object };
        const denied = { ErrorCode: 'InternalFailure', Message: 'the tags cannot be read (injected by the scenario)' };
        return tags ? { ...rest, TagsError: denied } : rest;
      }
      default:
        return { executions: [] };
    }
  }

  async #apply(caller: string, call: string, input: object): Promise<Answer> {
    const { arn } = this.#lambda;
    if (call.startsWith('lambda:') && call !== 'lambda:Invoke') this.#lambda.checkNames(named(input));
    switch (call) {
      case 'lambda:GetAlias':
        return { output: this.#lambda.getAlias(), resource: arn };
      case 'lambda:UpdateAlias':
        return { output: this.#lambda.updateAlias(input as UpdateAliasCommandInput, caller), resource: arn };
      case 'lambda:CreateAlias':
        return { output: this.#lambda.createAlias(input as CreateAliasCommandInput, caller), resource: arn };
      case 'lambda:DeleteAlias':
        this.#lambda.deleteAlias();
        return { output: {}, resource: arn };
      case 'states:StartExecution': {
        const { stateMachineArn: resource = '' } = input as StartExecutionCommandInput;
        return { output: await this.#startExecution(input as StartExecutionCommandInput), resource };
      }
      case 'states:ListExecutions': {
        const { stateMachineArn: resource = '', statusFilter, maxResults } = input as ListExecutionsCommandInput;
        const executions = this.executions()
          .filter(({ status }) => (statusFilter ?? status) === status)
          .slice(0, maxResults);
        return { output: { executions }, resource };
      }
      case 'states:DescribeExecution': {
        const { executionArn: resource = '' } = input as DescribeExecutionCommandInput;
        return { output: this.executions().find((each) => each.executionArn === resource) ?? {}, resource };
      }
      case 'states:GetExecutionHistory': {
        const { executionArn: resource = '', maxResults = 100 } = input as GetExecutionHistoryCommandInput;
        return { output: { events: this.historyOf(resource).slice(0, maxResults) }, resource };
      }
      case 'states:SendTaskFailure': {
        const { taskToken = '', error = null, cause = null } = input as SendTaskFailureCommandInput;
        this.failTask(taskToken, error, cause);
        return { output: {}, resource: MACHINE };
      }
      case 'states:SendTaskSuccess': {
        const { taskToken = '', output = '' } = input as SendTaskSuccessCommandInput;
        this.succeedTask(taskToken, JSON.parse(output));
        return { output: {}, resource: MACHINE };
      }
      case 'states:StopExecution': {
        const { executionArn: resource = '' } = input as StopExecutionCommandInput;
        this.stop(resource);
        return { output: { stopDate: new Date() }, resource };
      }
      case 'lambda:TagResource':
        Object.assign(this.#lambda.tags, (input as TagResourceCommandInput).Tags);
        return { output: {}, resource: arn };
      case 'lambda:UntagResource':
        for (const key of (input as UntagResourceCommandInput).TagKeys ?? []) delete this.#lambda.tags[key];
        return { output: {}, resource: arn };
      case 'lambda:ListVersionsByFunction': {
        const Versions = ['$LATEST', ...this.#lambda.versions.keys()].map((Version) => ({ Version }));
        return { output: { Versions }, resource: arn };
      }
      case 'ssm:GetParametersByPath': {
        const { functionName, aliasName } = this.#lambda;
        const parameter = { Name: registrationName(functionName, aliasName), Value: JSON.stringify(this.registration) };
        const { Path: path = '' } = input as { Path?: string };
        const Parameters = this.registration && parameter.Name.startsWith(`${path}/`) ? [parameter] : [];
        return { output: { Parameters }, resource: '*' };
      }
      case 'ssm:GetParameter': {
        const { Name: name = '' } = input as { Name?: string };
        const { functionName, aliasName } = this.#lambda;
        const found = name === registrationName(functionName, aliasName) ? this.registration : null;
        const resource = `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;
        this.calls.push({ caller, action: call, resource });
        if (!found) throw exceptionOf(call, 'ParameterNotFound');
        return { output: { Parameter: { Name: name, Value: JSON.stringify(found) } }, resource };
      }
      case 'cloudformation:DescribeStacks': {
        const { StackName: resource = '' } = input as DescribeStacksCommandInput;
        return { output: { Stacks: [{ StackId: resource, StackStatus: this.stackStatus }] }, resource };
      }
      case 'lambda:GetFunction': {
        const { Qualifier: qualifier } = input as { Qualifier?: string };
        const output = this.#lambda.getFunction(qualifier);
        // Lambda brings the tags along only for those who may list them.
        return qualifier === undefined
          ? { output, resource: arn, also: ['lambda:ListTags'] }
          : { output, resource: `${arn}:${qualifier}` };
      }
      case 'lambda:GetProvisionedConcurrencyConfig': {
        const resource = `${arn}:${qualifierIn(input)}`;
        this.calls.push({ caller, action: call, resource });
        return {
          output: this.#lambda.getProvisionedConcurrencyConfig(qualifierIn(input), this.#time.second()),
          resource,
        };
      }
      case 'lambda:PutProvisionedConcurrencyConfig':
        return {
          output: this.#lambda.putProvisionedConcurrencyConfig(
            input as PutProvisionedConcurrencyConfigCommandInput,
            this.#time.second(),
          ),
          resource: `${arn}:${qualifierIn(input)}`,
        };
      case 'lambda:DeleteProvisionedConcurrencyConfig':
        this.#lambda.deleteProvisionedConcurrencyConfig(qualifierIn(input));
        return { output: {}, resource: `${arn}:${qualifierIn(input)}` };
      case 'cloudwatch:DescribeAlarms':
        return { output: this.#describeAlarms(input), resource: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:*' };
      case 'cloudwatch:GetMetricData':
        return { output: this.#getMetricData(input as GetMetricDataCommandInput), resource: '*' };
      case 'lambda:Invoke': {
        // Every hook agrees: a scenario says how versions behave, not how hooks do.
        const { FunctionName: hook } = input as { FunctionName: string };
        const resource = arn.replace(/[^:]+$/, hook);
        return {
          output: { StatusCode: 200, Payload: new TextEncoder().encode('{"ok":true}') },
          resource,
          action: 'lambda:InvokeFunction',
        };
      }
      case 'events:PutEvents':
        return {
          output: { FailedEntryCount: 0, Entries: [{ EventId: 'rehearsal' }] },
          resource: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
        };
      default:
        throw new Error(`the rehearsal's AWS does not know ${call}, which ${caller} called`);
    }
  }

  /** An execution of that name that was started before is taken to run on: with the same input it is the one asked for. */
  async #startExecution({
    stateMachineArn = '',
    name = '',
    input: text = '',
  }: StartExecutionCommandInput): Promise<object> {
    const input: unknown = JSON.parse(text);
    const before = this.started.find((each) => each.name === name);
    if (before && JSON.stringify(before.input) !== JSON.stringify(input)) {
      const message = `Execution Already Exists: '${name}'`;
      throw new ExecutionAlreadyExists({ message, $metadata: { httpStatusCode: 400 } });
    }
    if (!before) {
      this.started.push({ name, input });
      await this.start(name, input);
    }
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return { executionArn, startDate: new Date() };
  }

  #describeAlarms(input: object): object {
    const { AlarmNames: names = [] } = input as { AlarmNames?: string[] };
    this.#world.advanceTo(this.#time.second());
    const found = this.#world.alarms.filter((alarm) => names.includes(alarm.name));
    return {
      MetricAlarms: found.map(({ name, state, reason }) => ({
        AlarmName: name,
        StateValue: state,
        StateReason: reason,
      })),
      CompositeAlarms: [],
    };
  }

  /** Sums by executed version, newest first unless asked otherwise, without datapoints where nothing was invoked. */
  #getMetricData(input: GetMetricDataCommandInput): object {
    this.#world.advanceTo(this.#time.second());
    const visibleUntil = this.#time.second() - this.#metricDelaySeconds;
    const results = (input.MetricDataQueries ?? []).map((query): MetricDataResult => {
      const { Metric: metric, Period: period = 60 } = query.MetricStat ?? {};
      const from = (input.StartTime as Date).getTime() / 1000 - EPOCH / 1000;
      const until = Math.min((input.EndTime as Date).getTime() / 1000 - EPOCH / 1000, visibleUntil);
      const version = dimensionOf(metric?.Dimensions, 'ExecutedVersion') ?? '';
      const field = metric?.MetricName === 'Errors' ? 'errors' : 'invocations';
      const points = this.#world
        .counts(version, from, until, period)
        .filter((point) => point.invocations > 0)
        .map((point) => ({ time: new Date(EPOCH + point.start * 1000), value: point[field] }));
      if (input.ScanBy !== 'TimestampAscending') points.reverse();
      return {
        Id: query.Id,
        Label: metric?.MetricName,
        Timestamps: points.map((point) => point.time),
        Values: points.map((point) => point.value),
        StatusCode: 'Complete',
      };
    });
    return { MetricDataResults: results, Messages: [] };
  }
}

const qualifierIn = (input: object): string => (input as { Qualifier: string }).Qualifier;

/** Tags are asked for by a resource's ARN, everything else of Lambda by a function's name. */
const named = (input: object): object => ('Resource' in input ? { FunctionName: input.Resource } : input);

const dimensionOf = (dimensions: readonly Dimension[] | undefined, name: string) =>
  dimensions?.find((dimension) => dimension.Name === name)?.Value;
