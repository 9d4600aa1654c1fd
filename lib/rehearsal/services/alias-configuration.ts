import type { CreateAliasCommandInput, GetAliasCommandOutput, UpdateAliasCommandInput } from '@aws-sdk/client-lambda';
import type { AliasState } from '../../rollout/alias/alias.ts';

/** An alias without a version: the state that CreateAlias fills. */
export const emptyAlias: AliasState = {
  functionVersion: '',
  additionalVersionWeights: {},
  description: '',
  revisionId: '',
};

/** The state of an alias as GetAlias returns it. Without weights there is no RoutingConfig key. */
export function configurationOfAlias(alias: AliasState): Partial<GetAliasCommandOutput> {
  const weights = alias.additionalVersionWeights;
  return {
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(Object.keys(weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: { ...weights } } } : {}),
  };
}

/**
 * An alias after it was written. A field that is left out keeps its value: recorded for FunctionVersion and Description, a guess
 * for RoutingConfig.
 */
export const updatedAlias = (
  before: AliasState,
  { FunctionVersion, RoutingConfig, Description }: UpdateAliasCommandInput | CreateAliasCommandInput,
  revisionId: string,
): AliasState => ({
  functionVersion: FunctionVersion ?? before.functionVersion,
  additionalVersionWeights:
    RoutingConfig?.AdditionalVersionWeights ?? (RoutingConfig ? {} : before.additionalVersionWeights),
  description: Description ?? before.description,
  revisionId,
});
