import type { InvariantName } from './invariants/invariants.ts';

/** A broken invariant, at a second of the rehearsal, and how it was broken. */
export interface Violation {
  readonly invariant: InvariantName;
  readonly second: number;
  readonly finding: string;
}
