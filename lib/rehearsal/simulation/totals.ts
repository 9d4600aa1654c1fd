import { CANDIDATE, STABLE } from '../names.ts';
import type { World } from '../world/world.ts';

const nothing = { requests: 0, failures: 0 };

/** The requests and failures of the stable version and of the candidate so far. */
export const totalsOf = ({ totals }: World) => [totals[STABLE] ?? nothing, totals[CANDIDATE] ?? nothing] as const;
