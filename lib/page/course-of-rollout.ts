import { totalOf } from '../rollout/coverage.ts';
import { membersOf } from '../rollout/document/members.ts';
import type { PassedStep } from '../rollout/document/record.ts';
import { type DocumentAt, passedUntil, type Rollout, weightOf } from '../rollout/document/rollout.ts';
import { strengthsOf } from '../rollout/evidence/strength.ts';
import type { Course, CourseStep, Look, PlannedStep } from './course.ts';

/**
 * The course of a rollout by its documents.
 *
 * @param documents the documents that are known, oldest first; the last one tells where it stands
 * @param startedAt when it started, in seconds since 1970
 * @param now until when it goes, in seconds since 1970: its end, if it has ended
 * @param over whether it has ended
 */
export function courseOfRollout(
  documents: readonly DocumentAt[],
  { startedAt, now, over }: { readonly startedAt: number; readonly now: number; readonly over: boolean },
): Course {
  const rollout = documents.at(-1)?.rollout;
  const since = (at: number) => Math.max(0, Math.round(at - startedAt));
  return {
    seconds: since(now),
    events: (rollout?.journal ?? []).map(({ at, ...event }) => ({ second: since(at), ...event })),
    looks: documents.filter((each) => each.rollout.step >= 0).map(({ at, rollout }) => lookAt(rollout, since(at))),
    steps: rollout ? passedUntil(rollout, now).map((step) => stepOf(step, since)) : [],
    planned: rollout && !over ? plannedOf(rollout, since(now), since) : [],
  };
}

/** What a document shows of the requests. */
export const lookAt = (rollout: Rollout, second: number): Look => ({
  second,
  weight: weightOf(rollout),
  requests: totalOf([...rollout.passed.map(requestsOf), ...membersOf(rollout).map(({ current }) => current)]),
  strengths: strengthsOf(rollout),
  reason: rollout.reason,
});

const requestsOf = ({ requests, inAll }: PassedStep) => inAll ?? requests;

const stepOf = (step: PassedStep, since: (at: number) => number): CourseStep => ({
  weight: step.weight,
  from: since(step.from),
  until: since(step.until),
  requests: requestsOf(step),
  verdict: step.verdict,
});

/** The steps of the plan that have not begun; `now` and their moments are seconds since the start. */
export function plannedOf(
  { plan, step, shiftedAt }: Rollout,
  now: number,
  since: (at: number) => number,
): readonly PlannedStep[] {
  const current = plan[step];
  let from = current ? Math.max(now, since(shiftedAt) + current.bakeSeconds) : now;
  return plan.slice(step + 1).map(({ weight, bakeSeconds: seconds, approval }) => {
    const planned = { weight, from, seconds, asks: approval === 'manual' };
    from += seconds;
    return planned;
  });
}
