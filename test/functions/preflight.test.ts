import { expect, it } from 'vitest';
import { create } from '../../functions/preflight.ts';
import { execution } from '../rollout/a-rollout.ts';
import { anAws } from './an-aws.ts';

it('input that makes no rollout is answered with everything that the state machine asks for', async () => {
  const { aws, time } = anAws();
  const handler = create({ clients: aws.clientsFor('preflight'), environment: {}, now: time.second });
  const { id, name } = execution;
  const started = { input: { weight: 1 }, execution: { id, name, startTime: '2026-01-01T00:00:00Z' }, error: null };
  expect(await handler(started)).toEqual({
    next: 'rejected',
    reason: expect.stringContaining('the input is refused'),
    toRelease: false,
  });
});

it('an event without the ARN of its execution is refused: what is in reach could not be told', async () => {
  const { aws, time } = anAws();
  const handler = create({ clients: aws.clientsFor('preflight'), environment: {}, now: time.second });
  const started = { input: {}, execution: { id: 'junk', name: 'x', startTime: '2026-01-01T00:00:00Z' } };
  await expect(handler(started)).rejects.toThrow('execution.id: expected the ARN of an execution, found "junk"');
});
