import * as z from 'zod';
import { refusalsIn } from '../rollout/contracts/refusal.ts';
import { oneLine } from '../rollout/contracts/text.ts';
import { aliasNameSchema, functionSchema } from '../rollout/document/start.ts';
import { InvalidRequest } from './errors.ts';
import type { Progress } from './progress.ts';

/** The fields of every request about an alias. */
export const aliasFields = { function: functionSchema, alias: aliasNameSchema.optional() };

/** A controller: by the ARN of its state machine, or a standalone one by its name. */
export const controllerSchema = z
  .string()
  .regex(/^(arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+|[A-Za-z][A-Za-z0-9-]{0,127})$/, {
    error: 'expected the ARN of a state machine, or the name of a controller',
  });

/** The fields of every request about a rollout. */
export const rolloutFields = { ...aliasFields, controller: controllerSchema.optional() };

/** A callback for the progress of a long reading. */
export const progressField = z
  .custom<(progress: Progress) => void>((value) => typeof value === 'function', { error: 'expected a function' })
  .optional();

/** Descriptions and causes have room for so many characters of a text. */
const LONGEST_TEXT = 200;

/** A text for people, as one line. */
export const textSchema = z
  .string()
  .transform((text) => oneLine(text).trim())
  .refine((line) => line !== '' && line.length <= LONGEST_TEXT, { error: `expected 1 to ${LONGEST_TEXT} characters` });

/**
 * Checks a request.
 *
 * @throws InvalidRequest for an unknown field, a wrong type or an impossible value
 */
export function checked<T>(schema: z.ZodType<T>, request: unknown): T {
  const parsed = schema.safeParse(request, { reportInput: true });
  if (!parsed.success) throw new InvalidRequest(refusalsIn(parsed.error));
  return parsed.data;
}
