/** A test that ran while no mutant was active. */
export interface CleanTest {
  /** With the suites around it, as Vitest names it: `suite > test`. */
  readonly name: string;
  readonly milliseconds: number;
  /** The mutants that it came to. */
  readonly mutants: readonly number[];
}

/** A file of tests that ran while no mutant was active. */
export interface CleanFile {
  readonly file: string;
  /** From start to end: with its imports, and with what it does outside of tests. */
  readonly milliseconds: number;
  readonly tests: readonly CleanTest[];
}

/** The tests of one file that come to a mutant. */
export interface Covering {
  readonly file: string;
  readonly names: readonly string[];
  /** How long they took on the clean code, with what the file needs to start. */
  readonly milliseconds: number;
}

/** The most imports that still make a test a farther one. */
const FARTHEST = 8;

/**
 * The tests that come to a mutant, by file. The nearest and quickest come first: each import between test and mutant counts as if
 * the tests took twice as long.
 */
export function coveringTests(
  mutant: number,
  files: readonly CleanFile[],
  distances: ReadonlyMap<string, number>,
): Covering[] {
  const cost = ({ file, milliseconds }: Covering): number =>
    milliseconds * 2 ** Math.min(distances.get(file) ?? FARTHEST, FARTHEST);
  return files
    .map((file) => withoutOthers(mutant, file))
    .filter(({ names }) => names.length > 0)
    .sort((a, b) => cost(a) - cost(b));
}

function withoutOthers(mutant: number, { file, milliseconds, tests }: CleanFile): Covering {
  const comesTo = ({ mutants }: CleanTest): boolean => mutants.includes(mutant);
  const saved = tests.filter((test) => !comesTo(test)).reduce((sum, test) => sum + test.milliseconds, 0);
  return { file, names: tests.filter(comesTo).map(({ name }) => name), milliseconds: milliseconds - saved };
}
