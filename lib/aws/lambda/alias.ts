import { GetAliasCommand, type LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { type AliasState, type Routing, sameRouting } from '../../rollout/alias/alias.ts';
import { markOf, withOwnerMark } from '../../rollout/alias/description.ts';
import type { Move, Moved } from '../../rollout/alias/move.ts';
import { isNamed, orUndefined } from '../handler/errors.ts';
import { pause } from '../handler/pause.ts';
import { AliasUnsettled } from './alias-unsettled.ts';

/** Which alias: the function by name or unqualified ARN. */
export interface AliasName {
  readonly functionName: string;
  readonly aliasName: string;
}

/** Reads an alias; null if it does not exist. A second look has to confirm that: nobody undoes a wrong end. */
export async function readAlias(lambda: LambdaClient, name: AliasName): Promise<AliasState | null> {
  const alias = await readOnce(lambda, name);
  if (alias) return alias;
  await pause(SETTLE_MILLISECONDS);
  return readOnce(lambda, name);
}

async function readOnce(lambda: LambdaClient, name: AliasName): Promise<AliasState | null> {
  const answer = await orUndefined(
    lambda.send(new GetAliasCommand({ FunctionName: name.functionName, Name: name.aliasName })),
    'ResourceNotFoundException',
  );
  if (!answer) return null;
  return {
    functionVersion: answer.FunctionVersion ?? '',
    additionalVersionWeights: answer.RoutingConfig?.AdditionalVersionWeights ?? {},
    description: answer.Description ?? '',
    revisionId: answer.RevisionId ?? '',
    readAt: Date.now() / 1000,
  };
}

const MOST_TRIES = 6;
const SETTLE_MILLISECONDS = 500;

/**
 * Moves an alias: reads it, has the decision made, writes with the revision that was read, and reads it back until it shows the
 * write.
 *
 * A refused revision (412) means that somebody wrote, perhaps we: the repetition of a write whose answer was lost meets
 * its own revision. So the alias is read again and its content decides, here as everywhere.
 *
 * @param decide is told also whether a write of this call was accepted before
 * @throws AliasUnsettled if the alias still shows neither after several tries
 */
export async function moveAlias(
  lambda: LambdaClient,
  name: AliasName,
  decide: (alias: AliasState | null, wrote: boolean) => Move | Promise<Move>,
): Promise<Moved> {
  let written: Routing | undefined;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (attempt > 0) await pause(SETTLE_MILLISECONDS * attempt);
    const alias = await readAlias(lambda, name);
    if (written && alias && sameRouting(alias, written)) return { kind: 'done', alias, wrote: true };
    const move = await decide(alias, written !== undefined);
    if (move.kind !== 'write' || !alias) {
      return { kind: move.kind === 'done' ? 'done' : 'foreign', alias, wrote: written !== undefined };
    }
    const mark = move.mark === undefined ? markOf(alias) : (move.mark ?? undefined);
    const description = withOwnerMark(move.description, mark);
    const outcome = await writeAlias(lambda, name, { to: move.to, description }, alias.revisionId);
    if (outcome === 'refused') continue;
    written = move.to;
    const readBack = await readAlias(lambda, name);
    if (readBack && sameRouting(readBack, move.to)) return { kind: 'done', alias: readBack, wrote: true };
  }
  throw new AliasUnsettled(`alias ${name.aliasName} of ${name.functionName} did not settle in ${MOST_TRIES} tries`);
}

async function writeAlias(
  lambda: LambdaClient,
  name: AliasName,
  { to, description }: { readonly to: Routing; readonly description: string },
  revisionId: string,
): Promise<'written' | 'refused'> {
  try {
    await lambda.send(
      new UpdateAliasCommand({
        FunctionName: name.functionName,
        Name: name.aliasName,
        FunctionVersion: to.functionVersion,
        RoutingConfig: { AdditionalVersionWeights: { ...to.additionalVersionWeights } },
        Description: description,
        RevisionId: revisionId,
      }),
    );
    return 'written';
  } catch (error) {
    if (isNamed(error, 'PreconditionFailedException')) return 'refused';
    // AWS has the same error for a missing version and a missing alias: a read decides.
    if (isNamed(error, 'ResourceNotFoundException') && !(await readAlias(lambda, name))) return 'refused';
    throw error;
  }
}
