import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Claim, type Ownership, ownershipOf } from '../../rollout/alias/ownership.ts';
import { moveAlias } from '../lambda/alias.ts';

/**
 * Marks an alias as that of whoever claims it, and leaves it otherwise as it is. Somebody may write it in the same moment, so each look decides
 * again.
 *
 * @returns the ownership at the last look
 */
export async function markAdopted(lambda: LambdaClient, claim: Claim): Promise<Ownership | undefined> {
  let ownership: Ownership | undefined;
  await moveAlias(lambda, claim, (alias) => {
    ownership = ownershipOf(alias, claim);
    return alias && ownership.kind === 'adopt'
      ? { kind: 'write', to: alias, description: alias.description, mark: claim.marks.adopted }
      : { kind: 'foreign' };
  });
  return ownership;
}
