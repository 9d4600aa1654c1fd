/** A test that ran while no mutant was active. */
export interface CleanTest {
  readonly file: string;
  /** With the suites around it, as Vitest names it: `suite > test`. */
  readonly name: string;
  readonly milliseconds: number;
  /** The mutants that it came to. */
  readonly mutants: readonly number[];
}

/** The tests of one file that come to a mutant. */
export interface Covering {
  readonly file: string;
  readonly names: readonly string[];
  /** How long they took on the clean code, with what the file needs to start. */
  readonly milliseconds: number;
}

/** What a file of tests costs besides its tests. */
const START_MILLISECONDS = 300;

/** The most imports that still make a test a farther one. */
const FARTHEST = 8;

/**
 * The tests that come to a mutant, by file. The nearest and quickest come first: each import between test and mutant counts as if
 * the tests took twice as long.
 */
export function coveringTests(
  mutant: number,
  tests: readonly CleanTest[],
  distances: ReadonlyMap<string, number>,
): Covering[] {
  const byFile = Map.groupBy(
    tests.filter(({ mutants }) => mutants.includes(mutant)),
    ({ file }) => file,
  );
  const cost = ({ file, milliseconds }: Covering): number =>
    milliseconds * 2 ** Math.min(distances.get(file) ?? FARTHEST, FARTHEST);
  return [...byFile]
    .map(([file, those]) => ({
      file,
      names: those.map(({ name }) => name),
      milliseconds: those.reduce((sum, test) => sum + test.milliseconds, START_MILLISECONDS),
    }))
    .sort((a, b) => cost(a) - cost(b));
}
