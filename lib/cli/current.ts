import { runningRollout } from '../aws/lambda/rollback-alias.ts';
import { type RolloutView, viewOf } from '../aws/states/rollout-view.ts';
import type { Account } from './account.ts';
import { controllerOf, formatTarget, type ResolvedTarget, resolveTarget } from './target.ts';
import { Refused } from './terminal/refused.ts';

/** A rollout that is under way, and the alias that it shifts. */
export interface Current {
  readonly target: ResolvedTarget;
  readonly view: RolloutView;
}

/**
 * The rollout of an alias that is under way.
 *
 * @throws Refused where there is none
 */
export async function currentRollout(
  aws: Account,
  text: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): Promise<Current> {
  const target = await resolveTarget(aws, text);
  const execution = await runningRollout(aws.sfn, controllerOf(target, flags['controller']), target);
  if (!execution) {
    throw new Refused(
      `no rollout of ${formatTarget(target)} is under way; nothing was done.\n\n  try: sluice history ${formatTarget(target)}`,
    );
  }
  return { target, view: await viewOf(aws.sfn, execution) };
}

/** The flag of every command that needs to know the controller. */
export const controllerOption = {
  controller: 'the ARN of the state machine, where no RolloutAlias has deployed the alias',
} as const;
