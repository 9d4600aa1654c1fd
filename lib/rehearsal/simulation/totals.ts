import type { Totals } from '../world/world.ts';
import type { SimulatedMember } from './member.ts';

const nothing = { requests: 0, failures: 0 };

/** The requests and failures of the stable versions and of the candidates of members so far. */
export const totalsOf = (
  members: readonly Pick<SimulatedMember, 'world' | 'versions'>[],
): readonly [Totals, Totals] => {
  const of = (role: 'stable' | 'candidate') =>
    members.map(({ world, versions }) => world.totals[versions[role]] ?? nothing).reduce(sum, nothing);
  return [of('stable'), of('candidate')];
};

const sum = (a: Totals, b: Totals): Totals => ({
  requests: a.requests + b.requests,
  failures: a.failures + b.failures,
});
