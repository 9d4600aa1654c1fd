import type { Clients } from '../../aws/handler/clients.ts';

/** Settings that a scenario cannot have: its contract has no keys for them. */
export interface Setup {
  /**
   * How many execution environments every deploy asks for; the stable version has as many from before.
   *
   * @default none
   */
  readonly provisionedConcurrency?: number;
  /**
   * Whether the candidate's init fails under provisioned concurrency.
   *
   * @default false
   */
  readonly provisioningFails?: boolean;
  /**
   * The name of the group that the alias is registered in.
   *
   * @default none
   */
  readonly group?: string;
  /**
   * The mark of the resource that owns the alias: 12 hexadecimal digits.
   *
   * @default nobody owns it
   */
  readonly ownerMark?: string;
}

/** Somebody who does something with AWS at a moment of the rehearsal, with clients and rights of their own. */
export interface Actor {
  readonly atSecond: number;
  readonly does: (clients: Clients) => Promise<unknown>;
}
