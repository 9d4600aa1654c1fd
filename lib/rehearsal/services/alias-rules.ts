import { PreconditionFailedException } from '@aws-sdk/client-lambda';
import type { AliasState } from '../../rollout/alias/alias.ts';
import type { VersionState } from '../scenario/operator-action.ts';
import { invalidParameter, refusedByModel } from './lambda-exceptions.ts';

/** A published version in the rehearsal's Lambda. */
export interface PublishedVersion {
  readonly version: string;
  state: VersionState;
  role: string;
  deadLetterTarget: string;
  /** Its memory, in megabytes. */
  memory: number;
}

/** The longest description that an alias may have. (Lambda API reference.) */
const LONGEST_DESCRIPTION = 256;

/** Refuses a write that names another revision than the present one. */
export function checkRevision(revisionId: string | undefined, alias: AliasState): void {
  if (revisionId === undefined || revisionId === alias.revisionId) return;
  throw new PreconditionFailedException({
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    $metadata: { httpStatusCode: 412 },
  });
}

/** Refuses a description that is too long, and more than one additional version. */
export function checkRouting(alias: AliasState): void {
  const additional = Object.entries(alias.additionalVersionWeights);
  if (alias.description.length > LONGEST_DESCRIPTION) {
    throw refusedByModel("Value at 'description' failed to satisfy constraint");
  }
  if (additional.length > 1) {
    throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
}

/** Refuses a weight that is no fraction, and an additional version that is the main one. */
export function checkWeights(alias: AliasState): void {
  for (const [version, weight] of Object.entries(alias.additionalVersionWeights)) {
    if (!(weight >= 0 && weight <= 1)) {
      throw refusedByModel(
        `Value '{${version}=${weight}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint`,
      );
    }
    if (version === alias.functionVersion) {
      throw invalidParameter(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
  }
}

/** Refuses two versions that may not share an alias: of other roles, or of other dead-letter queues. */
export function checkPair(main: PublishedVersion, additional: PublishedVersion): void {
  if (additional.role !== main.role) {
    throw invalidParameter('Specified versions must be associated with the same execution role');
  }
  // Recorded for roles. The guide says the same of dead-letter queues, but not which error they give.
  if (additional.deadLetterTarget !== main.deadLetterTarget) {
    throw invalidParameter('Specified versions must have the same dead-letter queue');
  }
}
