import type { Clients } from '../../aws/handler/clients.ts';

/** What a scenario does not say, for there is nothing of it in the contract. */
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
}

/** Somebody who does something with AWS at a moment of the rehearsal, with clients and rights of their own. */
export interface Actor {
  readonly atSecond: number;
  readonly does: (clients: Clients) => Promise<unknown>;
}
