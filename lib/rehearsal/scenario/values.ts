import * as z from 'zod';

export const DAY = 24 * 3600;

/** The clock's timers hold at most 2^31 milliseconds. */
const LATEST_SECOND = 24 * DAY;

/** A moment or a time, in seconds. */
export const second = z.number().min(0).max(LATEST_SECOND);

/** The probability that a request fails. */
export const errorRate = z.number().min(0).max(1);

/** A share of requests, from 0 to 1. */
export const share = z.number().min(0).max(1);

export const milliseconds = z
  .number()
  .min(0)
  .max(DAY * 1000);

/** The memory of a version. (AWS: Lambda quotas.) */
export const megabytes = z.number().int().min(128).max(10_240);

export const percent = z.number().min(0).max(100);

export const version = z.string().regex(/^[1-9]\d*$/, { error: 'expected a published version such as "42"' });

/** Which of the calls or events of one kind is meant, counted from 1, and how many from there on. */
export const counted = {
  nth: z.number().int().min(1).default(1),
  times: z.number().int().min(1).default(1),
};
