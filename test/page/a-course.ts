import type { Course, Look } from '../../lib/page/course.ts';

/** A look at a minute: 60 requests a minute to the candidate and 540 to the stable version. */
export const lookAfter = (minute: number, errors = 0, strength = 0): Look => ({
  second: minute * 60,
  weight: 10,
  requests: {
    stable: { invocations: 540 * minute, errors: minute },
    candidate: { invocations: 60 * minute, errors },
  },
  strengths: [{ name: 'errors', strength }],
  reason: `look ${minute}`,
});

/** Five minutes at 10 %, after which the rollout was reverted. */
export const aCourse = (changes: Partial<Course> = {}): Course => ({
  seconds: 300,
  events: [
    { second: 0, event: 'shifted', weight: 10, reason: 'preflight passed' },
    { second: 300, event: 'reverted', weight: 0, reason: 'alarm errors is in ALARM' },
  ],
  looks: [lookAfter(1), lookAfter(2, 3, 0.2), lookAfter(3, 9, 0.6), lookAfter(5, 30, 1)],
  steps: [{ weight: 10, from: 0, until: 300, requests: lookAfter(5, 30).requests, verdict: 'alarm errors' }],
  planned: [],
  ...changes,
});
