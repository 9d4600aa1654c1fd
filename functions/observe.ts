import { handOn } from '../lib/aws/events/announce.ts';
import { cloudwatch, lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { sourcesOf } from '../lib/aws/sources.ts';
import { closedUntil, firstWholePeriod } from '../lib/rollout/coverage.ts';
import { observeStep } from '../lib/rollout/decisions/transitions.ts';
import { parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';
import type { Observation } from '../lib/rollout/observation.ts';

/** Reads the alias, the alarms, the counts and the hold, and decides. */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'notifications'> = (context) => {
  const { clients, environment, now } = context;
  return async (event) => {
    const rollout = parseRollout(event);
    const observation = await observe(rollout, now());
    return handOn(context, observeStep(rollout, observation, now()));
  };

  async function observe(rollout: Rollout, at: number): Promise<Observation> {
    const { functionName, aliasName, stable, candidate, policy, shiftedAt } = rollout;
    const { alarms, counts } = sourcesOf(policy, clients, environment);
    const from = firstWholePeriod(shiftedAt, counts.timing);
    const until = closedUntil(at, counts.timing);
    const [alias, states, hold, periods, candidateState] = await Promise.all([
      readAlias(clients.lambda, rollout),
      alarms.read(policy.alarms),
      readHold(clients.lambda, functionName),
      orUnknown(counts.read({ functionName, aliasName, stable, candidate, from, until })),
      orUnknown(readVersion(clients.lambda, functionName, candidate)),
    ]);
    const timing = { alarms: alarms.timing, metrics: counts.timing };
    return { alias, alarms: states, hold, periods, countedUntil: Math.max(from, until), candidateState, timing };
  }
};

/** A fact that cannot be read is not known. Nothing is reverted for that alone. */
const orUnknown = <T>(reading: Promise<T | null>): Promise<T | null> => reading.catch(() => null);

export const handler = entry(create, { notifications, lambda, cloudwatch });
