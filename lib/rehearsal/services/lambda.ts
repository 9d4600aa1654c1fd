import * as sdk from '@aws-sdk/client-lambda';
import { type AliasState, servedBy } from '../../rollout/alias/alias.ts';

/** What the rehearsal's Lambda keeps of a published version. */
export interface PublishedVersion {
  readonly version: string;
  state: 'Active' | 'Pending' | 'Failed';
  role: string;
  deadLetterTarget: string;
}

/** A qualifier's provisioned concurrency: asked for at a second, and where Lambda will have come to. */
interface Provisioned {
  readonly requested: number;
  readonly since: number;
  readonly fails: boolean;
}

/** How long it takes until provisioned concurrency is ready, or a failing init has given up, in seconds. (Recorded: some two and five minutes.) */
const READY_AFTER_SECONDS = 120;
const FAILED_AFTER_SECONDS = 300;

/** A change of the alias: who made it, and what it shows now. */
export interface AliasChange {
  readonly by: string;
  readonly before: AliasState;
  readonly after: AliasState;
}

/**
 * One function with its versions, tags and one alias, as Lambda's control plane answers for them. Error names, codes and
 * what gives a new RevisionId are as recorded on AWS; where nothing was recorded the comment says so.
 */
export class RehearsedLambda {
  readonly functionName: string;
  readonly aliasName: string;
  readonly versions = new Map<string, PublishedVersion>();
  readonly tags: Record<string, string> = {};
  /** Versions whose init fails under provisioned concurrency. */
  readonly failingInits = new Set<string>();
  /** By qualifier: a version, or the alias. */
  readonly #provisioned = new Map<string, Provisioned>();
  alias: AliasState | null;
  /** What the alias was before its last change: what a stale read still shows. */
  #previous: AliasState | null;
  readonly #onChange: (change: AliasChange) => void;
  #revisions = 0;

  constructor(
    name: { readonly functionName: string; readonly aliasName: string },
    stable: string,
    onChange: (change: AliasChange) => void,
  ) {
    this.functionName = name.functionName;
    this.aliasName = name.aliasName;
    this.#onChange = onChange;
    this.publish(stable);
    this.alias = {
      functionVersion: stable,
      additionalVersionWeights: {},
      description: '',
      revisionId: this.#nextRevision(),
    };
    this.#previous = this.alias;
  }

  /** The unqualified ARN. */
  get arn(): string {
    return `arn:aws:lambda:us-east-1:123456789012:function:${this.functionName}`;
  }

  publish(version: string): PublishedVersion {
    const published: PublishedVersion = {
      version,
      state: 'Active',
      role: 'arn:aws:iam::123456789012:role/checkout',
      deadLetterTarget: '',
    };
    this.versions.set(version, published);
    return published;
  }

