import { posix } from 'node:path';

/** Which modules a source takes values from: those of its own package, as paths relative to it. */
export const importsOf = (file: string, source: string): string[] =>
  [...source.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?'(\.{1,2}\/[^']+)'|import\('(\.{1,2}\/[^']+)'\)/gm)].map(
    ([, stated, called]) => posix.join(posix.dirname(file), String(stated ?? called)),
  );

/** How many imports lie between a module and those that come to it: 0 for itself. Whoever is missing does not reach it. */
export function distancesTo(file: string, sources: ReadonlyMap<string, string>): Map<string, number> {
  const importers = Map.groupBy(
    [...sources].flatMap(([from, source]) => importsOf(from, source).map((to) => ({ from, to }))),
    ({ to }) => to,
  );
  const distances = new Map([[file, 0]]);
  for (const [reached, distance] of distances) {
    for (const { from } of importers.get(reached) ?? []) {
      if (!distances.has(from)) distances.set(from, distance + 1);
    }
  }
  return distances;
}
