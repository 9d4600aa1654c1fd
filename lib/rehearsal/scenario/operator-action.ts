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

const otherActions = ['setAlias', 'deploy', 'command', 'start'] as const;

/** Any other routing of the alias. */
const setAlias = {
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
 * An action of an operator, beside the keys that say when it happens. `deploy` publishes a version and starts its rollout;
 * `start` is StartExecution of the state machine, with any input.
 */
const actionSchema = <When extends z.ZodRawShape>(when: When) =>
  z.discriminatedUnion(
    'do',
    [
      z.strictObject({ ...when, do: z.enum(plainActions) }),
      setAliasSchema(when),
      z.strictObject({ ...when, do: z.literal('deploy'), candidate: behaviourSchema.prefault({}) }),
      z.strictObject({ ...when, do: z.literal('command'), command: operatorCommandSchema }),
      z.strictObject({ ...when, do: z.literal('start'), input: z.json() }),
    ],
    { error: `expected ${[...plainActions, ...otherActions].map((each) => `"${each}"`).join(' or ')}` },
  );

export const timedOperatorActionSchema = actionSchema({ atSecond: second });
export const operatorActionSchema = actionSchema({});

/** An action of an operator, and when it happens. */
export type TimedOperatorAction = z.output<typeof timedOperatorActionSchema>;

/** An action of an operator, whenever it happens. */
export type OperatorAction = z.output<typeof operatorActionSchema>;
