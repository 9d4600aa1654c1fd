import { GetScheduleCommand, type SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { isNamed } from '../handler/errors.ts';
import type { Environment } from './environments.ts';

/** When an environment deletes itself; null if it does not. */
export async function readExpiry(scheduler: SchedulerClient, { stack }: Environment): Promise<Date | null> {
  try {
    const { ScheduleExpression = '', StartDate } = await scheduler.send(read(stack));
    // The release before made schedules that run once.
    const [, time] = /^at\((.+)\)$/.exec(ScheduleExpression) ?? [];
    return time === undefined ? (StartDate ?? null) : new Date(`${time}Z`);
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return null;
    throw error;
  }
}

/** Lets an environment live until a later moment and removes it from then on; its next deploy counts from itself again. */
export async function writeExpiry(scheduler: SchedulerClient, { stack }: Environment, until: Date): Promise<void> {
  const schedule = await scheduler.send(read(stack));
  const { ScheduleExpression = '' } = schedule;
  await scheduler.send(
    new UpdateScheduleCommand({
      Name: stack,
      Description: schedule.Description,
      ScheduleExpression: ScheduleExpression.startsWith('rate(') ? ScheduleExpression : 'rate(360 minutes)',
      ScheduleExpressionTimezone: 'UTC',
      StartDate: new Date(Math.floor(until.getTime() / 1000) * 1000),
      FlexibleTimeWindow: schedule.FlexibleTimeWindow ?? { Mode: 'OFF' },
      Target: schedule.Target,
      State: 'ENABLED',
    }),
  );
}

/**
 * Reads the schedule of an environment, which has the name of its stack. AWS answers dates as seconds. Endpoints that stand in for it
 * answer the text of the template that made the schedule, which the SDK refuses to read.
 */
function read(stack: string): GetScheduleCommand {
  const command = new GetScheduleCommand({ Name: stack });
  command.middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      const response = answer.response as { body: AsyncIterable<Uint8Array> | Uint8Array };
      response.body = Buffer.from(withDatesAsSeconds(await textOf(response.body)));
      return answer;
    },
    { step: 'deserialize', name: 'sluiceDatesAsSeconds', priority: 'low' },
  );
  return command;
}

const withDatesAsSeconds = (answer: string): string =>
  answer.replace(
    /"(StartDate|EndDate)":\s*"([^"]+)"/g,
    (_, name: string, date: string) => `"${name}":${Date.parse(date) / 1000}`,
  );

async function textOf(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
