import { createRandom } from '../../lib/rehearsal/world/random.ts';
import type { Mutant } from './mutants.ts';

/**
 * Draws `size` of the mutants, each as likely as any other. A mutant's rank depends on the seed and its own name alone, so that a
 * change elsewhere, or a file that moves, leaves the rest of the sample as it is.
 */
export function sampleOf(mutants: readonly Mutant[], size: number, seed: number): Mutant[] {
  const random = createRandom(seed);
  return mutants
    .map((mutant) => ({ mutant, rank: random.fork(mutant.name).next() }))
    .sort((a, b) => a.rank - b.rank || (a.mutant.file < b.mutant.file ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant);
}