  /** What GetAlias answers. Without weights there is no RoutingConfig key. A stale answer is the one before the last change. */
  getAlias({ stale = false } = {}): Partial<sdk.GetAliasCommandOutput> {
    const current = this.#existing('Cannot find alias arn');
    const alias = stale && this.#previous ? this.#previous : current;
    const weights = alias.additionalVersionWeights;
    return {
      AliasArn: `${this.arn}:${this.aliasName}`,
      Name: this.aliasName,
      FunctionVersion: alias.functionVersion,
      Description: alias.description,
      RevisionId: alias.revisionId,
      ...(Object.keys(weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: { ...weights } } } : {}),
    };
  }

  /**
   * What UpdateAlias does. A field that is left out keeps its value: recorded for FunctionVersion and Description, a guess for
   * RoutingConfig.
   */
  updateAlias(input: sdk.UpdateAliasCommandInput, by: string): Partial<sdk.UpdateAliasCommandOutput> {
    const before = this.#existing('Alias not found');
    if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) {
      throw new sdk.PreconditionFailedException({
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        $metadata: { httpStatusCode: 412 },
      });
    }
    const after: AliasState = {
      functionVersion: input.FunctionVersion ?? before.functionVersion,
      additionalVersionWeights:
        input.RoutingConfig?.AdditionalVersionWeights ?? (input.RoutingConfig ? {} : before.additionalVersionWeights),
      description: input.Description ?? before.description,
      revisionId: this.#nextRevision(),
    };
    this.#check(after);
    this.#previous = before;
    this.alias = after;
    this.#onChange({ by, before, after });
    return this.getAlias();
  }

  /** What CreateAlias does: an alias that exists is a conflict, same content or not. */
  createAlias(input: sdk.CreateAliasCommandInput, by: string): Partial<sdk.CreateAliasCommandOutput> {
    if (this.alias) {
      throw new sdk.ResourceConflictException({
        message: `Alias already exists: ${this.arn}:${this.aliasName}`,
        $metadata: { httpStatusCode: 409 },
      });
    }
    const after: AliasState = {
      functionVersion: input.FunctionVersion ?? '',
      additionalVersionWeights: input.RoutingConfig?.AdditionalVersionWeights ?? {},
      description: input.Description ?? '',
      revisionId: this.#nextRevision(),
    };
    this.#check(after);
    this.alias = after;
    this.#onChange({ by, before: after, after });
    return this.getAlias();
  }

  /** What DeleteAlias does: deleting what does not exist is no error. */
  deleteAlias(): void {
    this.alias = null;
  }

  /** What GetFunction answers: of a version its configuration, of the function the tags as well. */
  getFunction(qualifier: string | undefined): Partial<sdk.GetFunctionCommandOutput> {
    if (qualifier === undefined) {
      const Configuration = { FunctionName: this.functionName, FunctionArn: this.arn, Version: '$LATEST' };
      return { Configuration, Tags: { ...this.tags } };
    }
    const version = this.versions.get(qualifier);
    if (!version) throw this.#functionNotFound(qualifier);
    return {
      Configuration: {
        FunctionName: this.functionName,
        Version: qualifier,
        State: version.state,
        Role: version.role,
        ...(version.deadLetterTarget ? { DeadLetterConfig: { TargetArn: version.deadLetterTarget } } : {}),
      },
    };
  }

  /** What GetProvisionedConcurrencyConfig answers at a second. */
  getProvisionedConcurrencyConfig(qualifier: string, second: number) {
    this.#checkQualifier(qualifier);
    const provisioned = this.#provisioned.get(qualifier);
    if (!provisioned) {
      throw new sdk.ProvisionedConcurrencyConfigNotFoundException({
        message: 'No Provisioned Concurrency Config found for this function',
        $metadata: { httpStatusCode: 404 },
      });
    }
    return configOf(provisioned, second);
  }

  /** What PutProvisionedConcurrencyConfig does: a version and an alias that points to it exclude each other. */
  putProvisionedConcurrencyConfig(input: sdk.PutProvisionedConcurrencyConfigCommandInput, second: number) {
    const { Qualifier: qualifier = '', ProvisionedConcurrentExecutions: requested = 0 } = input;
    this.#checkQualifier(qualifier);
    const conflict = (message: string) =>
      new sdk.ResourceConflictException({ message, $metadata: { httpStatusCode: 409 } });
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
    const provisioned = { requested, since: second, fails: this.failingInits.has(qualifier) };
    this.#provisioned.set(qualifier, provisioned);
    return configOf(provisioned, second);
  }

  /** What DeleteProvisionedConcurrencyConfig does; where there is none it succeeds, as nobody has recorded. */
  deleteProvisionedConcurrencyConfig(qualifier: string): void {
    this.#checkQualifier(qualifier);
    this.#provisioned.delete(qualifier);
  }

  /** How many execution environments are configured, by qualifier. */
  get provisionedConcurrency(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#provisioned].map(([qualifier, { requested }]) => [qualifier, requested]));
  }

  #checkQualifier(qualifier: string): void {
    const exists = qualifier === this.aliasName ? this.alias !== null : this.versions.has(qualifier);
    if (!exists) throw this.#functionNotFound(qualifier);
  }

  /** Refuses what is asked of another function or alias: this Lambda has one of each. */
  checkNames({ FunctionName = '', Name = this.aliasName }: { readonly FunctionName?: string; readonly Name?: string }) {
    if (FunctionName !== this.functionName && FunctionName !== this.arn) {
      throw notFound(`Function not found: ${this.arn.replace(/[^:]+$/, FunctionName)}`);
    }
    if (Name !== this.aliasName) throw notFound(`Cannot find alias arn: ${this.arn}:${Name}`);
  }

  #existing(message: string): AliasState {
    if (this.alias) return this.alias;
    throw notFound(`${message}: ${this.arn}:${this.aliasName}`);
  }

  #check(routing: AliasState): void {
    const additional = Object.entries(routing.additionalVersionWeights);
    const invalid = (message: string) =>
      new sdk.InvalidParameterValueException({ message, $metadata: { httpStatusCode: 400 } });
    if (routing.description.length > LONGEST_DESCRIPTION) {
      throw refusedByModel("Value at 'description' failed to satisfy constraint");
    }
    if (additional.length > 1) {
      throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
    }
    if (additional.length > 0 && this.#provisioned.has(this.aliasName)) throw weightsAndProvisionedConcurrency();
    for (const [version, weight] of additional) {
      if (!(weight >= 0 && weight <= 1)) {
        throw refusedByModel(
          `Value '{${version}=${weight}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint`,
        );
      }
      if (version === routing.functionVersion) {
        throw invalid(
          `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
        );
      }
    }
    for (const version of [routing.functionVersion, ...additional.map(([each]) => each)]) {
      if (!this.versions.has(version)) throw this.#functionNotFound(version);
    }
    const main = this.versions.get(routing.functionVersion);
    for (const [version] of additional) {
      const { role, deadLetterTarget } = this.versions.get(version) as PublishedVersion;
      if (role !== main?.role) throw invalid('Specified versions must be associated with the same execution role');
      // Said of roles; of dead-letter queues the guide says the same, and nobody tells the error.
      if (deadLetterTarget !== main.deadLetterTarget)
        throw invalid('Specified versions must have the same dead-letter queue');
    }
  }

  #functionNotFound(qualifier: string) {
    return notFound(`Function not found: ${this.arn}:${qualifier}`);
  }

  #nextRevision(): string {
    this.#revisions++;
    return `00000000-0000-4000-8000-${String(this.#revisions).padStart(12, '0')}`;
  }
}

/** Said, not recorded. (hashicorp/terraform#24957) */
const weightsAndProvisionedConcurrency = () =>
  new sdk.InvalidParameterValueException({
    message: 'Alias with weights can not be used with Provisioned Concurrency',
    $metadata: { httpStatusCode: 400 },
  });

function configOf({ requested, since, fails }: Provisioned, second: number) {
  const age = second - since;
  const over = age >= (fails ? FAILED_AFTER_SECONDS : READY_AFTER_SECONDS);
  const ready = over && !fails;
  const status: sdk.ProvisionedConcurrencyStatusEnum = ready ? 'READY' : over ? 'FAILED' : 'IN_PROGRESS';
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: ready ? requested : 0,
    AllocatedProvisionedConcurrentExecutions: ready ? requested : 0,
    Status: status,
    ...(status === 'FAILED' ? { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' } : {}),
  };
}

/** What Lambda takes as the description of an alias. (Lambda API reference.) */
const LONGEST_DESCRIPTION = 256;

const notFound = (message: string) =>
  new sdk.ResourceNotFoundException({ Message: message, message, $metadata: { httpStatusCode: 404 } });

/** A value that breaks the API's own model. */
const refusedByModel = (message: string) =>
  new sdk.LambdaServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message: `1 validation error detected: ${message}`,
    $metadata: { httpStatusCode: 400 },
  });
