import type { AliasState, Routing } from './alias.ts';

/**
 * The decision on an alias that was just read. `done` means that the alias shows the wanted routing already; an alias that is not to be
 * touched is `foreign`.
 */
export type Move =
  | {
      readonly kind: 'write';
      readonly to: Routing;
      readonly description: string;
      /**
       * The mark of a new owner; null if the alias is to have none. No text can give or take one.
       *
       * @default - the mark that the alias bears stays
       */
      readonly mark?: string | null;
    }
  | { readonly kind: 'done' | 'foreign' };

/** How a move ended: the alias as it was read last, and whether this call wrote it. */
export interface Moved {
  readonly kind: 'done' | 'foreign';
  readonly alias: AliasState | null;
  readonly wrote: boolean;
}
