import type { CleanFile } from '../coverage.ts';
import type { NumberedEdit } from '../weave.ts';

/** What a worker is started with. */
export interface Setting {
  /** The folder of the package, absolute. */
  readonly root: string;
  /** The edits by file, relative to the package. */
  readonly edits: Readonly<Record<string, readonly NumberedEdit[]>>;
}

/** One file of tests to run. */
export interface Request {
  readonly file: string;
  /** Only these tests; all of them if absent. */
  readonly names?: readonly string[];
  /** The mutant that is active; -1 for none. */
  readonly mutant: number;
}

/** A test that failed, or the file if it did not load. */
export interface Failure {
  readonly test: string;
  readonly message: string;
}

/** What a file of tests did. */
export interface Answer extends CleanFile {
  readonly failures: readonly Failure[];
}
