import { clock, count } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { figure, table } from '../parts/tables.ts';

/** How a policy did on some simulated traffic. Times are seconds, null if it never came to that. */
export interface Strategy {
  readonly name: string;
  /** Failures that the version before would not have had. */
  readonly excessFailures: number;
  readonly faultToRevert: number | null;
  readonly toFullTraffic: number | null;
  /** The share of the runs in which the candidate's traffic was taken back. */
  readonly rolledBack: number;
}

/** The same traffic under this policy, which comes first, and under others. */
export interface Comparison {
  readonly strategies: readonly Strategy[];
  /** How many times the traffic was drawn: of several, medians are told. */
  readonly seeds: number;
}

/** What the rollout would have cost under the policies of others. */
export const comparisonPart = ({ strategies, seeds }: Comparison): Html =>
  html`<p>The failed requests that the version before would not have had, if the same service had been released in another way: ${seeds === 1 ? 'on this traffic' : `the medians of ${count(seeds)} draws of the traffic`}, told as it stands an hour after the start or when the slowest one is over.</p>${table(
    'Under other policies',
    [
      'Policy',
      { figure: 'Failed in excess' },
      '',
      { figure: 'Fault to revert' },
      { figure: 'To all traffic' },
      { figure: 'Taken back' },
    ],
    strategies.map(
      ({ name, excessFailures, faultToRevert, toFullTraffic, rolledBack }, index) =>
        html`<tr${index === 0 && html` class="first"`}><td>${name}</td>${figure(count(excessFailures))}<td><span class="bar" style="width:${widthOf(excessFailures, strategies)}px"></span></td>${figure(timeOf(faultToRevert))}${figure(timeOf(toFullTraffic))}${figure(`${Math.round(rolledBack * 100)} %`)}</tr>`,
    ),
  )}`;

/** The longest bar, in pixels. */
const LONGEST = 110;

/** So many failures are a long bar at least: fewer are noise. */
const NOISE = 20;

const widthOf = (value: number, all: readonly Strategy[]): number => {
  const most = Math.max(NOISE, ...all.map(({ excessFailures }) => excessFailures));
  return Math.round((Math.max(0, value) / most) * LONGEST);
};

const timeOf = (seconds: number | null): string => (seconds === null ? '–' : clock(seconds));
