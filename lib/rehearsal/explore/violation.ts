import type { InvariantName } from './invariants/invariants.ts';

/** A broken invariant, at a second of the rehearsal, and what broke it. */
export interface Violation {
  readonly invariant: InvariantName;
  readonly second: number;
  readonly what: string;
}
