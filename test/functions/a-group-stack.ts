import { LambdaClient, ResourceConflictException, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { create } from '../../functions/alias-resource.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import type { CustomResourceAnswer } from '../../lib/aws/stack/custom-resource.ts';
import { ALIAS_TYPE, GROUP_TYPE } from '../../lib/rollout/contracts/custom-resource.ts';
import { answering } from '../aws/answering.ts';
import { onVirtualTime } from './an-aws.ts';

/** An alias in a template: the version of its function, and whether the group has it. */
export interface TemplateAlias {
  readonly version: string;
  readonly grouped?: boolean;
  readonly existing?: 'fail' | 'adopt';
  readonly provisionedConcurrency?: string;
}

/** A template: aliases by the names of their functions, in their order, and the construct of their group. */
export interface TestTemplate {
  readonly aliases: Readonly<Record<string, TemplateAlias>>;
  readonly group?: string;
  readonly policy?: string;
}

const STATE_MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1';
const POLICY = '{"canary":{"weight":10},"alarms":["backlog"]}';

type Properties = Readonly<Record<string, unknown>>;

interface Resource {
  readonly type: string;
  readonly properties: Properties;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** CloudFormation with the resources of aliases and of their group, and Lambda with the aliases. No rollout runs. */
export class AGroupStack {
  /** The aliases by the names of their functions. */
  readonly aliases = new Map<string, { FunctionVersion: string; RoutingConfig?: object; Description?: string }>();
  /** The versions that cannot be invoked, as `function:version`. */
  readonly failed = new Set<string>();
  /** The inputs of executions that were started, by their names. */
  readonly started: { readonly name: string; readonly input: Properties }[] = [];
  readonly answers: CustomResourceAnswer[] = [];
  #status = 'UPDATE_IN_PROGRESS';
  #resources = new Map<string, Resource>();
  readonly #handler: (event: unknown) => Promise<unknown>;
  #requests = 0;

  constructor() {
    const cloudformation = { send: async () => ({ Stacks: [{ StackStatus: this.#status }] }) };
    const clients = {
      lambda: answering(new LambdaClient({}), (command, input) => this.#lambda(command, input)),
      sfn: answering(new SFNClient({}), (_, input) => {
        this.started.push({ name: String(input['name']), input: JSON.parse(String(input['input'])) });
        return { executionArn: 'arn' };
      }),
      cloudformation: cloudformation as unknown as Clients['cloudformation'],
      ssm: answering(new SSMClient({}), () => {
        throw new Error('the constructs register their groups themselves');
      }),
    };
    this.#handler = create({ clients, environment: {}, now: () => 0 }, async (_, answer) => {
      this.answers.push(answer);
    });
  }

  /**
   * Deploys a template: creates and updates what differs, and deletes what is gone. A failure of a resource, or of one beside them, rolls
   * the stack back.
   *
   * @returns what this deploy has started; the reason if the stack was rolled back
   */
  async deploy(template: TestTemplate, beside: 'succeeds' | 'fails' = 'succeeds') {
    const before = new Map(this.#resources);
    const started = this.started.length;
    this.#status = 'UPDATE_IN_PROGRESS';
    const failure = (await this.#apply(template)) ?? (beside === 'fails' ? 'another resource failed' : undefined);
    if (failure !== undefined) {
      this.#status = 'UPDATE_ROLLBACK_IN_PROGRESS';
      for (const [id, { type, properties }] of before) await this.#make(id, type, properties);
      await this.#cleanUp(before);
    } else await this.#cleanUp(new Map(this.#wanted(template).map(({ id }) => [id, undefined])));
    return { started: this.started.slice(started), failure };
  }

  #wanted({ aliases, group, policy = POLICY }: TestTemplate) {
    const common = { Policy: policy, StateMachineArn: STATE_MACHINE, Stack: STACK };
    const made = Object.entries(aliases).map(([name, alias]) => {
      const { Policy, ...rest } = common;
      const properties = () => ({
        FunctionName: name,
        AliasName: 'live',
        Version: alias.version,
        Existing: alias.existing ?? 'fail',
        ...rest,
        ...(alias.grouped ? { Group: group } : { Policy }),
        ...provisioned(alias),
      });
      return { id: `${name}Alias`, type: ALIAS_TYPE, properties };
    });
    const members = Object.entries(aliases).filter(([, { grouped }]) => grouped);
    if (group === undefined || members.length === 0) return made;
    const properties = () => ({
      ...common,
      GroupName: 'shop',
      Members: members.map(([name, alias]) => ({
        FunctionName: name,
        AliasName: 'live',
        Version: alias.version,
        NewVersion: this.#resources.get(`${name}Alias`)?.attributes['NewVersion'],
        Alarms: [`${name}-errors`],
        ...provisioned(alias),
      })),
    });
    return [...made, { id: group, type: GROUP_TYPE, properties }];
  }

  async #apply(template: TestTemplate): Promise<string | undefined> {
    for (const { id, type, properties } of this.#wanted(template)) {
      const failure = await this.#make(id, type, properties());
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  async #make(id: string, type: string, properties: Properties): Promise<string | undefined> {
    const old = this.#resources.get(id);
    if (JSON.stringify(old?.properties) === JSON.stringify(properties)) return undefined;
    const { status, reason, physicalId, attributes } = await this.#ask(
      old ? 'Update' : 'Create',
      { id, type, properties },
      old,
    );
    if (status === 'FAILED') return reason;
    this.#resources.set(id, { type, properties, physicalId, attributes: { ...attributes } });
    return undefined;
  }

  async #cleanUp(kept: ReadonlyMap<string, unknown>): Promise<void> {
    const gone = [...this.#resources].filter(([id]) => !kept.has(id));
    for (const [id, resource] of gone) {
      await this.#ask('Delete', { id, ...resource }, resource);
      this.#resources.delete(id);
    }
  }

  async #ask(
    RequestType: string,
    { id, type, properties }: { id: string; type: string; properties: Properties },
    old: Resource | undefined,
  ): Promise<CustomResourceAnswer> {
    const event = {
      RequestType,
      ResponseURL: 'https://example.com/answer',
      StackId: STACK,
      RequestId: `00000000-0000-0000-0000-${String(++this.#requests).padStart(12, '0')}`,
      LogicalResourceId: id,
      ResourceType: type,
      ResourceProperties: properties,
      ...(old ? { PhysicalResourceId: old.physicalId } : {}),
      ...(RequestType === 'Update' ? { OldResourceProperties: old?.properties } : {}),
    };
    await onVirtualTime(() => this.#handler(event));
    return this.answers.at(-1) as CustomResourceAnswer;
  }

  #lambda(command: string, input: Properties): object {
    const name = String(input['FunctionName']);
    const alias = this.aliases.get(name);
    const missing = () => new ResourceNotFoundException({ message: '', $metadata: { httpStatusCode: 404 } });
    switch (command) {
      case 'GetFunctionCommand': {
        const failed = this.failed.has(`${name}:${input['Qualifier']}`);
        return { Configuration: { State: failed ? 'Failed' : 'Active' } };
      }
      case 'CreateAliasCommand':
        if (alias) throw new ResourceConflictException({ message: '', $metadata: { httpStatusCode: 409 } });
        break;
      case 'DeleteAliasCommand':
        this.aliases.delete(name);
        return {};
      default:
        if (!alias) throw missing();
    }
    if (command !== 'GetAliasCommand') {
      const { FunctionVersion, RoutingConfig, Description } = input;
      const given = Object.entries({ FunctionVersion, RoutingConfig, Description });
      const set = Object.fromEntries(given.filter(([, value]) => value !== undefined));
      this.aliases.set(name, { FunctionVersion: '1', ...alias, ...set });
    }
    return { ...(this.aliases.get(name) as object), RevisionId: JSON.stringify(this.aliases.get(name)) };
  }
}

const provisioned = ({ provisionedConcurrency }: TemplateAlias) =>
  provisionedConcurrency === undefined ? {} : { ProvisionedConcurrency: provisionedConcurrency };
