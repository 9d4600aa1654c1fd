import { AssertionError } from 'node:assert/strict';
import type { Fact, Side } from './fact.ts';

/** What became of a fact on one side. */
export interface Verdict {
  readonly fact: Fact;
  readonly kind:
    | 'ok'
    | 'differs'
    /** It differs, and the table says so. */
    | 'known'
    /** The table says that it differs, but it does not any more. */
    | 'mended'
    /** Nobody has recorded it; `detail` is what was found here. */
    | 'unknown'
    | 'unchecked';
  /** What differs or was found, or why nothing was checked. */
  readonly detail: string;
}

/** Checks a fact on one side. */
export async function judge(fact: Fact, side: Side, check: (fact: Fact) => Promise<unknown>): Promise<Verdict> {
  const unchecked = fact.unchecked?.[side];
  if (unchecked !== undefined) return { fact, kind: 'unchecked', detail: unchecked };
  const known = fact.differs?.[side];
  try {
    const found = await check(fact);
    if (known !== undefined) return { fact, kind: 'mended', detail: `it was written down that ${known}` };
    return 'unknown' in fact.source
      ? { fact, kind: 'unknown', detail: String(found) }
      : { fact, kind: 'ok', detail: '' };
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    // A known difference is one of what was found; anything else is something new.
    return known !== undefined && error instanceof AssertionError
      ? { fact, kind: 'known', detail: known }
      : { fact, kind: 'differs', detail };
  }
}

/** Whether a verdict stands against the side: what was recorded on AWS differs, and nobody has written that down. */
export const isAgainst = ({ kind, fact }: Verdict): boolean => kind === 'differs' && 'recorded' in fact.source;
