import * as z from 'zod';
import { allTrafficTo, type Routing, split } from '../alias/alias.ts';
import { outcomes } from '../contracts/ends.ts';
import { checkedEvent } from '../contracts/refusal.ts';
import { oneLine } from '../contracts/text.ts';
import { totalOf } from '../coverage.ts';
import { startedPolicySchema } from '../policy/policy.ts';
import { leftOutSchema, leftToSchema, memberFields, otherMemberFields, routingSchema } from './member-fields.ts';
import type { AnsweredApproval, JournalEntry, PassedStep, Report } from './record.ts';

/** Where the state machine may go with the document. Each stage of the machine has a Choice of its own over some of these. */
export const nexts = [
  'preflight',
  'awaitCommit',
  'warm',
  'beforeTraffic',
  'shift',
  'eachStep',
  'bake',
  'awaitApproval',
  'afterTraffic',
  'promote',
  'revert',
  'rollback',
  'rolledBackByHand',
  ...outcomes,
] as const;
export type Next = (typeof nexts)[number];

/** The error that a Catch left behind. Ragged: AWS hands over an empty, missing, plain or JSON cause. */
export interface CaughtError {
  readonly Error?: unknown;
  readonly Cause?: unknown;
}

/** The last moment that a date can tell, in seconds since 1970. (ECMAScript: 8.64e15 milliseconds.) */
const LAST_MOMENT = 8.64e12;

/** The longest wait of a state, in seconds. (AWS: Step Functions, TimeoutSeconds.) */
const LONGEST_WAIT = 99_999_999;

/** A record for people. Another release may know other events and verdicts. */
const recordOf = <Entry>() =>
  z.array(z.custom<Entry>((entry) => typeof entry === 'object' && entry !== null, { error: 'expected an object' }));

const otherMember = z.looseObject(otherMemberFields);

/** The fields of the document; those of a member are the first member's. Fields that an older release did not write have a default. */
const documentSchema = z.looseObject({
  schema: z.literal(1),
  /** The execution's ARN and start, from the context object. */
  execution: z.object({ id: z.string(), name: z.string(), startedAt: z.number().min(0).max(LAST_MOMENT) }),
  ...memberFields,
  /** The name of the group; null if it has none. */
  group: z.string().nullable().default(null),
  /** The members beside the first, in their order. */
  others: z.array(otherMember).default([]),
  /** Members that take no part, because they serve their versions already. */
  leftOut: z.array(leftOutSchema).default([]),
  /** Members that somebody else has set since. The rollout has ended on account of them. */
  leftTo: z.array(leftToSchema).default([]),
  /** The stack whose commit the rollout waits for; null if nothing deploys it. */
  stack: z.string().nullable().default(null),
  /** Whether that stack was seen to have committed. Later updates are not ours, so it is not asked for again. */
  committed: z.boolean().default(false),
  /** Whether the hooks before the first traffic have agreed. */
  tried: z.boolean().default(false),
  /** Whether the hooks after the last step have agreed. The rollout is looked at once more before it is promoted. */
  agreed: z.boolean().default(false),
  /** The number of the state machine's definition that the execution runs by; those before the second did not tell it. */
  definition: z.number().default(1),
  /** Whether the end has provisioned concurrency to release. The state machine reads it from every document. */
  toRelease: z.boolean().default(false),
  /** Who or what started the rollout, in words. */
  startedBy: z.string().default('somebody'),
  /** The name of the execution that this rollout has joined, because it leads to the same version; null if it goes on by itself. */
  joined: z.string().nullable().default(null),
  /** Since when the rollout waits for another one to settle, in seconds since 1970; null if it does not. */
  settlingSince: z.number().nullable().default(null),
  policy: startedPolicySchema,
  plan: z.array(
    z.looseObject({
      weight: z.number(),
      bakeSeconds: z.number(),
      approval: z.enum(['automatic', 'manual']).default('automatic'),
    }),
  ),
  /** Index of the step whose weight the alias has; -1 before the first traffic. */
  step: z.number(),
  /** The routing that the next Shift or Promote gives the first member. */
  wanted: routingSchema,
  /** When the step's weight was given, in seconds since 1970. */
  shiftedAt: z.number(),
  /** The operator's reason while the rollout is held; null otherwise. */
  held: z.string().nullable().default(null),
  /** How the approval for the next step stands. */
  approval: z.enum(['none', 'asked', 'approved', 'timedOut', 'rejected', 'failed']).default('none'),
  /** The approver's answer as it came; null while nobody was asked. */
  answer: z.unknown().default(null),
  /** Alarms that fired before the rollout and that no look has seen OK since. */
  ignoredAlarms: z.array(z.string()).default([]),
  /** Alarms that fired before the rollout, whatever they have been since. */
  firedBefore: z.array(z.string()).default([]),
  /** What preflight found that stops nothing, in words: people should know it. */
  remarks: z.array(z.string()).default([]),
  /** The steps that are over. */
  passed: recordOf<PassedStep>().default([]),
  /** How often the alias was observed, and how often the commit was waited for: they stretch the next wait. */
  observations: z.number().default(0),
  preflights: z.number().default(0),
  next: z.enum(nexts),
  /** How long the next Wait state waits: whole, non-negative seconds. */
  waitSeconds: z.number().default(0),
  /** How long the next approval request waits for its answer, in whole seconds. */
  approvalSeconds: z.number().min(0).max(LONGEST_WAIT).default(1800),
  /** The verdict's reason in words that a person on call understands. */
  reason: z.string().default('no reason was given'),
  /** The error that was thrown; null if none was. */
  error: z.custom<CaughtError | null>(() => true).default(null),
  /** What people should know of the two versions, in words, as preflight found it. */
  notes: z.array(z.string()).default([]),
  journal: recordOf<JournalEntry>().default([]),
  /** Every answer to an approval request, in the order in which they came. */
  approvals: recordOf<AnsweredApproval>().default([]),
  /** The summary of a rollout that has ended; null before. */
  report: z
    .custom<Report | null>((report) => typeof report === 'object', { error: 'expected a report or null' })
    .default(null),
});

