import { type AliasState, servedBy } from '../alias/alias.ts';
import { endOf, ownerOf } from '../alias/description.ts';
import { rollbackOf } from './rollback.ts';

/** An alias with its name. */
export interface NamedAlias extends AliasState {
  readonly name: string;
}

/** The facts of a rollout that decide which versions must outlive it. */
export interface PrunedRollout {
  readonly execution: string;
  readonly aliasName: string;
  readonly running: boolean;
  /** Undefined before its preflight. */
  readonly stable: string | undefined;
  readonly candidate: string;
}

/** Everything that decides which versions of a function may go. */
export interface PruneFacts {
  /** Every published version, in any order; `$LATEST` may be among them and is never touched. */
  readonly versions: readonly string[];
  readonly aliases: readonly NamedAlias[];
  readonly rollouts: readonly PrunedRollout[];
  /** Versions with provisioned concurrency. */
  readonly provisioned: readonly string[];
  /** Versions that something still runs on, or may run on, each with the reason in words. */
  readonly busy?: readonly { readonly version: string; readonly why: string }[];
  /** How many of the newest versions stay whatever uses them. */
  readonly keep: number;
}

/** Which versions stay, each with every reason for it, and which go. Both oldest first. */
export interface Pruning {
  readonly kept: readonly { readonly version: string; readonly why: readonly string[] }[];
  readonly removed: readonly string[];
}

/** The stack's own rollback needs the version before the newest, and invocations that are still on their way do too. */
export const FEWEST_KEPT = 2;

/**
 * The versions that may be deleted. A version stays if an alias uses it or may be put back to it, if a rollout has just come from it or
 * goes to it, if it has provisioned concurrency, if durable executions still run on it, or if it is among the newest.
 */
export function pruningOf({ versions, aliases, rollouts, provisioned, busy = [], keep }: PruneFacts): Pruning {
  const published = publishedOf(versions);
  const why = new Map<string, Set<string>>(published.map((version) => [version, new Set()]));
  const stays = (version: string | undefined, reason: string) => why.get(version ?? '')?.add(reason);
  for (const alias of aliases) {
    for (const version of servedBy(alias)) stays(version, `alias ${alias.name} uses it`);
    for (const version of usedBefore(alias, published)) stays(version, `alias ${alias.name} may go back to it`);
  }
  for (const { aliasName, running, stable, candidate } of rollouts) {
    const which = running ? `the rollout of ${aliasName} under way` : `the last rollout of ${aliasName}`;
    stays(stable, `${which} started from it`);
    stays(candidate, `${which} went to it`);
  }
  for (const version of provisioned) stays(version, 'it has provisioned concurrency');
  for (const { version, why: reason } of busy) stays(version, reason);
  const newest = Math.max(keep, FEWEST_KEPT);
  for (const version of published.slice(-newest)) stays(version, `it is one of the newest ${newest}`);
  const entries = [...why].map(([version, reasons]) => ({ version, why: [...reasons] }));
  return {
    kept: entries.filter((entry) => entry.why.length > 0),
    removed: entries.filter((entry) => entry.why.length === 0).map(({ version }) => version),
  };
}

/** The published ones, oldest first: Lambda counts upwards and uses no number twice. */
export const publishedOf = (versions: readonly string[]): readonly string[] =>
  versions.filter((version) => /^[1-9]\d*$/.test(version)).toSorted((a, b) => Number(a) - Number(b));

/**
 * The versions that an alias's description names, a rollback's target among them. If it names no target, the version before the one
 * that the alias serves.
 */
function usedBefore(alias: AliasState, published: readonly string[]): readonly (string | undefined)[] {
  const rollback = rollbackOf(alias);
  const target =
    rollback.kind === 'write'
      ? rollback.to.functionVersion
      : published.findLast((version) => Number(version) < Number(alias.functionVersion));
  const [owner, end] = [ownerOf(alias), endOf(alias)];
  const named = [target, owner?.stable, owner?.candidate, end?.from, end?.to];
  return named.filter((version) => version !== undefined && !servedBy(alias).includes(version));
}
