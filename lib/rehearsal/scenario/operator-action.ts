import * as z from 'zod';
import { behaviourSchema } from './behaviour.ts';
import { operatorCommandSchema } from './operator-command.ts';
import { percent, second, version } from './values.ts';

/** Actions that need no more than their name. */
const plainActions = [
  'rollback',
  'approve',
  'reject',
  'hold',
  'resume',
  'advance',
  'stopExecution',
  'redrive',
] as const;

const otherActions = [
  'setAlias',
  'deploy',
  'command',
  'start',
  'restoreAlias',
  'describeAlias',
  'setVersionState',
  'deleteAlarm',
  'moveAlarm',
] as const;

/** The states of a version. (AWS: Lambda's model of 2026-11.) */
const versionStates = [
  'Pending',
  'Active',
  'Inactive',
  'Failed',
  'Deactivating',
  'Deactivated',
  'ActiveNonInvocable',
  'Deleting',
] as const;

/** The state of a version. */
export type VersionState = (typeof versionStates)[number];

const alarm = z.string().min(1).max(255);

/** Of a group, the member that is acted on; the first one unless said otherwise. */
const onMember = { member: z.string().optional() };

/** Any other routing of the alias. */
const setAlias = {
  ...onMember,
  do: z.literal('setAlias'),
  functionVersion: version,
  additionalVersionWeights: z
    .record(version, percent)
    .refine((weights) => Object.keys(weights).length <= 1, {
      error: 'expected at most one version: AWS takes no more',
    })
    .default({}),
};

const setAliasSchema = <When extends z.ZodRawShape>(when: When) =>
  z.strictObject({ ...when, ...setAlias }).refine(
    (action) => {
      const { functionVersion, additionalVersionWeights } = action as unknown as SetAlias;
      return !(functionVersion in additionalVersionWeights);
    },
    { error: 'expected another version than functionVersion, as AWS does', path: ['additionalVersionWeights'] },
  );

interface SetAlias {
  readonly functionVersion: string;
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

/**
 * An action of an operator, beside the keys that say when it happens.
 *
 * - `deploy` publishes a version and starts its rollout; of a group, versions of all members unless it names one;
 * - `start` is StartExecution of the state machine, with any input;
 * - `restoreAlias` writes the alias as it was so many changes ago, with the description of then;
 * - `describeAlias` writes the alias's description alone;
 * - `setVersionState` is whatever brings a version into that state, such as a key that somebody disables;
 * - `moveAlarm` has an alarm watch another version, as a deploy does that updates it in place.
 */
const actionSchema = <When extends z.ZodRawShape>(when: When) =>
  z.discriminatedUnion(
    'do',
    [
      z.strictObject({ ...when, ...onMember, do: z.enum(plainActions) }),
      setAliasSchema(when),
      z.strictObject({ ...when, ...onMember, do: z.literal('deploy'), candidate: behaviourSchema.prefault({}) }),
      z.strictObject({ ...when, do: z.literal('command'), command: operatorCommandSchema }),
      z.strictObject({ ...when, do: z.literal('start'), input: z.json() }),
      z.strictObject({
        ...when,
        ...onMember,
        do: z.literal('restoreAlias'),
        changesAgo: z.number().int().min(1).default(1),
      }),
      z.strictObject({ ...when, ...onMember, do: z.literal('describeAlias'), description: z.string().max(256) }),
      z.strictObject({
        ...when,
        ...onMember,
        do: z.literal('setVersionState'),
        functionVersion: version,
        state: z.enum(versionStates),
      }),
      z.strictObject({ ...when, do: z.literal('deleteAlarm'), alarm }),
      z.strictObject({ ...when, do: z.literal('moveAlarm'), alarm, functionVersion: version }),
    ],
    { error: `expected ${[...plainActions, ...otherActions].map((each) => `"${each}"`).join(' or ')}` },
  );

export const timedOperatorActionSchema = actionSchema({ atSecond: second });
export const operatorActionSchema = actionSchema({});

/** An action of an operator, and when it happens. */
export type TimedOperatorAction = z.output<typeof timedOperatorActionSchema>;

/** An action of an operator, whenever it happens. */
export type OperatorAction = z.output<typeof operatorActionSchema>;
