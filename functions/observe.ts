import { handOn } from '../lib/aws/events/announce.ts';
import { cloudwatch, lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { sourcesOf } from '../lib/aws/sources.ts';
import { countsOfStep, orUnknown, timingIn, withFiredAtStep } from '../lib/aws/step.ts';
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
    const { functionName, candidate, policy } = rollout;
    const sources = sourcesOf(policy, clients, environment);
    const [alias, alarms, hold, counts, candidateState] = await Promise.all([
      readAlias(clients.lambda, rollout),
      sources.alarms.read(policy.alarms).then((read) => withFiredAtStep(sources, rollout, read)),
      readHold(clients.lambda, functionName),
      countsOfStep(sources, rollout, at),
      orUnknown(readVersion(clients.lambda, functionName, candidate)),
    ]);
    return { alias, alarms, hold, ...counts, candidateState, timing: timingIn(sources) };
  }
};

export const handler = entry(create, { notifications, lambda, cloudwatch });
