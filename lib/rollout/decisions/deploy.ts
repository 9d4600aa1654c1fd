import { type AliasState, carriesWeights } from '../alias/alias.ts';

/** The version that a template has for an alias. */
export interface DeployedVersion {
  readonly functionName: string;
  readonly version: string;
  /** How many execution environments of the version are made ready before its first traffic. */
  readonly provisionedConcurrency?: number | undefined;
}

/** The same before an update, as far as it is known; undefined for a new resource. */
export type VersionBefore = Partial<DeployedVersion> | undefined;

/** Whether a deploy brings an alias a version to be shifted to or to be warmed. A new alias serves its version from the beginning. */
export function isToBeStarted(alias: AliasState | null, wanted: DeployedVersion, before: VersionBefore): boolean {
  return serves(alias, wanted) ? isToBeWarmed(wanted, before) : isNewer(wanted, before);
}

const serves = (alias: AliasState | null, { version }: DeployedVersion): boolean =>
  !alias || (alias.functionVersion === version && !carriesWeights(alias));

/** Versions only rise, except in a stack's rollback: that starts nothing, so nothing of it can fail. */
const isNewer = (wanted: DeployedVersion, before: VersionBefore): boolean =>
  before === undefined ||
  before.functionName !== wanted.functionName ||
  Number(wanted.version) > Number(before.version ?? 0);

/** A version that is served already is warmed by a rollout to itself: at a first deploy, and if only the number has changed. */
const isToBeWarmed = (wanted: DeployedVersion, before: VersionBefore): boolean =>
  wanted.provisionedConcurrency !== undefined &&
  (isNewer(wanted, before) ||
    (before?.version === wanted.version && before.provisionedConcurrency !== wanted.provisionedConcurrency));

/** A member of a group at a deploy. */
export interface DeployedMember {
  readonly alias: AliasState | null;
  readonly wanted: DeployedVersion;
  /** Undefined if the alias was no member before. */
  readonly before: VersionBefore;
  /** Whether the deploy brings the alias its version, by the word of the alias's own resource. */
  readonly isNew: boolean;
}

/**
 * The members that the rollout of a deploy shifts; none if the deploy brings no member a version. A release is all versions of a template:
 * a member comes along whose alias is behind, because an earlier rollout was reverted or is under way. A member that joins the group is
 * no reason to start.
 */
export function membersToStart<T extends DeployedMember>(members: readonly T[]): readonly T[] {
  const isChanged = ({ alias, wanted, before, isNew }: T) =>
    (before !== undefined || isNew) && isToBeStarted(alias, wanted, before);
  if (!members.some(isChanged)) return [];
  return members.filter((member) => isChanged(member) || isBehind(member));
}

const isBehind = ({ alias, wanted }: DeployedMember): boolean =>
  alias !== null && Number(alias.functionVersion) < Number(wanted.version);
