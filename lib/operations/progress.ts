/** How far an operation with many calls has come. */
export interface Progress {
  /** The things that are counted, such as `executions read`. */
  readonly what: string;
  /** How many of them are done. */
  readonly done: number;
  /** How many there are; undefined if that is not known. */
  readonly total: number | undefined;
}

/** A request whose operation may take many calls. */
export interface ProgressRequest {
  /**
   * Is called after each of the calls.
   *
   * @default nothing is called
   */
  readonly onProgress?: (progress: Progress) => void;
}

/** Counts the steps of an operation for a callback. */
export function counter(
  onProgress: ((progress: Progress) => void) | undefined,
  what: string,
  total?: number,
): () => void {
  let done = 0;
  return () => onProgress?.({ what, done: ++done, total });
}
