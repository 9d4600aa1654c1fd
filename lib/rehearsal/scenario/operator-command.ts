import * as z from 'zod';

/** The commands of the command line that do something to a rollout, and so can be typed by the operator of a scenario. */
export const operatorCommands = ['rollback', 'approve', 'reject', 'advance', 'hold', 'resume', 'start'] as const;

/** One of the commands that an operator of a scenario can type. */
export type OperatorCommand = (typeof operatorCommands)[number];

const listed = `${operatorCommands.slice(0, -1).join(', ')} or ${operatorCommands.at(-1)}`;

/** A command as it is typed, without `sluice`. */
export const operatorCommandSchema = z.string().regex(new RegExp(`^(${operatorCommands.join('|')})( |$)`), {
  error: `expected a command such as "rollback checkout:live": ${listed}`,
});
