/** How an alias divides its traffic. */
export interface Routing {
  /** The version that gets the traffic which no weight takes. */
  readonly functionVersion: string;
  /** Further versions and their share as Lambda keeps it, 0.0 to 1.0. Empty if the alias serves one version. */
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

/** An alias as it was read. */
export interface AliasState extends Routing {
  readonly description: string;
  /** Changes at every write, also at one that changes nothing. */
  readonly revisionId: string;
  /** When it was read, in seconds since 1970. A description that tells of a later start was written by no rollout. */
  readonly readAt?: number;
}

/** All traffic to one version. */
export const allTrafficTo = (version: string): Routing => ({ functionVersion: version, additionalVersionWeights: {} });

/** The candidate gets `weight` percent, the stable version the rest. Weight 0 is the stable version alone. */
export function split(stable: string, candidate: string, weight: number): Routing {
  return weight === 0
    ? allTrafficTo(stable)
    : { functionVersion: stable, additionalVersionWeights: { [candidate]: weight / 100 } };
}

/** Whether two routings send traffic alike. Weights are doubles, so they are compared to a hundredth of a percent. */
export function sameRouting(a: Routing, b: Routing): boolean {
  const versions = new Set([...Object.keys(a.additionalVersionWeights), ...Object.keys(b.additionalVersionWeights)]);
  return (
    a.functionVersion === b.functionVersion &&
    [...versions].every(
      (version) =>
        basisPoints(a.additionalVersionWeights[version]) === basisPoints(b.additionalVersionWeights[version]),
    )
  );
}

/** The share of a version in percent, whichever field of the alias it stands in. */
export function shareOf(version: string, routing: Routing): number {
  const weights = routing.additionalVersionWeights;
  const share =
    routing.functionVersion === version
      ? 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0)
      : (weights[version] ?? 0);
  return basisPoints(share) / 100;
}

/** Every version that the alias names, also with a weight of 0. */
export const servedBy = (routing: Routing): readonly string[] => [
  routing.functionVersion,
  ...Object.keys(routing.additionalVersionWeights),
];

/** Whether the alias splits its traffic at all. */
export const carriesWeights = (routing: Routing): boolean =>
  Object.values(routing.additionalVersionWeights).some((weight) => basisPoints(weight) > 0);

/** A routing in the words a person on call reads: `41` or `41 with 10 % to 42`. */
export function routingInWords(routing: Routing): string {
  const shares = Object.entries(routing.additionalVersionWeights).map(
    ([version, weight]) => `${basisPoints(weight) / 100} % to ${version}`,
  );
  return shares.length === 0 ? routing.functionVersion : `${routing.functionVersion} with ${shares.join(', ')}`;
}

/** A routing in the words of contracts: weights in percent. */
export const inPercent = ({ functionVersion, additionalVersionWeights }: Routing) => ({
  functionVersion,
  additionalVersionWeights: Object.fromEntries(
    Object.entries(additionalVersionWeights).map(([version, weight]) => [version, basisPoints(weight) / 100]),
  ),
});

const basisPoints = (weight: number | undefined): number => Math.round((weight ?? 0) * 10_000);
