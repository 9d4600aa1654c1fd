import { readAlarms } from '../lib/aws/cloudwatch/alarms.ts';
import { metricCounts } from '../lib/aws/cloudwatch/counts.ts';
import { recorded } from '../lib/aws/events/announce.ts';
import { cloudwatch, lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { readHold } from '../lib/aws/lambda/functions.ts';
import { timingIn } from '../lib/rollout/contracts/environment.ts';
import { closedUntil, firstWholePeriod } from '../lib/rollout/coverage.ts';
import { withAnswer } from '../lib/rollout/decisions/approval.ts';
import { decide } from '../lib/rollout/decisions/decide.ts';
import { apply } from '../lib/rollout/decisions/transitions.ts';
import type { Rollout } from '../lib/rollout/document/rollout.ts';
import type { Observation } from '../lib/rollout/observation.ts';

/** Reads the alias, the alarms, the counts and the hold, and decides. */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'notifications'> = recorded<'lambda' | 'cloudwatch'>(
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

export const handler = entry(create, { notifications, lambda, cloudwatch });
