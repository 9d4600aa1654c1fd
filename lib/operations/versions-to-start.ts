import * as z from 'zod';
import type { AliasName } from '../aws/lambda/alias.ts';
import { readVersions } from '../aws/lambda/versions.ts';
import type { RolloutMember } from '../aws/states/executions.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import type { OperationClients } from './clients.ts';
import { InvalidRequest, VersionNotFound } from './errors.ts';
import type { ResolvedTarget } from './resolve-alias.ts';

/** A member of a group whose rollout was started. */
export interface StartedMember {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that the rollout moves traffic to. */
  readonly version: string;
}

const aVersion = {
  error:
    'expected a published version such as 42, or newest; of a group newest, or versions such as prices=8,checkout=42',
};

const versionsPattern = /^(newest|[1-9]\d{0,9}|[\w:-]{1,193}=[1-9]\d{0,9}(,[\w:-]{1,193}=[1-9]\d{0,9}){0,19})$/;

/** The version of an alias, or versions of members of a group. */
export const versionsSchema = z.string(aVersion).regex(versionsPattern, aVersion);

/** The alias, or the members of the group that the request names, each with its version. */
export async function membersToStart(
  clients: OperationClients,
  target: ResolvedTarget,
  version: string,
): Promise<readonly StartedMember[]> {
  const { group } = target;
  const named = versionsIn(version);
  if (!group) {
    if (named) throw versionRefused(version, 'expected one version for one alias, such as 42, or newest');
    return [await memberWith(clients, target, version)];
  }
  if (!named && version !== 'newest') {
    throw versionRefused(version, `expected newest, or versions of the members of ${group.name} such as prices=8`);
  }
  const wanted = group.members.flatMap((member) => {
    const given = named?.get(formatTarget(member)) ?? named?.get(member.functionName);
    return named && given === undefined ? [] : [{ member, version: given ?? version }];
  });
  if (named && wanted.length < named.size) {
    const members = group.members.map(formatTarget).join(', ');
    throw versionRefused(version, `expected members of ${group.name}, each once: ${members}`);
  }
  const members: StartedMember[] = [];
  for (const each of wanted) members.push(await memberWith(clients, each.member, each.version));
  return members;
}

/** The versions of some members by their functions or aliases; undefined if the text is one version. */
const versionsIn = (text: string): ReadonlyMap<string, string> | undefined =>
  text.includes('=') ? new Map(text.split(',').map((each) => each.split('=') as [string, string])) : undefined;

const versionRefused = (found: string, expected: string): InvalidRequest =>
  new InvalidRequest([{ path: 'version', found: JSON.stringify(found), expected }]);

/** A member of a rollout as it was started. */
export const asStarted = ({ functionName, aliasName, candidate }: RolloutMember): StartedMember => ({
  function: functionName,
  alias: aliasName,
  version: candidate,
});

const memberWith = async (
  clients: OperationClients,
  { functionName, aliasName }: AliasName,
  version: string,
): Promise<StartedMember> => ({
  function: functionName,
  alias: aliasName,
  version: version === 'newest' ? await newestOf(clients, functionName) : version,
});

/** The published version with the highest number. */
async function newestOf({ lambda }: OperationClients, functionName: string): Promise<string> {
  const newest = (await readVersions(lambda, functionName)).at(-1);
  if (!newest) throw new VersionNotFound(`${functionName} has no published version; nothing was started`);
  return newest.version;
}
