import type { Dimension, GetMetricDataCommandInput, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import type { GetFunctionCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { cloudwatch, lambda, sfn, ssm } from '../../lib/aws/handler/clients.ts';
import type { Account } from '../../lib/cli/account.ts';
import { groupRegistrationName } from '../../lib/rollout/contracts/group-registration.ts';
import { type Registration, registrationName } from '../../lib/rollout/contracts/registration.ts';
import { VERSION_TAG } from '../../lib/rollout/contracts/tags.ts';
import type { NamedAlias } from '../../lib/rollout/decisions/prune.ts';
import { VERSION } from '../../lib/version.ts';

/** Who calls. */
export const CALLER = 'arn:aws:iam::123456789012:user/ann';
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
export const FUNCTIONS = 'arn:aws:lambda:us-east-1:123456789012:function:';
const PARAMETERS = 'arn:aws:ssm:us-east-1:123456789012:parameter';
const ROLES = 'arn:aws:iam::123456789012:role/';

/** A function with its versions and aliases. */
export interface HeldFunction {
  versions: string[];
  aliases: NamedAlias[];
  tags: Record<string, string>;
  reserved: number | undefined;
  /** By qualifier. */
  provisioned: Record<string, number>;
  deadLetterTarget: string | undefined;
  /** Only of a durable function: the versions on which executions run. */
  durable?: string[];
}

/** An execution of the state machine. */
export interface HeldExecution {
  readonly name: string;
  readonly status: string;
  readonly input: object;
  /** The document at its end. */
  readonly document?: object;
}

/** A call that was made, and at which second. */
export interface Called {
  readonly call: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly second: number;
}

const services: Readonly<Record<string, string>> = {
  LambdaClient: 'lambda',
  CloudWatchClient: 'cloudwatch',
  SFNClient: 'states',
  SSMClient: 'ssm',
  IAMClient: 'iam',
  ResourceGroupsTaggingAPIClient: 'tagging',
};

/** How many a page holds, as on AWS. */
const PAGE = 50;
const PARAMETERS_PAGE = 10;

/** An AWS account in memory: real SDK clients whose requests are answered here. What it does not know is an error. */
export class AnAccount {
  readonly functions = new Map<string, HeldFunction>();
  readonly parameters = new Map<string, string>();
  readonly alarms = new Map<string, MetricAlarm>();
  readonly executions: HeldExecution[] = [];
  readonly calls: Called[] = [];
  machineStatus: string | null = 'ACTIVE';
  version: string | null = VERSION;
  /** State machines that are no controllers. */
  readonly foreignMachines = new Set<string>();
  /** Actions that the controller's roles may not do, as `ShiftRole lambda:UpdateAlias`. */
  readonly denied = new Set<string>();
  /** Calls that the caller may not make. */
  readonly forbidden = new Set<string>();
  /** Happens before a call is answered. */
  before: (called: Called) => void = () => {};
  /** Datapoints of a metric; none unless said otherwise. */
  datapoints: (metric: string, dimensions: Readonly<Record<string, string>>) => readonly number[] = () => [];
  readonly #second: () => number;
  readonly #busy: () => Disposable;

  constructor(second: () => number = () => 0, busy: () => Disposable = () => ({ [Symbol.dispose]() {} })) {
    this.#second = second;
    this.#busy = busy;
    for (const name of ['preflight', 'shift', 'observe', 'revert']) this.addFunction(`sluice-${name}`, ['1']);
  }

  addFunction(name: string, versions: readonly string[], more: Partial<HeldFunction> = {}): HeldFunction {
    const held: HeldFunction = {
      versions: [...versions],
      aliases: [],
      tags: {},
      reserved: undefined,
      provisioned: {},
      deadLetterTarget: undefined,
      ...more,
    };
    this.functions.set(name, held);
    return held;
  }

  /** A function that Sluice shifts, with an alias at its newest version and an alarm that sees it. */
  addService(name: string, versions: readonly string[], alias: Partial<NamedAlias> = {}): HeldFunction {
    const live: NamedAlias = {
      name: 'live',
      functionVersion: versions.at(-1) as string,
      additionalVersionWeights: {},
      description: ' [sluice:0123456789ab]',
      revisionId: 'r1',
      ...alias,
    };
    const alarm = `${name}-errors`;
    this.register(name, live.name, {
      schema: 1,
      stateMachineArn: MACHINE,
      policy: { preset: 'AllAtOnce', alarms: [alarm] },
    });
    this.addAlarm(alarm, { FunctionName: name, Resource: `${name}:${live.name}` });
    return this.addFunction(name, versions, { aliases: [live] });
  }

  /** Registers a group of services that are there, each with its alias `live`. */
  addGroup(name: string, services: readonly string[], policy: object = { preset: 'AllAtOnce' }): void {
    for (const service of services) {
      const alarms = [`${service}-errors`];
      this.register(service, 'live', { schema: 1, stateMachineArn: MACHINE, group: name, alarms });
    }
    const members = services.map((service) => ({ function: service, alias: 'live' }));
    this.parameters.set(
      groupRegistrationName(name, 'place'),
      JSON.stringify({ schema: 1, stateMachineArn: MACHINE, policy, members }),
    );
  }

  addAlarm(name: string, dimensions: Readonly<Record<string, string>>, more: MetricAlarm = {}): void {
    this.alarms.set(name, {
      AlarmName: name,
      StateValue: 'OK',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...more,
    });
  }

  register(functionName: string, aliasName: string, registration: Registration | object): void {
    this.parameters.set(registrationName(functionName, aliasName), JSON.stringify(registration));
  }

  /** How often a call was made. */
  count(call: string): number {
    return this.calls.filter((each) => each.call === call).length;
  }

  /** The account as commands get it; with a Lambda client that is paced as theirs is, on a virtual clock. */
  clients(pace: (client: LambdaClient) => LambdaClient = (client) => client): Account {
    const where = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const clients = {
      lambda: pace(lambda(where)),
      sfn: sfn(where),
      cloudwatch: cloudwatch(where),
      ssm: ssm(where),
      iam: new IAMClient(where),
      tagging: new ResourceGroupsTaggingAPIClient(where),
    };
    for (const client of Object.values(clients) as unknown as LambdaClient[]) this.#intercept(client);
    return { ...clients, caller: async () => CALLER } as unknown as Account;
  }

  #intercept(client: LambdaClient): void {
    const configuring = new WeakMap<object, Disposable>();
    client.middlewareStack.add(
      (next, context) => (request) => {
        configuring.set(context, this.#busy());
        return next(request);
      },
      { step: 'initialize', name: 'accountKeepsTheClockStill', priority: 'high' },
    );
    client.middlewareStack.add(
      (next, context) => (request) => {
        // From here on only time passes: pacing, and the SDK's back-off.
        configuring.get(context)?.[Symbol.dispose]();
        return next(request);
      },
      { step: 'finalizeRequest', name: 'accountLetsTimePass', priority: 'high' },
    );
    client.middlewareStack.add(
      (_next, context) => async (request) => {
        const service = services[String(context.clientName)];
        const call = `${service}:${String(context.commandName).replace(/Command$/, '')}`;
        const called = { call, input: request.input as Called['input'], second: this.#second() };
        this.calls.push(called);
        this.before(called);
        if (this.forbidden.has(call)) throw refused('AccessDeniedException', `not authorized to perform: ${call}`);
        return { output: { $metadata: {}, ...this.#answer(call, called.input) }, response: undefined } as never;
      },
      { step: 'finalizeRequest', name: 'accountAnswers', priority: 'low' },
    );
  }

  #answer(call: string, input: Called['input']): object {
    const name = String(input['FunctionName'] ?? '').replace(FUNCTIONS, '');
    const of = () => this.functions.get(name) ?? missing(`Function not found: ${name}`);
    switch (call) {
      case 'lambda:ListVersionsByFunction': {
        const versions = ['$LATEST', ...of().versions].map((Version) => ({
          Version,
          LastModified: '2026-01-01T00:00:00.000+0000',
          CodeSha256: `sha256of${Version}`,
          CodeSize: 1_500_000,
          Description: '',
        }));
        return page(versions, input, (Versions, NextMarker) => ({ Versions, NextMarker }));
      }
      case 'lambda:ListAliases': {
        const aliases = of().aliases.map((alias) => ({
          Name: alias.name,
          FunctionVersion: alias.functionVersion,
          Description: alias.description,
          RevisionId: alias.revisionId,
          RoutingConfig: { AdditionalVersionWeights: alias.additionalVersionWeights },
        }));
        return page(aliases, input, (Aliases, NextMarker) => ({ Aliases, NextMarker }));
      }
      case 'lambda:ListProvisionedConcurrencyConfigs':
        return {
          ProvisionedConcurrencyConfigs: Object.entries(of().provisioned).map(([qualifier, requested]) => ({
            FunctionArn: `${FUNCTIONS}${name}:${qualifier}`,
            RequestedProvisionedConcurrentExecutions: requested,
          })),
        };
      case 'lambda:GetAlias': {
        const alias = of().aliases.find((each) => each.name === input['Name']) ?? missing('Cannot find alias arn');
        return {
          FunctionVersion: alias.functionVersion,
          Description: alias.description,
          RoutingConfig: { AdditionalVersionWeights: alias.additionalVersionWeights },
        };
      }
      case 'lambda:UpdateAlias': {
        const alias = of().aliases.find((each) => each.name === input['Name']) ?? missing('Cannot find alias arn');
        const written = {
          ...alias,
          functionVersion: String(input['FunctionVersion']),
          additionalVersionWeights: {},
          description: String(input['Description']),
        };
        of().aliases = of().aliases.map((each) => (each === alias ? written : each));
        return { FunctionVersion: written.functionVersion, Description: written.description };
      }
      case 'lambda:GetFunction':
        return this.#function(name, of(), input['Qualifier']);
      case 'lambda:GetFunctionConfiguration':
        return this.#function(name, of(), input['Qualifier']).Configuration ?? {};
      case 'lambda:ListDurableExecutionsByFunction':
        return { DurableExecutions: of().durable?.includes(String(input['Qualifier'])) ? [{ Status: 'RUNNING' }] : [] };
      case 'lambda:TagResource':
        Object.assign(this.#tagsOf(input['Resource']), input['Tags']);
        return {};
      case 'lambda:UntagResource': {
        const tags = this.#tagsOf(input['Resource']);
        for (const key of input['TagKeys'] as readonly string[]) delete tags[key];
        return {};
      }
      case 'tagging:GetResources': {
        const filters = input['TagFilters'] as readonly { readonly Key: string; readonly Values?: readonly string[] }[];
        const found = [...this.functions].filter(([, { tags }]) =>
          filters.every(({ Key, Values }) => Key in tags && (Values?.includes(tags[Key] as string) ?? true)),
        );
        return { ResourceTagMappingList: found.map(([each]) => ({ ResourceARN: `${FUNCTIONS}${each}` })) };
      }
      case 'states:StartExecution': {
        const started = { name: String(input['name']), status: 'RUNNING', input: JSON.parse(String(input['input'])) };
        const known = this.executions.find((each) => each.name === started.name);
        if (known && (known.status !== 'RUNNING' || JSON.stringify(known.input) !== input['input'])) {
          throw refused('ExecutionAlreadyExists', 'Execution Already Exists');
        }
        if (!known) this.executions.unshift(started);
        return { executionArn: arnOf(started) };
      }
      case 'lambda:GetAccountSettings':
        return { AccountLimit: { UnreservedConcurrentExecutions: 1000 } };
      case 'lambda:DeleteFunction': {
        const { Qualifier: version } = input;
        const held = of();
        if (version === undefined) this.functions.delete(name);
        if (held.aliases.some(({ functionVersion }) => functionVersion === version)) {
          throw refused('ResourceConflictException', 'Unable to delete version because of the following aliases');
        }
        held.versions = held.versions.filter((each) => each !== version);
        return {};
      }
      case 'ssm:GetParameter': {
        const Value = this.parameters.get(String(input['Name']));
        if (Value === undefined) throw refused('ParameterNotFound', '');
        return { Parameter: { Value } };
      }
      case 'ssm:PutParameter':
        this.parameters.set(String(input['Name']), String(input['Value']));
        return {};
      case 'ssm:GetParametersByPath': {
        const found = [...this.parameters].filter(([path]) => path.startsWith(`${input['Path']}/`));
        const all = found.map(([Name, Value]) => ({ Name, Value, ARN: `${PARAMETERS}${Name}` }));
        return page(all, input, (Parameters, NextToken) => ({ Parameters, NextToken }), PARAMETERS_PAGE);
      }
      case 'states:ListExecutions': {
        const wanted = this.executions.filter(({ status }) => (input['statusFilter'] ?? status) === status);
        const all = wanted.map((each) => ({ executionArn: arnOf(each), name: each.name, status: each.status }));
        return page(all, input, (executions, nextToken) => ({ executions, nextToken }));
      }
      case 'states:DescribeExecution': {
        const found = this.executions.find((each) => arnOf(each) === input['executionArn']);
        if (!found) throw refused('ExecutionDoesNotExist', 'Execution Does Not Exist');
        const stopDate = found.status === 'RUNNING' ? undefined : new Date(60_000);
        return { ...found, input: JSON.stringify(found.input), startDate: new Date(0), stopDate };
      }
      case 'states:GetExecutionHistory': {
        const found = this.executions.find((each) => arnOf(each) === input['executionArn']);
        const output = JSON.stringify(found?.document ?? {});
        return { events: [{ type: 'TaskStateExited', stateExitedEventDetails: { name: 'x', output } }] };
      }
      case 'states:DescribeStateMachine': {
        if (this.machineStatus === null) throw refused('StateMachineDoesNotExist', 'State Machine Does Not Exist');
        const States = Object.fromEntries(
          ['Preflight', 'Shift', 'Observe', 'Revert'].map((state) => [
            state,
            { Type: 'Task', Parameters: { FunctionName: `${FUNCTIONS}sluice-${state.toLowerCase()}` } },
          ]),
        );
        const definition = JSON.stringify({
          States: { Start: { Type: 'Pass', Parameters: { error: null } }, ...States },
        });
        return { status: this.machineStatus, definition };
      }
      case 'states:ListTagsForResource':
        if (String(input['resourceArn']).endsWith(':gone')) throw refused('ResourceNotFound', 'Resource not found');
        return {
          tags:
            this.version === null || this.foreignMachines.has(String(input['resourceArn']))
              ? []
              : [{ key: VERSION_TAG, value: this.version }],
        };
      case 'cloudwatch:DescribeAlarms': {
        const names = input['AlarmNames'] as readonly string[];
        return { MetricAlarms: names.flatMap((each) => this.alarms.get(each) ?? []), CompositeAlarms: [] };
      }
      case 'cloudwatch:GetMetricData':
        return this.#metricData(input as unknown as GetMetricDataCommandInput);
      case 'iam:SimulatePrincipalPolicy':
        return this.#simulated(input);
      default:
        throw new Error(`the account does not know ${call}`);
    }
  }

  #tagsOf(arn: unknown): Record<string, string> {
    return (this.functions.get(String(arn).replace(FUNCTIONS, '')) ?? missing(`Function not found: ${arn}`)).tags;
  }

  #function(name: string, held: HeldFunction, qualifier: unknown): Partial<GetFunctionCommandOutput> {
    if (qualifier !== undefined && !held.versions.includes(String(qualifier))) missing(`${name}:${qualifier}`);
    const isLatest = qualifier === undefined;
    return {
      Configuration: {
        FunctionName: name,
        FunctionArn: `${FUNCTIONS}${name}`,
        State: 'Active',
        Role: `${ROLES}${name.replace(/^sluice-(.)/, (_, first: string) => first.toUpperCase())}Role`,
        ...(held.durable ? { DurableConfig: {} } : {}),
        ...(isLatest && held.deadLetterTarget ? { DeadLetterConfig: { TargetArn: held.deadLetterTarget } } : {}),
      },
      ...(isLatest ? { Tags: held.tags } : {}),
      ...(held.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: held.reserved } }),
    };
  }

  #metricData({ MetricDataQueries = [], StartTime }: GetMetricDataCommandInput): object {
    return {
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => {
        const { MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
        const dimensions = Dimensions.map(({ Name = '', Value = '' }: Dimension) => [Name, Value] as const);
        const Values = [...this.datapoints(MetricName, Object.fromEntries(dimensions))];
        const startOf = (index: number) => Number(StartTime) + index * (MetricStat?.Period ?? 60) * 1000;
        return { Id, StatusCode: 'Complete', Values, Timestamps: Values.map((_, index) => new Date(startOf(index))) };
      }),
    };
  }

  #simulated(input: Called['input']): object {
    const role = String(input['PolicySourceArn']).replace(ROLES, '');
    const actions = input['ActionNames'] as readonly string[];
    const resources = input['ResourceArns'] as readonly string[];
    return {
      EvaluationResults: actions.flatMap((action) =>
        resources.map((resource) => ({
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: this.denied.has(`${role} ${action}`) ? 'implicitDeny' : 'allowed',
        })),
      ),
    };
  }
}

const arnOf = ({ name }: HeldExecution): string => `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;

const refused = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

function missing(message: string): never {
  throw refused('ResourceNotFoundException', message);
}

function page<T>(
  all: readonly T[],
  input: Called['input'],
  of: (some: readonly T[], next: string | undefined) => object,
  size: number = PAGE,
): object {
  const first = Number(input['Marker'] ?? input['NextToken'] ?? input['nextToken'] ?? 0);
  return of(all.slice(first, first + size), first + size < all.length ? String(first + size) : undefined);
}
