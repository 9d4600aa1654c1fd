import { hooks } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { invokeHook } from '../lib/aws/lambda/hooks.ts';
import { afterHooks, type HookStage, hookEvent, refusalIn } from '../lib/rollout/decisions/hooks.ts';
import { type Rollout, revertedRouting } from '../lib/rollout/document/rollout.ts';

/** Asks the hooks of the rollout's stage, one after the other; the first that refuses or fails ends the rollout. */
export const create: HandlerFactory<'hooks'> =
  ({ clients }) =>
  async (event) => {
    const rollout = event as Rollout;
    const stage = rollout.next as HookStage;
    for (const hook of rollout.policy.hooks[stage]) {
      const asked = await invokeHook(clients.hooks, hook, hookEvent(rollout, stage));
      const refused = 'failure' in asked ? asked.failure : refusalIn(hook, asked.answer);
      if (refused) return { ...rollout, next: 'revert', wanted: revertedRouting(rollout), reason: refused };
    }
    return afterHooks(rollout, stage);
  };

export const handler = entry(create, { hooks });
