import type { Behaviour, Incident } from './scenario.ts';

/** Requests that arrive at a constant rate: exactly `requestsPerSecond` on average, whole ones in each second. */
export const arrivalsIn = (second: number, requestsPerSecond: number): number =>
  Math.floor((second + 1) * requestsPerSecond + 1e-9) - Math.floor(second * requestsPerSecond + 1e-9);

/**
 * The probability that a request of a version fails by the version's own fault: that of the worst fault which applies, or its
 * usual rate.
 *
 * @param sinceFirstTraffic seconds since the version's first traffic: the clock of its faults
 * @param weight the version's weight in percent
 */
export function ownErrorRate({ errorRate, faults }: Behaviour, sinceFirstTraffic: number, weight: number): number {
  const applying = faults.filter((fault) =>
    fault.afterSeconds === undefined ? weight > (fault.aboveWeight ?? 100) : sinceFirstTraffic >= fault.afterSeconds,
  );
  return applying.length === 0 ? errorRate : Math.max(...applying.map((fault) => fault.errorRate));
}

/** The probability that a request fails by what hits both versions. */
export const incidentRate = (incidents: readonly Incident[], second: number): number =>
  1 -
  incidents
    .filter(({ fromSecond, forSeconds }) => second >= fromSecond && second < fromSecond + forSeconds)
    .reduce((spared, { errorRate }) => spared * (1 - errorRate), 1);

/** Two independent causes of failure together. */
export const either = (a: number, b: number): number => 1 - (1 - a) * (1 - b);
