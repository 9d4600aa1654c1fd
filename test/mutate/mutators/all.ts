import type { Mutator } from '../edit.ts';
import * as arithmetic from './arithmetic.ts';
import * as branches from './branches.ts';
import * as comparisons from './comparisons.ts';
import * as literals from './literals.ts';
import * as logic from './logic.ts';
import * as methods from './methods.ts';
import * as removals from './removals.ts';
import * as results from './results.ts';

/** Every mutator by its name. */
export const mutators: Readonly<Record<string, Mutator>> = {
  ...comparisons,
  ...logic,
  ...arithmetic,
  ...literals,
  ...branches,
  ...methods,
  ...results,
  ...removals,
};
