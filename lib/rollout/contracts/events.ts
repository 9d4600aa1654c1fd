import * as z from 'zod';
import { outcomeOfError } from './ends.ts';
import { oneLine } from './text.ts';

/** The `source` of every event that Sluice puts on the event bus. */
export const EVENT_SOURCE = 'sluice';

/** The `detail-type` of the events about the course of a rollout. */
export const ROLLOUT_CHANGED = 'Sluice Rollout Changed';

/** The `detail-type` of the event that asks a person for an approval. */
export const APPROVAL_REQUESTED = 'Sluice Approval Requested';

/** The controller that an event is for. */
export const stateMachineArnSchema = z.string().regex(/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/, {
  error: 'expected the ARN of a state machine',
});

/**
 * `CloudWatch Alarm State Change` as the rule of the controller hands it to the revert function, read loosely: AWS adds fields. The rule
 * is the account's, so most of these alarms are of no rollout.
 */
const alarmChangeSchema = z.object({
  trigger: z.literal('alarm'),
  stateMachineArn: stateMachineArnSchema,
  /** When the alarm changed, as ISO 8601: delivery may be late. */
  time: z.string().catch(''),
  detail: z.object({
    alarmName: z.string().min(1),
    state: z.object({ value: z.literal('ALARM'), reason: z.string().catch('') }),
    previousState: z.object({ value: z.string().nullable().catch(null) }).catch({ value: null }),
  }),
});

/** The same from the rules of the release before, which stand in the stacks of aliases until these are deployed again. */
const olderAlarmChangeSchema = z.object({
  trigger: z.literal('alarm'),
  stateMachineArn: stateMachineArnSchema,
  alarm: z.string().min(1),
  reason: z.string().catch(''),
  time: z.string().catch(''),
});

/** An alarm that went to ALARM, and the controller that is told. */
export interface AlarmFired {
  readonly stateMachineArn: string;
  readonly alarm: string;
  /** CloudWatch's own words. */
  readonly reason: string;
  /** The state before, such as `OK`; null if the event does not tell. */
  readonly before: string | null;
  /** When it fired, in seconds since 1970; null if the event does not tell. */
  readonly at: number | null;
}

/** The event of an alarm that fired, of this release or the one before. */
export const alarmFiredSchema: z.ZodType<AlarmFired> = z.union([
  alarmChangeSchema.transform(({ stateMachineArn, time, detail }) => ({
    stateMachineArn,
    alarm: detail.alarmName,
    reason: detail.state.reason,
    before: detail.previousState.value,
    at: secondsOf(time),
  })),
  olderAlarmChangeSchema.transform(({ stateMachineArn, alarm, reason, time }) => ({
    stateMachineArn,
    alarm,
    reason,
    before: null,
    at: secondsOf(time),
  })),
]);

function secondsOf(time: string): number | null {
  const at = Date.parse(time) / 1000;
  return Number.isFinite(at) ? at : null;
}

/**
 * `Step Functions Execution Status Change`, read loosely: AWS adds fields, and nulls what is empty. The input is the JSON text
 * that started the execution; a large one may be left out.
 */
export const executionEventSchema = z.object({
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    executionArn: z.string(),
    name: z.string(),
    status: z.string(),
    stateMachineArn: z.string().nullish(),
    /** In milliseconds since 1970. */
    startDate: z.number().nullish().catch(null),
    input: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});
export type ExecutionEvent = z.output<typeof executionEventSchema>;

/** The statuses of an execution that ended without meaning to. */
export const BAD_STATUSES = ['ABORTED', 'TIMED_OUT', 'FAILED'] as const;

/**
 * Why the event of an execution tells of no bad end, whoever made it; undefined if it does. The rule of the controller lets no other
 * event through.
 */
export function notABadEnd({ detail }: ExecutionEvent): string | undefined {
  const { executionArn, name, status, stateMachineArn } = detail;
  if (!BAD_STATUSES.some((bad) => bad === status)) {
    return `the event is refused: expected an execution that ended as ${BAD_STATUSES.join(', ')}, found ${oneLine(status, 60)}`;
  }
  const [, machine, named] = /^(arn:[^:]+:states:[^:]+:\d{12}):execution:([^:]+:[^:]+)$/.exec(executionArn) ?? [];
  const [machineName, executionName] = (named ?? '').split(':');
  const contradicts = stateMachineArn && stateMachineArn !== `${machine}:stateMachine:${machineName}`;
  return machine === undefined || executionName !== name || contradicts
    ? `the event is refused: expected one execution, found ${oneLine(executionArn, 200)}, its name ${oneLine(name, 100)} and its state machine ${oneLine(stateMachineArn ?? 'left out', 200)}`
    : undefined;
}

/** The event that the rule of every five minutes hands to the revert function: whose executions are to be looked through. */
export const sweepTriggerSchema = z.object({ trigger: z.literal('sweep'), stateMachineArn: stateMachineArnSchema });
export type SweepTrigger = z.output<typeof sweepTriggerSchema>;

/** How far a sweep looks back, in seconds: longer than Lambda's control plane was ever out of order. */
export const SWEEP_SECONDS = 24 * 3600;

/** The same for rollouts that ended as they meant to: of these there are many, and what comes late comes within minutes. */
export const DELIBERATE_SWEEP_SECONDS = 3600;

/** Whether an execution that failed with this error ended as the state machine meant it to: then the alias is as it should be. */
export const isDeliberate = (error: string | null): boolean => outcomeOfError(error) !== undefined;
