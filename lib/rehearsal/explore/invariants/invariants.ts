import { abandoned } from './abandoned.ts';
import { account } from './account.ts';
import { alias } from './alias.ts';
import { end } from './end.ts';
import { firing } from './firing.ts';
import { hold } from './hold.ts';
import { hooks } from './hooks.ts';
import type { Invariant } from './invariant.ts';
import { person } from './person.ts';
import { proof } from './proof.ts';
import { revert } from './revert.ts';
import { shown } from './shown.ts';
import { starved } from './starved.ts';
import { supersede } from './supersede.ts';
import { together } from './together.ts';
import { transient } from './transient.ts';
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
  starved,
  hold,
  hooks,
  firing,
  shown,
  together,
  account,
  transient,
} as const satisfies Record<string, Invariant>;

/** The name of an invariant. */
export type InvariantName = keyof typeof invariants;
