import { describe, expect, it } from 'vitest';
import { cloudformation } from '../../../lib/aws/handler/clients.ts';
import { readStackStatus } from '../../../lib/aws/stack/stack.ts';
import { answering } from '../answering.ts';

describe("a stack's status", () => {
  it('is read by the id of the stack, and is that of a deleted one if CloudFormation knows it no more', async () => {
    const asked: unknown[] = [];
    const giving = (answer: object) =>
      answering(cloudformation({ region: 'us-east-1' }), (_, input) => {
        asked.push(input);
        return answer;
      });
    expect(await readStackStatus(giving({ Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] }), 'id')).toBe(
      'UPDATE_COMPLETE',
    );
    expect(await readStackStatus(giving({ Stacks: [] }), 'id')).toBe('DELETE_COMPLETE');
    expect(await readStackStatus(giving({}), 'id')).toBe('DELETE_COMPLETE');
    expect(asked[0]).toEqual({ StackName: 'id' });
  });
});
