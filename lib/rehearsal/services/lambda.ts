import type * as sdk from '@aws-sdk/client-lambda';
import { type AliasState, servedBy } from '../../rollout/alias/alias.ts';
import { ACCOUNT, REGION } from '../names.ts';
import { USUAL_MEGABYTES } from '../scenario/behaviour.ts';
import type { VersionState } from '../scenario/operator-action.ts';
import { configurationOfAlias, emptyAlias, updatedAlias } from './alias-configuration.ts';
import { checkPair, checkRevision, checkRouting, checkWeights, type PublishedVersion } from './alias-rules.ts';
import { conflict, notFound, notInvocable, notReady, weightsAndProvisionedConcurrency } from './lambda-exceptions.ts';
import { ProvisionedConcurrency } from './provisioned-concurrency.ts';

/** A change of the alias, and who made it. */
export interface AliasChange {
  /** The function whose alias it is. */
  readonly functionName: string;
  /** The function of the controller, or the operator. */
  readonly by: string;
  readonly before: AliasState;
  readonly after: AliasState;
}

/** A version came into a state. */
export interface StateChange {
  readonly version: string;
  readonly state: VersionState;
}

/**
 * One function with its versions, tags and one alias, as Lambda's control plane answers for them. Error names, codes and
 * new RevisionIds are as recorded on AWS. If nothing was recorded, the comment says so.
 */
export class RehearsedLambda {
  readonly functionName: string;
  readonly aliasName: string;
  readonly versions = new Map<string, PublishedVersion>();
  tags: Record<string, string> = {};
  /** The tags before their last change, which a stale read still shows. */
  staleTags: Readonly<Record<string, string>> = {};
  /** Versions whose init fails under provisioned concurrency. */
  readonly failingInits = new Set<string>();
  readonly #provisioned = new ProvisionedConcurrency();
  alias: AliasState | null;
  /** The alias before each of its changes, oldest first. A stale read still shows the last of them. */
  readonly #past: AliasState[] = [];
  readonly #onChange: (change: AliasChange) => void;
  readonly #onState: (change: StateChange) => void;
  #revisions = 0;

