import { cloudWatchTiming, errorRate } from '../../rollout/observation.ts';
import { isHigher } from './mann-whitney.ts';
import type { Sight, Strategy } from './strategy.ts';

/** The canary's share: Kayenta only judges, and Spinnaker's guide leaves it to the user. The same as CodeDeploy's here. */
const WEIGHT = 10;

const JUDGEMENTS = 3;
const INTERVAL_SECONDS = 600;

const { periodSeconds: MINUTE, delaySeconds: DELAY_SECONDS } = cloudWatchTiming.metrics;

/**
 * A canary analysis of Spinnaker with Kayenta's NetflixACAJudge on the error rate of each minute: three judgements ten minutes apart, each
 * on all data since the start ("Growing", which Spinnaker sets by itself). A judgement waits until its last minute can be read. A metric that is High scores 0 and
 * stops the canary. One without data, or with the same values on both sides, does not. Outliers are kept, for it is errors that they are. After three that passed, everything gets the new version.
 *
 * Sources: Spinnaker documentation, "Using Spinnaker for Automated Canary Analysis" and "How canary judgment works" (98 % confidence
 * interval, Mann-Whitney U test); github.com/spinnaker/kayenta, kayenta-judge, NetflixACAJudge.scala and MannWhitneyClassifier.scala.
 */
export const kayenta: Strategy = function* (sight) {
  for (let judgement = 1; judgement <= JUDGEMENTS; judgement++) {
    const until = judgement * INTERVAL_SECONDS;
    yield { weight: WEIGHT, until: until + DELAY_SECONDS };
    if (isHigher(ratesOf(sight.candidate, until), ratesOf(sight.stable, until))) return 0;
  }
  return 100;
};

/** The error rate of each minute in which there was a request. */
function ratesOf(counts: Sight['candidate'], until: number): number[] {
  const minutes = Array.from({ length: until / MINUTE }, (_, index) => counts(index * MINUTE, (index + 1) * MINUTE));
  return minutes.filter(({ invocations }) => invocations > 0).map(errorRate);
}
