import { type Scenario, type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';

/** One cell of the grid: a way in which a candidate is bad, or innocent, at one traffic and one baseline. */
export interface Cell {
  readonly requestsPerSecond: number;
  readonly baseline: number;
  readonly kind: string;
  /** Whether the candidate is no worse than the stable version, so that every rollback is a false one. */
  readonly innocent: boolean;
  readonly scenario: Scenario;
}

/** Requests a second. */
export const RATES = [1, 10, 100, 1000];
const BASELINES = [0.0001, 0.001, 0.01];

type Candidate = NonNullable<ScenarioInput['candidate']>;

/** Bad candidates, by the error rate of the stable version. Those that are bad at some time only fail one request of five then. */
const faults: Readonly<Record<string, (baseline: number) => Candidate>> = {
  'fails always': () => ({ errorRate: 1 }),
  'fails 50 %': () => ({ errorRate: 0.5 }),
  'fails 10 %': () => ({ errorRate: 0.1 }),
  'fails 5 %': () => ({ errorRate: 0.05 }),
  'twice the baseline': (baseline) => ({ errorRate: 2 * baseline }),
  'baseline + 1 point': (baseline) => ({ errorRate: baseline + 0.01 }),
  'bad above 50 %': (baseline) => ({ errorRate: baseline, faults: [{ aboveWeight: 50, errorRate: 0.2 }] }),
  'bad after 10 minutes': (baseline) => ({ errorRate: baseline, faults: [{ afterSeconds: 600, errorRate: 0.2 }] }),
  'cold starts fail': (baseline) => ({
    errorRate: baseline + 0.02,
    faults: [{ afterSeconds: 0, forSeconds: 60, errorRate: 0.2 }],
  }),
};

/** Innocent candidates: what differs from a good version on an even traffic. */
export const innocents: Readonly<
  Record<string, (rate: number, baseline: number) => Partial<ScenarioInput> & { readonly graceSeconds?: number }>
> = {
  good: () => ({}),
  'an incident on both': () => ({ incidents: [{ fromSecond: 300, forSeconds: 300, errorRate: 0.2 }] }),
  'bursty traffic': (rate) => ({ traffic: { curve: bursts(rate) } }),
  'cold starts fail as before': (_, baseline) => ({
    candidate: { errorRate: baseline, faults: [{ afterSeconds: 0, forSeconds: 60, errorRate: baseline * 1.5 }] },
  }),
  'warms up, grace 70 s': (_, baseline) => ({
    candidate: { errorRate: baseline, faults: [{ afterSeconds: 0, forSeconds: 60, errorRate: 0.2 }] },
    graceSeconds: 70,
  }),
};

/** Every fifth minute has ten times the traffic. */
function bursts(rate: number) {
  return Array.from({ length: 30 }, (_, index) => [
    { fromSecond: index * 300 + 1, requestsPerSecond: rate },
    { fromSecond: index * 300 + 240, requestsPerSecond: rate * 10 },
  ]).flat();
}

/** What counts are made of. */
export interface MetricTiming {
  readonly periodSeconds: number;
  readonly delaySeconds: number;
}

/** How a log is counted instead: how late its lines are. */
export interface LogTiming {
  readonly logs: NonNullable<ScenarioInput['logs']>;
}

/**
 * All cells.
 *
 * @param source what the counts are made of
 */
export function grid(source: MetricTiming | LogTiming): readonly Cell[] {
  const byLog = 'logs' in source;
  const counted = byLog ? { logs: source.logs } : { metrics: source };
  return RATES.flatMap((requestsPerSecond) =>
    BASELINES.flatMap((baseline) => {
      const cell = (kind: string, innocent: boolean, input: Partial<ScenarioInput>, graceSeconds = 0): Cell => ({
        requestsPerSecond,
        baseline,
        kind,
        innocent,
        scenario: scenarioSchema.parse({
          name: kind,
          traffic: { requestsPerSecond },
          stable: { errorRate: baseline },
          candidate: { errorRate: baseline },
          ...counted,
          policy: {
            adaptive: {},
            evidence: { graceSeconds, ...(byLog ? { counts: 'logs', maximumGigabytesScanned: 100_000 } : {}) },
          },
          ...input,
        }),
      });
      return [
        ...Object.entries(faults).map(([kind, candidate]) => cell(kind, false, { candidate: candidate(baseline) })),
        ...Object.entries(innocents).map(([kind, inputOf]) => {
          const { graceSeconds, ...input } = inputOf(requestsPerSecond, baseline);
          return cell(kind, true, input, graceSeconds);
        }),
      ];
    }),
  );
}
