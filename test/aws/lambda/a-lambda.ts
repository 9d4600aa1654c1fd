import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import type { AliasState } from '../../../lib/rollout/alias/alias.ts';

/** An error of AWS by its name. */
export const named = (name: string): Error => Object.assign(new Error(`${name} (of this test)`), { name });

/** A Lambda that has one alias, and that fails or acts as a test wants when it is written. */
export class ALambda {
  alias: AliasState | null;
  reads = 0;
  writes = 0;
  /** The states of versions; a version without an entry does not exist. */
  states: Readonly<
    Record<string, { readonly State?: 'Active' | 'Pending' | 'Inactive' | 'Failed'; readonly StateReason?: string }>
  > = {};
  /** Called before each write with its number, from 1 on. What it throws is the answer. */
  before: (nth: number) => void = () => {};
  /** Called after each write with its number. What it throws is the answer, although the write is done. */
  after: (nth: number) => void = () => {};

  constructor(alias: AliasState | null) {
    this.alias = alias;
  }

  readonly client = { send: (command: unknown) => this.#answer(command) } as unknown as LambdaClient;

  async #answer(command: unknown) {
    if (command instanceof GetAliasCommand) {
      this.reads += 1;
      if (!this.alias) throw named('ResourceNotFoundException');
      const { functionVersion, additionalVersionWeights, description, revisionId } = this.alias;
      return {
        FunctionVersion: functionVersion,
        RoutingConfig: { AdditionalVersionWeights: additionalVersionWeights },
        Description: description,
        RevisionId: revisionId,
      };
    }
    if (command instanceof GetFunctionConfigurationCommand) {
      const found = this.states[command.input.Qualifier ?? ''];
      if (!found) throw named('ResourceNotFoundException');
      return found;
    }
    if (!(command instanceof UpdateAliasCommand)) {
      throw new Error('expected GetAlias, UpdateAlias or GetFunctionConfiguration');
    }
    const nth = ++this.writes;
    this.before(nth);
    if (!this.alias) throw named('ResourceNotFoundException');
    const { input } = command;
    if (input.RevisionId !== this.alias.revisionId) throw named('PreconditionFailedException');
    this.alias = {
      functionVersion: input.FunctionVersion ?? this.alias.functionVersion,
      additionalVersionWeights: input.RoutingConfig?.AdditionalVersionWeights ?? {},
      description: input.Description ?? this.alias.description,
      revisionId: `written-${nth}`,
    };
    this.after(nth);
    return {};
  }
}
