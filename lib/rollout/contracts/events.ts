import * as z from 'zod';
import { outcomeOfError } from './ends.ts';

/** The `source` of every event that Sluice puts on the event bus. */
export const EVENT_SOURCE = 'sluice';

/** The `detail-type` of the events about the course of a rollout. */
export const ROLLOUT_CHANGED = 'Sluice Rollout Changed';

/** The `detail-type` of the event that asks a person for an approval. */
export const APPROVAL_REQUESTED = 'Sluice Approval Requested';

/** The event that the rule on alarms hands to the revert function; the rule itself names function and alias. */
export const alarmTriggerSchema = z.object({
  trigger: z.literal('alarm'),
  function: z.string().min(1),
  alias: z.string().min(1),
  alarm: z.string().min(1),
  stateMachineArn: z.string().min(1),
  reason: z.string().catch(''),
  /** When the alarm changed, as ISO 8601: delivery may be late. */
  time: z.string().catch(''),
});
export type AlarmTrigger = z.output<typeof alarmTriggerSchema>;

/**
 * `Step Functions Execution Status Change`, read loosely: AWS adds fields, and nulls what is empty. The input is the JSON text
 * that started the execution; a large one may be left out.
 */
export const executionEventSchema = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    executionArn: z.string(),
    name: z.string(),
    status: z.string(),
    input: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});
export type ExecutionEvent = z.output<typeof executionEventSchema>;

/** The event that the rule of every five minutes hands to the revert function: whose executions are to be looked through. */
export const sweepTriggerSchema = z.object({ trigger: z.literal('sweep'), stateMachineArn: z.string().min(1) });
export type SweepTrigger = z.output<typeof sweepTriggerSchema>;

/** How far a sweep looks back, in seconds: longer than Lambda's control plane was ever out of order. */
export const SWEEP_SECONDS = 24 * 3600;

/** The same for rollouts that ended as they meant to: of these there are many, and what comes late comes within minutes. */
export const DELIBERATE_SWEEP_SECONDS = 3600;

/** Whether an execution that failed with this error ended as the state machine meant it to: then the alias is as it should be. */
export const isDeliberate = (error: string | null): boolean => outcomeOfError(error) !== undefined;
