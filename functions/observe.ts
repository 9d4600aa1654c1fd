import { readAlarms } from '../lib/aws/alarms.ts';
import { readAlias } from '../lib/aws/alias.ts';
import { recorded } from '../lib/aws/announce.ts';
import { cloudwatch, lambda, news } from '../lib/aws/clients.ts';
import { metricCounts } from '../lib/aws/counts.ts';
import { entry, type HandlerFactory } from '../lib/aws/entry.ts';
import { readHold } from '../lib/aws/functions.ts';
import { withAnswer } from '../lib/rollout/approval.ts';
import { closedUntil, firstWholePeriod } from '../lib/rollout/coverage.ts';
import { decide } from '../lib/rollout/decide.ts';
import { timingIn } from '../lib/rollout/environment.ts';
import type { Observation } from '../lib/rollout/observation.ts';
import { apply } from '../lib/rollout/progress.ts';
import type { Rollout } from '../lib/rollout/rollout.ts';

/** Reads the alias, the alarms, the counts and the hold, and decides. */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'news'> = recorded<'lambda' | 'cloudwatch'>(
  ({ clients, environment, now }) => {
    const timing = timingIn(environment);
    const countsOf = metricCounts(clients.cloudwatch);
    return async (event) => {
      const rollout = withAnswer(event as Rollout, now());
      const observation = await observe(rollout, now());
      return apply(rollout, observation, decide(rollout, observation, now()), now());
    };

    async function observe(rollout: Rollout, at: number): Promise<Observation> {
      const [alias, alarms, hold, periods] = await Promise.all([
        readAlias(clients.lambda, rollout),
        readAlarms(clients.cloudwatch, rollout.policy.alarms),
        readHold(clients.lambda, rollout.functionName),
        countsOf({
          functionName: rollout.functionName,
          aliasName: rollout.aliasName,
          stable: rollout.stable,
          candidate: rollout.candidate,
          from: firstWholePeriod(rollout.shiftedAt, timing.metrics),
          until: closedUntil(at, timing.metrics),
          periodSeconds: timing.metrics.periodSeconds,
        }),
      ]);
      return { alias, alarms, hold, periods, timing };
    }
  },
);

export const handler = entry(create, { news, lambda, cloudwatch });
