import { hooks } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { invokeHook } from '../lib/aws/lambda/hooks.ts';
import { agreed, hookEvent, refusalIn, stageOf } from '../lib/rollout/decisions/hooks.ts';
import { reverting } from '../lib/rollout/decisions/transitions.ts';
import { bounded } from '../lib/rollout/document/bounds.ts';
import { parseRollout } from '../lib/rollout/document/rollout.ts';

/** Calls the hooks of the rollout's stage, one after the other; the first that refuses or fails ends the rollout. */
export const create: HandlerFactory<'hooks'> =
  ({ clients, now }) =>
  async (event) => {
    const rollout = parseRollout(event);
    const stage = stageOf(rollout);
    for (const hook of rollout.policy.hooks[stage]) {
      const asked = await invokeHook(clients.hooks, hook, hookEvent(rollout, stage));
      const refusal = 'failure' in asked ? asked.failure : refusalIn(hook, asked.answer);
      if (refusal) return bounded(reverting(rollout, refusal));
    }
    return bounded(agreed(rollout, stage, now()));
  };

export const handler = entry(create, { hooks });