  constructor(
    name: { readonly functionName: string; readonly aliasName: string },
    stable: string,
    onChange: (change: AliasChange) => void,
    onState: (change: StateChange) => void = () => {},
    memory?: number,
  ) {
    this.#onState = onState;
    this.functionName = name.functionName;
    this.aliasName = name.aliasName;
    this.#onChange = onChange;
    this.publish(stable, memory);
    this.alias = { ...emptyAlias, functionVersion: stable, revisionId: this.#nextRevision() };
  }

  /** How all versions log; undefined if Lambda does not say. */
  logging: sdk.LoggingConfig | undefined;

  /** The unqualified ARN. */
  get arn(): string {
    return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${this.functionName}`;
  }

  publish(version: string, memory = USUAL_MEGABYTES): PublishedVersion {
    const published: PublishedVersion = {
      version,
      state: 'Active',
      role: `arn:aws:iam::${ACCOUNT}:role/${this.functionName}`,
      deadLetterTarget: '',
      memory,
    };
    this.versions.set(version, published);
    return published;
  }

  /** GetAlias. Without weights there is no RoutingConfig key. A stale answer is the one before the last change. */
  getAlias({ stale = false } = {}): Partial<sdk.GetAliasCommandOutput> {
    const current = this.#existing('Cannot find alias arn');
    const alias = (stale ? this.aliasBefore(1) : null) ?? current;
    return { AliasArn: `${this.arn}:${this.aliasName}`, Name: this.aliasName, ...configurationOfAlias(alias) };
  }

  /** The alias as it was so many changes ago; null if there were not so many. */
  aliasBefore(changes: number): AliasState | null {
    return this.#past.at(-changes) ?? null;
  }

  /** UpdateAlias. A field that is left out keeps its value. */
  updateAlias(input: sdk.UpdateAliasCommandInput, by: string): Partial<sdk.UpdateAliasCommandOutput> {
    const before = this.#existing('Alias not found');
    checkRevision(input.RevisionId, before);
    const after = updatedAlias(before, input, this.#nextRevision());
    this.#check(after);
    this.#past.push(before);
    this.alias = after;
    this.#onChange({ functionName: this.functionName, by, before, after });
    return this.getAlias();
  }

  /** CreateAlias. An alias that exists is a conflict, even with the same content. */
  createAlias(input: sdk.CreateAliasCommandInput, by: string): Partial<sdk.CreateAliasCommandOutput> {
    if (this.alias) throw conflict(`Alias already exists: ${this.arn}:${this.aliasName}`);
    const after = updatedAlias(emptyAlias, input, this.#nextRevision());
    this.#check(after);
    this.alias = after;
    this.#onChange({ functionName: this.functionName, by, before: after, after });
    return this.getAlias();
  }

  /** DeleteAlias. It is no error if the alias does not exist. */
  deleteAlias(): void {
    this.alias = null;
  }

  /** TagResource. */
  tag(tags: Readonly<Record<string, string>>): void {
    this.staleTags = this.tags;
    this.tags = { ...this.tags, ...tags };
  }

  /** UntagResource. */
  untag(keys: readonly string[]): void {
    this.staleTags = this.tags;
    this.tags = Object.fromEntries(Object.entries(this.tags).filter(([key]) => !keys.includes(key)));
  }

  /** Brings a version into a state. It does nothing if there is no such version. */
  setState(version: string, state: VersionState): void {
    const published = this.versions.get(version);
    if (!published || published.state === state) return;
    published.state = state;
    this.#onState({ version, state });
  }

  /** The version that a name and a qualifier mean; undefined if they name another function. */
  versionNamed(name: string, qualifier: string | undefined): string | undefined {
    const [own, inName] = name.startsWith(this.arn) ? [true, name.slice(this.arn.length + 1)] : this.#partsOf(name);
    return own ? (qualifier ?? inName) || '$LATEST' : undefined;
  }

  /** Invoke of a version. @throws Lambda's exception if its state does not allow it; an idle version is woken */
  invoke(version: string): void {
    if (version === '$LATEST' || version === this.aliasName) return;
    const { state } = this.#published(version);
    if (state === 'Inactive') this.setState(version, 'Pending');
    if (state === 'Inactive' || state === 'Pending') throw notReady(version);
    if (state !== 'Active') throw notInvocable(state);
  }

  /** GetFunction: the configuration of a version, or the function itself with its tags. */
  getFunction(qualifier: string | undefined): Partial<sdk.GetFunctionCommandOutput> {
    if (qualifier === undefined) {
      const Configuration = {
        FunctionName: this.functionName,
        FunctionArn: this.arn,
        Version: '$LATEST',
        State: 'Active' as const,
      };
      return { Configuration, Tags: { ...this.tags } };
    }
    const { version, state, role, deadLetterTarget, memory } = this.#published(qualifier);
    const deadLetter = deadLetterTarget ? { DeadLetterConfig: { TargetArn: deadLetterTarget } } : {};
    return {
      Configuration: {
        FunctionName: this.functionName,
        Version: version,
        State: state,
        ...(reasonOf(state) ?? {}),
        Role: role,
        MemorySize: memory,
        Architectures: ['x86_64'],
        ...(this.logging ? { LoggingConfig: this.logging } : {}),
        ...deadLetter,
      },
    };
  }

  /** GetProvisionedConcurrencyConfig at a second. */
  getProvisionedConcurrencyConfig(qualifier: string, second: number) {
    this.#checkQualifier(qualifier);
    return this.#provisioned.get(qualifier, second);
  }

  /** PutProvisionedConcurrencyConfig. A version and an alias that points to it exclude each other. */
  putProvisionedConcurrencyConfig(input: sdk.PutProvisionedConcurrencyConfigCommandInput, second: number) {
    const { Qualifier: qualifier = '', ProvisionedConcurrentExecutions: requested = 0 } = input;
    this.#checkQualifier(qualifier);
    const served = this.alias ? servedBy(this.alias) : [];
    if (qualifier === this.aliasName) {
      if (served.some((version) => this.#provisioned.has(version))) {
        throw conflict(
          "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        );
      }
      if (served.length > 1) throw weightsAndProvisionedConcurrency();
    } else if (served.includes(qualifier) && this.#provisioned.has(this.aliasName)) {
      throw conflict('Version is pointed by a Provisioned Concurrency alias');
    }
    return this.#provisioned.put(qualifier, { requested, since: second, fails: this.failingInits.has(qualifier) });
  }

  /** DeleteProvisionedConcurrencyConfig. It succeeds if there is none: a guess, nobody has recorded it. */
  deleteProvisionedConcurrencyConfig(qualifier: string): void {
    this.#checkQualifier(qualifier);
    this.#provisioned.delete(qualifier);
  }

  /** How many execution environments are configured, by qualifier. */
  get provisionedConcurrency(): Readonly<Record<string, number>> {
    return this.#provisioned.requested;
  }

  #checkQualifier(qualifier: string): void {
    const exists = qualifier === this.aliasName ? this.alias !== null : this.versions.has(qualifier);
    if (!exists) throw this.#functionNotFound(qualifier);
  }

  /** Refuses another function or alias: this Lambda has one of each. */
  checkNames({
    FunctionName = '',
    Name = this.aliasName,
  }: {
    readonly FunctionName?: string | undefined;
    readonly Name?: string | undefined;
  }) {
    if (FunctionName !== this.functionName && FunctionName !== this.arn) {
      throw notFound(`Function not found: ${this.arn.replace(/[^:]+$/, FunctionName)}`);
    }
    if (Name !== this.aliasName) throw notFound(`Cannot find alias arn: ${this.arn}:${Name}`);
  }

  #partsOf(name: string): readonly [own: boolean, qualifier: string | undefined] {
    const [functionName, qualifier] = name.split(':');
    return [functionName === this.functionName, qualifier];
  }

  #existing(message: string): AliasState {
    if (this.alias) return this.alias;
    throw notFound(`${message}: ${this.arn}:${this.aliasName}`);
  }

  #check(alias: AliasState): void {
    const additional = Object.keys(alias.additionalVersionWeights);
    checkRouting(alias);
    if (additional.length > 0 && this.#provisioned.has(this.aliasName)) throw weightsAndProvisionedConcurrency();
    checkWeights(alias);
    const [main, ...others] = [alias.functionVersion, ...additional].map((version) => this.#published(version));
    for (const other of others) checkPair(main as PublishedVersion, other);
  }

  #published(version: string): PublishedVersion {
    const published = this.versions.get(version);
    if (!published) throw this.#functionNotFound(version);
    return published;
  }

  #functionNotFound(qualifier: string) {
    return notFound(`Function not found: ${this.arn}:${qualifier}`);
  }

  #nextRevision(): string {
    this.#revisions++;
    return `00000000-0000-4000-8000-${String(this.#revisions).padStart(12, '0')}`;
  }
}

/** The reason of a state as Lambda gives it; an active version has none. */
const reasonOf = (state: VersionState) => {
  const reasons: Partial<Record<VersionState, Partial<sdk.FunctionConfiguration>>> = {
    Pending: { StateReasonCode: 'Restoring', StateReason: 'The function is being restored.' },
    Inactive: { StateReasonCode: 'Idle', StateReason: 'The function is idle.' },
    Failed: { StateReasonCode: 'DisabledKMSKey', StateReason: 'The key of the function is disabled.' },
  };
  return reasons[state];
};