/**
 * The one document that travels through the state machine: the plan of the rollout, its place in it, and everything that it has seen.
 * Plain JSON. Every field is always present, because a path that finds nothing ends an execution uncaught.
 *
 * Every handler parses the document at its door, for an execution may outlive a release. It is read loosely: keys that are not known
 * here are handed on, and fields that an older release did not write get their default.
 */
export const rolloutSchema = z.preprocess(withoutMemory, documentSchema);

/** The document, read-only, with the keys that are known here. */
export interface Rollout extends Known<z.output<typeof rolloutSchema>> {}

/** The document of a rollout at a moment, in seconds since 1970. */
export interface DocumentAt {
  readonly at: number;
  readonly rollout: Rollout;
}

/** A loosely read type, read-only and without the index signature that lets every typo through. */
type Known<T> = T extends readonly (infer Entry)[]
  ? readonly Known<Entry>[]
  : T extends object
    ? { readonly [Key in keyof T as string extends Key ? (unknown extends T[Key] ? never : Key) : Key]: Known<T[Key]> }
    : T;

/** A release before this one kept three of today's fields in a bag of numbers, a version among them. */
function withoutMemory(document: unknown): unknown {
  if (!isDocument(document) || !('memory' in document)) return document;
  const { memory, ...rest } = document;
  const { pendingLooks, warmLooks, warmedBeside } = (memory ?? {}) as Readonly<Record<string, unknown>>;
  const beside = typeof warmedBeside === 'number' ? String(warmedBeside) : undefined;
  return { pendingLooks, warmLooks, warmedBeside: beside, ...rest };
}

/** Whether this is meant to be a rollout's document, of whatever release. */
export const isDocument = (document: unknown): document is Readonly<Record<string, unknown>> =>
  typeof document === 'object' && document !== null && 'schema' in document;

/**
 * Reads the document that a handler is called with.
 *
 * @throws EventRefused if it is none, or one that this release cannot go on with: then the state machine reverts
 */
export const parseRollout = (document: unknown): Rollout =>
  checkedEvent(rolloutSchema, document, "the rollout's document");

/**
 * Reads as much of a document as can be read, field by field: for a revert, which never refuses to work because its input surprised it,
 * and for readers that show rollouts of any release. A field that cannot be read gets the value that it has before anything happened.
 *
 * @returns undefined if this is no rollout's document at all
 */
export function rolloutIn(document: unknown): Rollout | undefined {
  if (!isDocument(document)) return undefined;
  const given = withoutMemory(document) as Readonly<Record<string, unknown>>;
  const { others } = given;
  return {
    ...given,
    ...readable(documentSchema.shape, given, blank),
    execution: executionIn(given['execution']),
    others: (Array.isArray(others) ? others : []).map((other) => readable(otherMember.shape, other ?? {}, blankOther)),
  };
}

