import type { RolloutRecord } from '../../operations/rollout-record.ts';

/** A rollout as `--json` prints it; the records of operations have more. */
export const rolloutJson = ({ requests: _requests, events: _events, report: _report, ...json }: RolloutRecord) => json;
