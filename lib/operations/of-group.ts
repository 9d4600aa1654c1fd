import type { RolloutRecord } from './rollout-record.ts';

/** A member of a group in the result of an operation. */
export interface GroupMember {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that the alias served before; null if the rollout has not looked at it. */
  readonly stable: string | null;
  /** The version that the rollout moves traffic to. */
  readonly candidate: string;
}

/** What the result of an operation says of a group. */
export interface OfGroup {
  /**
   * The name of the group; null if several aliases move together that have none. Function and alias are those of the member that was asked
   * for, or of the first one.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly group?: string | null;
  /**
   * The members of the group that the rollout was started for, in the order in which they get their weights.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly members?: readonly GroupMember[];
}

/** What the result of an operation says of the group of a rollout. */
export const groupIn = ({ group = null, members }: RolloutRecord): OfGroup =>
  members
    ? {
        group,
        members: members.map(({ function: functionName, alias, stable, candidate }) => ({
          function: functionName,
          alias,
          stable,
          candidate,
        })),
      }
    : {};
