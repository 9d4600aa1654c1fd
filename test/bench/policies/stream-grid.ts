import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { type Cell, innocents, type MetricTiming, RATES } from './grid.ts';

/** The stable version's error rate, which is also its rate of handled failures. */
const BASELINE = 0.001;

/** One request of a hundred is slower than the 99th percentile. */
const SLOW = 0.01;

/**
 * How many requests are slower than the 99th percentile was, if all take 30 % longer: their times are log-normal, with a spread of 0.5 as
 * services of this kind have it.
 */
const SLOW_OF_30_PERCENT_SLOWER = 0.036;

const signal = {
  name: 'http-5xx',
  namespace: 'Shop',
  failures: 'Http5xx',
  requests: 'Requests',
  versionDimension: 'version',
};
/** The stable version's 99th percentile, as the policy would read it. */
const evidence = { latency: { slowerThanMilliseconds: 800 }, signals: [signal] };
const usual = { errorRate: BASELINE, slowRate: SLOW, signals: { 'http-5xx': BASELINE } };

/** Candidates that are bad in one way alone. The first two differ only in whether Lambda counts their failures. */
export const byStream = {
  counted: 'errors of 10 %',
  handled: 'handled failures of 10 %',
  slower: '30 % slower at p99',
} as const;

const faults = {
  [byStream.counted]: { ...usual, errorRate: 0.1 },
  [byStream.handled]: { ...usual, signals: { 'http-5xx': 0.1 } },
  [byStream.slower]: { ...usual, slowRate: SLOW_OF_30_PERCENT_SLOWER },
};

/**
 * The cells of a policy that compares latency and a signal beside errors: what these find, and what they cost innocent versions.
 *
 * @param metrics what the counts are made of
 */
export const streamGrid = (metrics: MetricTiming): readonly Cell[] =>
  RATES.flatMap((requestsPerSecond) => {
    const cell = (kind: string, innocent: boolean, input: object, graceSeconds = 0): Cell => ({
      requestsPerSecond,
      baseline: BASELINE,
      kind,
      innocent,
      scenario: scenarioSchema.parse({
        name: kind,
        traffic: { requestsPerSecond },
        stable: usual,
        candidate: usual,
        metrics,
        policy: { adaptive: {}, evidence: { ...evidence, graceSeconds } },
        ...input,
      }),
    });
    return [
      ...Object.entries(faults).map(([kind, candidate]) => cell(kind, false, { candidate })),
      ...Object.entries(innocents).map(([kind, inputOf]) => {
        const { graceSeconds, candidate, ...input } = inputOf(requestsPerSecond, BASELINE);
        return cell(
          kind,
          true,
          { ...input, ...(candidate ? { candidate: { ...usual, ...candidate } } : {}) },
          graceSeconds,
        );
      }),
    ];
  });
