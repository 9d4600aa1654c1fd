import { expect, it } from 'vitest';
import { executionEventSchema } from '../../../lib/rollout/contracts/events.ts';

const detail = {
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:sluice:deploy-7',
  name: 'deploy-7',
  status: 'FAILED',
};
const event = { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail };

it('an event tells of an execution only if Step Functions has sent it for a change of status', () => {
  expect(executionEventSchema.safeParse(event).success).toBe(true);
  expect(executionEventSchema.safeParse({ ...event, source: 'somebody' }).success).toBe(false);
  expect(executionEventSchema.safeParse({ ...event, 'detail-type': 'AWS API Call via CloudTrail' }).success).toBe(
    false,
  );
});
