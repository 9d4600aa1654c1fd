import { abandoned } from './abandoned.ts';
import { alias } from './alias.ts';
import { end } from './end.ts';
import type { Invariant } from './invariant.ts';
import { person } from './person.ts';
import { proof } from './proof.ts';
import { revert } from './revert.ts';
import { supersede } from './supersede.ts';
import { verdict } from './verdict.ts';

/** Every invariant that the explorer checks, by name. If one moment breaks several of them, the first one is reported. */
export const invariants = {
  abandoned,
  end,
  revert,
  person,
  alias,
  supersede,
  verdict,
  proof,
} as const satisfies Record<string, Invariant>;

/** The name of an invariant. */
export type InvariantName = keyof typeof invariants;
