import { Readable } from 'node:stream';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../lib/aws/stack/environments.ts';
import { readExpiry } from '../../../lib/aws/stack/expiry.ts';

const environment = { stack: 'checkout-x' } as Environment;

/** A client whose every request is answered with this, as it comes over the wire. */
const answering = (statusCode: number, answer: object, headers: Readonly<Record<string, string>> = {}) =>
  new SchedulerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: { statusCode, headers, body: Readable.from([Buffer.from(JSON.stringify(answer))]) },
      }),
    } as never,
  });

describe('the moment from which an environment deletes itself', () => {
  const moment = new Date('2026-11-29T00:00:00Z');

  it.each([
    ['the start of its schedule', { ScheduleExpression: 'rate(360 minutes)', StartDate: moment.getTime() / 1000 }],
    ['the same as text', { ScheduleExpression: 'rate(360 minutes)', StartDate: '2026-11-29T00:00:00Z' }],
    ['the one run of the schedule of the release before', { ScheduleExpression: 'at(2026-11-29T00:00:00)' }],
  ])('is %s', async (_, schedule) => {
    expect(await readExpiry(answering(200, schedule), environment)).toEqual(moment);
  });

  it('is none without a schedule', async () => {
    const missing = answering(404, { Message: 'none' }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    expect(await readExpiry(missing, environment)).toBeNull();
  });

  it('is not taken for none if AWS refuses to tell', async () => {
    const denied = answering(403, { Message: 'no' }, { 'x-amzn-errortype': 'AccessDeniedException' });
    await expect(readExpiry(denied, environment)).rejects.toThrow('no');
  });
});
