import type { AliasState, Routing } from './alias.ts';

/**
 * What is to be written, decided on the alias as it was just read. `done` means that the alias shows already what was wanted; an alias
 * that is not to be touched is `foreign`.
 */
export type Move =
  | { readonly kind: 'write'; readonly to: Routing; readonly description: string }
  | { readonly kind: 'done' | 'foreign' };

/** How a move ended: the alias as it was read last, and whether this call wrote it. */
export interface Moved {
  readonly kind: 'done' | 'foreign';
  readonly alias: AliasState | null;
  readonly wrote: boolean;
}
