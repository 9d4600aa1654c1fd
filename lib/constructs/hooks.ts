import type * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * Functions that are called during a rollout, one after the other: at most 20 a stage, and all of a stage within a quarter of an
 * hour. One that throws, times out or answers `{ "ok": false, "reason": "..." }` reverts the rollout.
 */
export interface RolloutHooks {
  /**
   * Called before any traffic is shifted. They can invoke the new version by the qualified ARN that they get as `candidate`, if
   * `handler.grantInvoke(hook)` has granted it.
   *
   * @default - none
   */
  readonly beforeTraffic?: readonly lambda.IFunction[];

  /**
   * Called at each step, right after its weight was given.
   *
   * @default - none
   */
  readonly eachStep?: readonly lambda.IFunction[];

  /**
   * Called after the new version has had all traffic for as long as it settles, before it is promoted.
   *
   * @default - none
   */
  readonly afterTraffic?: readonly lambda.IFunction[];
}

/** The stages of a rollout at which hooks are called. */
export type HookStage = keyof RolloutHooks;

/** The stages in the order in which a rollout comes to them. */
export const hookStages = ['beforeTraffic', 'eachStep', 'afterTraffic'] as const satisfies readonly HookStage[];