/** The fields that can be read, and of the others what they are before anything happened. */
function readable<Fields extends object>(
  shape: z.ZodRawShape,
  given: Readonly<Record<string, unknown>>,
  empty: Fields,
) {
  const fields = Object.entries(shape).map(([key, schema]) => {
    const parsed = z.safeParse(schema, given[key]);
    return [key, parsed.success ? parsed.data : empty[key as keyof Fields]];
  });
  return Object.fromEntries(fields) as Fields;
}

/** An execution is known by its name, whatever its start looks like: the description of the alias names it. */
function executionIn(given: unknown): Rollout['execution'] {
  const { id, name, startedAt } = documentSchema.shape.execution.shape;
  const read = z.object({ id: id.catch(''), name: name.catch(''), startedAt: startedAt.catch(0) }).safeParse(given);
  return read.success ? read.data : blank.execution;
}

const blank: Rollout = documentSchema.parse({
  schema: 1,
  execution: { id: '', name: '', startedAt: 0 },
  functionName: '',
  aliasName: '',
  stable: '',
  candidate: '',
  policy: {},
  plan: [],
  step: -1,
  seen: allTrafficTo(''),
  wanted: allTrafficTo(''),
  shiftedAt: 0,
  next: 'revert',
});

const blankOther: Rollout['others'][number] = otherMember.parse({
  functionName: '',
  aliasName: '',
  stable: '',
  candidate: '',
  seen: allTrafficTo(''),
});

/** The steps that were taken, the current one included, as of `now`. */
export function passedUntil(rollout: Rollout, now: number): readonly PassedStep[] {
  if (rollout.step < 0) return [];
  const { shiftedAt: from, current: requests, countedSeconds, reason, others } = rollout;
  const verdict = oneLine(reason, 200);
  const inAll = others.length > 0 ? { inAll: totalOf([requests, ...others.map(({ current }) => current)]) } : {};
  const step: PassedStep = { weight: weightOf(rollout), from, until: now, requests, ...inAll, countedSeconds, verdict };
  return [...rollout.passed, step];
}

/** A member of a group, for hooks, events and reports. */
export interface MemberIdentity {
  /** The function, by name or unqualified ARN. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version before. */
  readonly stable: string;
  /** The version that the rollout moves traffic to. */
  readonly candidate: string;
}

/** The group of a rollout, and its members, even if one of them alone takes part; nothing for an alias that is in no group. */
export const groupOf = (
  rollout: Rollout,
): { readonly group?: string | null; readonly members?: readonly MemberIdentity[] } =>
  rollout.others.length === 0 && rollout.group === null
    ? {}
    : { group: rollout.group, members: [rollout, ...rollout.others].map(memberIdentity) };

const memberIdentity = ({
  functionName,
  aliasName,
  stable,
  candidate,
}: Pick<Rollout, 'functionName' | 'aliasName' | 'stable' | 'candidate'>): MemberIdentity => ({
  function: functionName,
  alias: aliasName,
  stable,
  candidate,
});

/** Which rollout it is and where it stands, for hooks and events; of a group, what is the first member's is said of that one. */
export const identityOf = (rollout: Rollout) => ({
  ...groupOf(rollout),
  execution: rollout.execution.id,
  function: rollout.functionName,
  alias: rollout.aliasName,
  stable: rollout.stable,
  candidate: rollout.candidate,
  /** The candidate's weight in percent. */
  weight: weightOf(rollout),
});

/** The candidate's weight in percent that the rollout gave last; 0 before its first traffic. */
export const weightOf = (rollout: Rollout): number => rollout.plan[rollout.step]?.weight ?? 0;

/** The routing of the alias while the rollout is at a step. */
export const routingAt = (rollout: Rollout, step: number): Routing =>
  split(rollout.stable, rollout.candidate, rollout.plan[step]?.weight ?? 0);

/** The routing of the alias at the next step; none after the last. */
export const nextRouting = (rollout: Rollout): readonly Routing[] =>
  rollout.plan[rollout.step + 1] ? [routingAt(rollout, rollout.step + 1)] : [];

/** The routing of the alias when the rollout is over, for better or worse. */
export const promotedRouting = (rollout: Rollout): Routing => allTrafficTo(rollout.candidate);
export const revertedRouting = (rollout: Rollout): Routing => allTrafficTo(rollout.stable);
