import * as z from 'zod';
import { MovedOn } from './errors.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** The place of a rollout that somebody has seen, as a {@link RolloutRecord} tells it. */
export interface ExpectedPlace {
  /** The name of the execution. */
  readonly execution: string;
  /** The number of the step, from 1 on; 0 before the first traffic. */
  readonly step: number;
  /** The candidate's weight, in percent. */
  readonly weight: number;
}

/** The field of a request that says for which place it is meant. */
export const placeField = z
  .strictObject({ execution: z.string(), step: z.int().min(0), weight: z.number().min(0).max(100) })
  .optional();

/** The place of a rollout. */
export const placeOf = ({ execution, step, weight }: RolloutRecord): ExpectedPlace => ({
  execution,
  step: step?.number ?? 0,
  weight,
});

/**
 * Refuses a request that was meant for another place than the rollout has come to.
 *
 * @throws MovedOn with both places
 */
export function refuseElsewhere(record: RolloutRecord, expected: ExpectedPlace | undefined): void {
  const found = placeOf(record);
  if (!expected || samePlace(found, expected)) return;
  throw new MovedOn(`expected ${inWords(expected)}, found ${inWords(found)}; nothing was done`);
}

const samePlace = (one: ExpectedPlace, other: ExpectedPlace): boolean =>
  one.execution === other.execution && one.step === other.step && one.weight === other.weight;

const inWords = ({ execution, step, weight }: ExpectedPlace): string => `${execution} in step ${step} at ${weight} %`;
