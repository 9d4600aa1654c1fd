import * as z from 'zod';
import type { History } from '../evidence/history.ts';
import { newTrial } from '../evidence/trial.ts';
import { noTrial, type RolloutTrial } from '../evidence/trial-of-rollout.ts';
import type { VersionSizes } from '../evidence/version-cost.ts';
import { logMemorySchema } from '../logs/memory.ts';
import { noCounts } from '../observation.ts';
import { noRevisions } from './revisions.ts';

const counts = z.object({ invocations: z.number(), errors: z.number() });
const versionCounts = z.object({ stable: counts, candidate: counts });

/** How an alias divides its traffic. */
export const routingSchema = z.object({
  functionVersion: z.string(),
  additionalVersionWeights: z.record(z.string(), z.number().min(0).max(1)),
});

const revisions = z.object({ last: z.string().nullable(), left: z.array(z.string()) });

const stake = z.object({ held: z.array(z.number()), staked: z.number(), suspicions: z.number() });
const streamTrial = z.object({ stake, counts: versionCounts });
const milliseconds = z.object({ stable: z.number(), candidate: z.number() });
const trialState = z.object({
  comparison: stake,
  gross: stake,
  streams: z.record(z.string(), streamTrial).default({}),
  work: z.object({ requests: z.number(), milliseconds }).default(newTrial.work),
  cost: stake.default({ ...newTrial.cost, held: [...newTrial.cost.held] }),
});
const trial: z.ZodType<RolloutTrial, unknown> = z.object({
  before: trialState,
  from: z.number().nullable(),
  now: trialState,
  until: z.number().nullable(),
  slowerThan: z.number().nullable().default(null),
});

const size = z.object({ megabytes: z.number(), architecture: z.string() });
const sizes: z.ZodType<VersionSizes> = z.object({ stable: size, candidate: size });

const history: z.ZodType<History> = z.object({ counts, requestsPerSecond: z.number() });

/** A name that can stand in a request's path. The input was checked for more; a revert reads what it is given. */
const name = z.string().refine((text) => text.isWellFormed(), { error: 'expected well-formed text' });

/** What each member of a rollout has of its own in the document. Fields that an older release did not write have a default. */
export const memberFields = {
  /** The function's name or unqualified ARN, and the alias that is shifted. */
  functionName: name,
  aliasName: name,
  stable: z.string(),
  candidate: z.string(),
  /** The version that the alias served before the stable one; null if that is not known. */
  before: z.string().nullable().default(null),
  /** The alarms that watch this member alone, by their place in the policy. */
  ownAlarms: z.array(z.number()).default([]),
  /** How many execution environments of the candidate are made ready before its first traffic; null if none are. */
  provisionedConcurrency: z.number().nullable().default(null),
  /** Whether they were seen to be ready. */
  warmed: z.boolean().default(false),
  /** How often its provisioned concurrency was looked at. */
  warmLooks: z.number().default(0),
  /** The version that was stable when the candidate was first warmed; null before. */
  warmedBeside: z.string().nullable().default(null),
  /** How often the candidate was found to be still pending. */
  pendingLooks: z.number().default(0),
  /** The routing of the alias when it was last read or written. */
  seen: routingSchema,
  /** Whether the last look found the alias as the next write is to leave it: somebody has given that already. */
  found: z.boolean().default(false),
  /** The revisions of the alias that the rollout has met. */
  revisions: revisions.default({ ...noRevisions, left: [] }),
  /** The counts of the step that is not over, in closed metric periods. */
  current: versionCounts.default(noCounts),
  /** How many seconds of whole, closed periods these counts are of. */
  countedSeconds: z.number().default(0),
  /** What the requests have shown by statistics. It is kept only if the policy asks for evidence. */
  trial: trial.default(noTrial),
  /** What the alias has served before the rollout; null if the policy does not ask for it, or it could not be read. */
  history: history.nullable().default(null),
  /** By what Lambda bills both versions; null if that is not known. */
  sizes: sizes.nullable().default(null),
  /** What is remembered of the function's log; null if the policy does not count by it. */
  logs: logMemorySchema.nullable().default(null),
};

const measured = z.object({ requests: versionCounts, countedSeconds: z.number() });

/** Requests, and how many seconds of whole, closed periods they were counted in. */
export type Measured = z.output<typeof measured>;

/**
 * A member beside the first, whose fields stand in the document itself. Of the steps that are over it has two sums: the document has to hold
 * many members.
 */
export const otherMemberFields = {
  ...memberFields,
  /** The requests of all steps that are over but the last of them that was measured; null before the second such step. */
  earlier: measured.nullable().default(null),
  /** Those of that step; null before the first. */
  last: measured.nullable().default(null),
};

/** A member that was left out: it serves its version already. */
export const leftOutSchema = z.object({ functionName: z.string(), aliasName: z.string(), version: z.string() });

/** A member that is left as a person, or another rollout, has set it. */
export const leftToSchema = z.object({
  functionName: z.string(),
  aliasName: z.string(),
  /** Null if the alias does not exist any more. */
  routing: routingSchema.nullable(),
});
