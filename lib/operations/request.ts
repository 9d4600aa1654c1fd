import * as z from 'zod';
import { refusalsIn } from '../rollout/contracts/refusal.ts';
import { oneLine } from '../rollout/contracts/text.ts';
import { aliasNameSchema, functionSchema } from '../rollout/document/start.ts';
import { InvalidRequest } from './errors.ts';
import type { Progress } from './progress.ts';

/** An alias, as far as it must be named. */
export interface AliasRequest {
  /** The function, by name or by its ARN without a qualifier. The account and region are those of the clients. */
  readonly function: string;
  /**
   * The alias.
   *
   * @default the only alias of the function that Sluice shifts
   */
  readonly alias?: string;
}

/** An alias, and the controller that shifts it. */
export interface RolloutRequest extends AliasRequest {
  /**
   * The ARN of the state machine that shifts the alias.
   *
   * @default the controller that the stack of the alias has registered
   */
  readonly controller?: string;
}

/** The fields of every request about an alias. */
export const aliasFields = { function: functionSchema, alias: aliasNameSchema.optional() };

/** A controller, by the ARN of its state machine. */
export const controllerSchema = z.string().regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+$/, {
  error: 'expected the ARN of a state machine',
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
