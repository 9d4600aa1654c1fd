import type { LambdaClient } from '@aws-sdk/client-lambda';
import { REQUESTS_PER_SECOND } from '../../rollout/group/pace.ts';
import { pause } from './pause.ts';

/** Lets a client send no more than so many requests a second, retries among them; what comes sooner waits its turn. */
export function paced(client: LambdaClient, perSecond: number = REQUESTS_PER_SECOND): LambdaClient {
  const gap = 1000 / perSecond;
  let next = 0;
  client.middlewareStack.add(
    (send) => async (request) => {
      const now = Date.now();
      const turn = Math.max(now, next);
      next = turn + gap;
      if (turn > now) await pause(turn - now);
      return send(request);
    },
    { step: 'finalizeRequest', name: 'sluicePacing', priority: 'low' },
  );
  return client;
}
