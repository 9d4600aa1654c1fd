import { describe, expect, it } from 'vitest';
import { outcomeAt, outcomeOfError } from '../../../lib/rollout/contracts/ends.ts';
import { isDeliberate } from '../../../lib/rollout/contracts/events.ts';

describe('the end of an execution', () => {
  it.each([
    ['RolledBack', 'rolledBack'],
    ['Superseded', 'superseded'],
    ['Cancelled', 'cancelled'],
    ['Rejected', 'rejected'],
  ] as const)('by the error %s means %s, and was meant', (error, outcome) => {
    expect(outcomeOfError(error)).toBe(outcome);
    expect(isDeliberate(error)).toBe(true);
  });

  it.each(['RevertFailed', 'States.Runtime', 'toString', '', null])('by the error %s was not meant', (error) => {
    expect(outcomeOfError(error)).toBeUndefined();
    expect(isDeliberate(error)).toBe(false);
  });

  it.each(['bake', 'rolledBackByHand', 'toString'])('is not reached at %s', (next) => {
    expect(outcomeAt(next)).toBeUndefined();
  });
});
