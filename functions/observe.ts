import { handOn } from '../lib/aws/events/announce.ts';
import { cloudwatch, lambda, logs, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { allRead } from '../lib/aws/lambda/paced.ts';
import { insightsSource } from '../lib/aws/logs/log-source.ts';
import { sourcesOf } from '../lib/aws/sources.ts';
import { countsOfStep, orUnknown, type Sources, withFiredAtStep, withPercentiles } from '../lib/aws/step.ts';
import { observeStep } from '../lib/rollout/decisions/transitions.ts';
import { membersOf } from '../lib/rollout/document/members.ts';
import { parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';
import type { Observation } from '../lib/rollout/observation.ts';

/** Reads the alias, the alarms, the counts and the hold of each member, and decides. */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'logs' | 'notifications'> = (context) => {
  const { clients, environment, now } = context;
  return async (event) => {
    const started = parseRollout(event);
    const sources = { ...sourcesOf(started.policy, clients, environment), logs: insightsSource(clients.logs) };
    const rollout = await withPercentiles(sources, started, now());
    const observations = await observe(sources, rollout, now());
    return handOn(context, observeStep(rollout, observations, now()));
  };

  async function observe(sources: Sources, rollout: Rollout, at: number): Promise<readonly Observation[]> {
    const { policy } = rollout;
    const members = membersOf(rollout);
    const [aliases, alarms, others] = await Promise.all([
      allRead(members, (member) => readAlias(clients.lambda, member)),
      sources.alarms.read(policy.alarms).then((read) => withFiredAtStep(sources, rollout, read)),
      Promise.all(members.map((member) => besideItsAlias(sources, member, at))),
    ]);
    return others.map((other, index) => ({ ...other, alias: aliases[index] ?? null, alarms }));
  }

  async function besideItsAlias(sources: Sources, member: Rollout, at: number) {
    const { functionName, candidate } = member;
    const [hold, counts, candidateState] = await Promise.all([
      readHold(clients.lambda, functionName),
      countsOfStep(sources, member, at),
      orUnknown(readVersion(clients.lambda, functionName, candidate)),
    ]);
    return { hold, ...counts, candidateState };
  }
};

export const handler = entry(create, { notifications, lambda, cloudwatch, logs });
