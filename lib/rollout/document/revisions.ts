import type { AliasState } from '../alias/alias.ts';

/**
 * The revisions of the alias that a rollout has met. Lambda gives every write a new one, also a write that restores an older state. So a
 * revision that the rollout has left behind can only come back by a read that is out of date.
 */
export interface Revisions {
  /** The revision of the rollout's last write, or of its last look before that; null in a document that an older release wrote. */
  readonly last: string | null;
  /** Revisions that a later one has taken the place of, oldest first. */
  readonly left: readonly string[];
}

/** No revision met yet. */
export const noRevisions: Revisions = { last: null, left: [] };

/** A read is out of date by seconds, so a few writes are enough. */
const MOST_LEFT = 20;

/**
 * The revisions after a write, or after a look before the first one.
 *
 * @param read the revisions that were read on the way; an accepted write proves that they are the past
 * @param shown the revision that the alias has now
 */
export function movedOn({ last, left }: Revisions, read: readonly string[], shown: string): Revisions {
  if (!shown) return { last, left };
  const past = [...left, ...(last === null ? [] : [last]), ...read].filter((each) => each !== '' && each !== shown);
  return { last: shown, left: [...new Set(past)].slice(-MOST_LEFT) };
}

/** Whether the alias was read as it was before a write of this rollout. */
export const isLeftBehind = ({ left }: Revisions, { revisionId }: AliasState): boolean => left.includes(revisionId);
