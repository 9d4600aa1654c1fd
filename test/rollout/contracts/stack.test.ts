import { describe, expect, it } from 'vitest';
import { commitOf } from '../../../lib/rollout/contracts/stack.ts';

describe("a stack's status", () => {
  it.each([null, 'CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'IMPORT_COMPLETE'])(
    'of %s has committed',
    (status) => expect(commitOf(status)).toBe('committed'),
  );

  it.each([
    'CREATE_IN_PROGRESS',
    'UPDATE_IN_PROGRESS',
    'IMPORT_IN_PROGRESS',
    'REVIEW_IN_PROGRESS',
    'CREATE_FAILED',
    'UPDATE_FAILED',
  ])('of %s is under way', (status) => expect(commitOf(status)).toBe('underWay'));

  it.each([
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
    'ROLLBACK_FAILED',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_FAILED',
    'IMPORT_ROLLBACK_IN_PROGRESS',
    'IMPORT_ROLLBACK_COMPLETE',
    'IMPORT_ROLLBACK_FAILED',
    'DELETE_IN_PROGRESS',
    'DELETE_FAILED',
    'DELETE_COMPLETE',
    'a status of a later release',
  ])('of %s is rolled back, so that nothing goes on', (status) => expect(commitOf(status)).toBe('rolledBack'));
});
