import { shareInWords } from '../../contracts/text.ts';
import { costInWords } from '../../cost-in-words.ts';
import type { Rollout } from '../../document/rollout.ts';
import { type Doubt, doubtOf, leans } from '../../evidence/stake.ts';
import { findingIn, type Stream, type StreamFinding, shareOfRate, streamsOf } from '../../evidence/streams.ts';
import { type Finding, findingOf } from '../../evidence/trial.ts';
import { slowerThanIn } from '../../evidence/trial-of-rollout.ts';
import type { Counts } from '../../observation.ts';

/** What the errors of a rollout say so far. They share the false-rollback rate with the streams. */
export function errorsIn(rollout: Rollout): Finding {
  const { evidence } = rollout.policy;
  return evidence ? findingOf(rollout.trial.now, shareOfRate(evidence, streamsIn(rollout))) : 'nothing';
}

/** What else speaks against the candidate so far. */
export function streamIn(rollout: Rollout): StreamFinding | undefined {
  const { evidence } = rollout.policy;
  const streams = streamsIn(rollout);
  return evidence && findingIn(rollout.trial.now.streams, streams, shareOfRate(evidence, streams));
}

const streamsIn = (rollout: Rollout): readonly Stream[] =>
  rollout.policy.evidence ? streamsOf(rollout.policy.evidence, slowerThanIn(rollout)) : [];

/** Whether the candidate costs more than the policy allows: for certain, or as it seems; undefined if nothing says so. */
export function costFindingIn(rollout: Rollout): Doubt | undefined {
  const { evidence } = rollout.policy;
  return evidence?.maximumCostIncrease === undefined
    ? undefined
    : doubtOf(rollout.trial.now.cost, shareOfRate(evidence, streamsIn(rollout)));
}

/** What requests to both versions cost, and what the policy allows, in words. */
export function tooDearInWords(rollout: Rollout): string {
  const allowed = shareInWords(rollout.policy.evidence?.maximumCostIncrease ?? 0);
  return `${costInWords(rollout)}, and the policy allows ${allowed} more`;
}

/** A suspicion that is no certainty, in words; undefined if there is none. */
export function suspicionIn(rollout: Rollout): string | undefined {
  const { stable, candidate } = rollout;
  if (errorsIn(rollout) === 'suspected') return `${candidate} seems to fail more often than ${stable}`;
  const found = streamIn(rollout);
  if (found?.is === 'suspected') return wentInWords(rollout, found);
  return costFindingIn(rollout) === 'suspected' ? tooDearInWords(rollout) : undefined;
}

/** What speaks somewhat against the candidate and is no suspicion yet, in words; undefined if nothing does. */
export function leaningIn(rollout: Rollout): string | undefined {
  const { stable, candidate, trial } = rollout;
  if (leans(trial.now.comparison)) return `${candidate} may fail more often than ${stable}`;
  const found = streamsIn(rollout)
    .map((stream) => ({ stream, of: trial.now.streams[stream.name] }))
    .find(({ of }) => of && leans(of.stake));
  return found?.of && wentInWords(rollout, { stream: found.stream, counts: found.of.counts });
}

/** What the requests of both versions did, in words. */
export function wentInWords(
  { stable, candidate }: Rollout,
  { stream, counts }: Pick<StreamFinding, 'stream' | 'counts'>,
): string {
  const of = ({ errors, invocations }: Counts) => `${errors} of ${invocations}`;
  return `requests to ${candidate} ${stream.went} more often than those to ${stable} at the same time: ${of(counts.candidate)} against ${of(counts.stable)}`;
}
