/**
 * Whether a stack's status lets the rollout go on that its deploy started. A shift may follow only a committed stack: a stack that rolls
 * back afterwards would undo it. An update whose cleanup is still going on is committed.
 */
export function commitOf(status: string | null): 'committed' | 'underWay' | 'rolledBack' {
  if (status === null || committed.has(status)) return 'committed';
  return underWay.has(status) ? 'underWay' : 'rolledBack';
}

const committed = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'IMPORT_COMPLETE',
]);

/** A deploy with --no-rollback stays failed until the next one goes on from there. */
const underWay = new Set([
  'CREATE_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'IMPORT_IN_PROGRESS',
  'REVIEW_IN_PROGRESS',
  'CREATE_FAILED',
  'UPDATE_FAILED',
]);
