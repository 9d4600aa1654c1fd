import { GetFunctionCommand, type LambdaClient, TagResourceCommand } from '@aws-sdk/client-lambda';
import { markOf } from '../../rollout/alias/description.ts';
import { type Claim, ownershipOf } from '../../rollout/alias/ownership.ts';
import type { Registration } from '../../rollout/contracts/registration.ts';
import { MANAGED_TAG } from '../../rollout/contracts/tags.ts';
import type { Clients } from '../handler/clients.ts';
import { orUndefined } from '../handler/errors.ts';
import { type AliasName, readAlias } from '../lambda/alias.ts';
import { unqualifiedArn } from '../lambda/function-arn.ts';
import { markAdopted } from '../stack/mark-adopted.ts';
import { marksOfAdoption } from '../stack/marks.ts';
import { register } from '../stack/write-registration.ts';

/** The last part of the parameter's name: no stack has it. */
export const ADOPTED_PLACE = 'adopted';

/** What is to be adopted: an alias that a script or a person deploys, and the controller that is to shift it. */
export interface Adoption extends AliasName {
  /** The name of the controller, which the function's tag gets. */
  readonly controller: string;
  readonly stateMachineArn: string;
}

/** An alias as it was found. */
export interface Adoptable {
  readonly functionArn: string;
  /** The value of the function's tag before; undefined if it has none. */
  readonly tag: string | undefined;
  /** Whether the alias bears the mark already. */
  readonly isMarked: boolean;
  /** Why nothing may be done; undefined if it may. */
  readonly refused: string | undefined;
}

const claimOf = ({ functionName, aliasName, stateMachineArn }: Adoption): Claim => ({
  functionName,
  aliasName,
  stateMachineArn,
  existing: 'adopt',
  marks: marksOfAdoption({ functionName, aliasName }),
  before: undefined,
});

/** Looks whether an alias may be adopted, and writes nothing. */
export async function readAdoptable(lambda: LambdaClient, adoption: Adoption): Promise<Adoptable> {
  const { functionName, aliasName, controller } = adoption;
  const found = await orUndefined(
    lambda.send(new GetFunctionCommand({ FunctionName: functionName })),
    'ResourceNotFoundException',
  );
  const tag = found?.Tags?.[MANAGED_TAG];
  const alias = found ? await readAlias(lambda, adoption) : null;
  const claim = claimOf(adoption);
  const ownership = ownershipOf(alias, claim);
  return {
    functionArn: unqualifiedArn(found?.Configuration?.FunctionArn ?? ''),
    tag,
    isMarked: alias !== null && markOf(alias) === claim.marks.adopted,
    refused: why(),
  };

  function why(): string | undefined {
    if (!found) return `there is no function ${functionName}`;
    if (tag !== undefined && tag !== controller) {
      return `${functionName} belongs to the controller ${tag}: its tag ${MANAGED_TAG} names one`;
    }
    if (!alias) return `there is no alias ${aliasName} of ${functionName}`;
    return ownership.kind === 'refuse' ? ownership.why : undefined;
  }
}

/**
 * Hands an alias over to a controller: tags its function, registers it and puts the owner's mark on it. No traffic moves. Each part may be
 * repeated.
 *
 * @returns why the mark could not be put although the rest was done: somebody else has claimed the alias in the same moment
 */
export async function adopt(
  { lambda, ssm }: Pick<Clients, 'lambda' | 'ssm'>,
  adoption: Adoption,
  { functionArn }: Adoptable,
  policy: Registration['policy'],
): Promise<string | undefined> {
  const { controller, stateMachineArn } = adoption;
  await lambda.send(new TagResourceCommand({ Resource: functionArn, Tags: { [MANAGED_TAG]: controller } }));
  const registration: Registration = { schema: 1, stateMachineArn, ...(policy === undefined ? {} : { policy }) };
  await register(ssm, adoption, ADOPTED_PLACE, registration);
  const ownership = await markAdopted(lambda, claimOf(adoption));
  return ownership?.kind === 'refuse' ? ownership.why : undefined;
}
