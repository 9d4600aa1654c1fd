import * as sdk from '@aws-sdk/client-lambda';
import type { AliasState, Routing } from '../rollout/alias.ts';

/** What the rehearsal's Lambda keeps of a published version. */
export interface PublishedVersion {
  readonly version: string;
  state: 'Active' | 'Pending' | 'Failed';
  role: string;
  deadLetterTarget: string;
}

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
      return { Configuration: { FunctionName: this.functionName, Version: '$LATEST' }, Tags: { ...this.tags } };
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

  /** What GetProvisionedConcurrencyConfig answers where there is none. */
  getProvisionedConcurrencyConfig(): never {
    throw new sdk.ProvisionedConcurrencyConfigNotFoundException({
      message: 'No Provisioned Concurrency Config found for this function',
      $metadata: { httpStatusCode: 404 },
    });
  }

  #existing(message: string): AliasState {
    if (this.alias) return this.alias;
    throw new sdk.ResourceNotFoundException({
      Message: `${message}: ${this.arn}:${this.aliasName}`,
      message: `${message}: ${this.arn}:${this.aliasName}`,
      $metadata: { httpStatusCode: 404 },
    });
  }

  #check(routing: Routing): void {
    const additional = Object.entries(routing.additionalVersionWeights);
    const invalid = (message: string) =>
      new sdk.InvalidParameterValueException({ message, $metadata: { httpStatusCode: 400 } });
    if (additional.length > 1) {
      throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
    }
    for (const [version, weight] of additional) {
      if (!(weight >= 0 && weight <= 1)) {
        throw new sdk.LambdaServiceException({
          name: 'ValidationException',
          $fault: 'client',
          message: `1 validation error detected: Value '{${version}=${weight}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint`,
          $metadata: { httpStatusCode: 400 },
        });
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
  }

  #functionNotFound(qualifier: string) {
    const message = `Function not found: ${this.arn}:${qualifier}`;
    return new sdk.ResourceNotFoundException({ Message: message, message, $metadata: { httpStatusCode: 404 } });
  }

  #nextRevision(): string {
    this.#revisions++;
    return `00000000-0000-4000-8000-${String(this.#revisions).padStart(12, '0')}`;
  }
}
