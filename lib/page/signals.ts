import { totalOf } from '../rollout/coverage.ts';
import { membersOf } from '../rollout/document/members.ts';
import type { Rollout } from '../rollout/document/rollout.ts';
import type { PageSignal } from './parts/tables.ts';

/** What else than errors was compared, with the counts of both versions: of a group those of all members. */
export function signalsOf(rollout: Rollout): readonly PageSignal[] {
  const all = membersOf(rollout).flatMap(({ trial }) => Object.entries(trial.now.streams));
  const names = [...new Set(all.map(([name]) => name))];
  return names.map((name) => ({
    name,
    counts: totalOf(all.filter(([each]) => each === name).map(([, { counts }]) => counts)),
  }));
}
