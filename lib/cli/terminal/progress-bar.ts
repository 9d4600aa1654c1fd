import type { Progress } from '../../operations/progress.ts';
import { CLEAR_LINE, type Terminal } from './terminal.ts';

/** Shows how far a long reading has come, on standard error; on a terminal in one line that is gone at the end. */
export class ProgressBar {
  readonly #err: NodeJS.WriteStream;
  readonly #what: string;
  #done = 0;

  constructor({ err }: Terminal, what: string) {
    this.#err = err;
    this.#what = what;
  }

  /** One more is done. */
  step(of?: number): void {
    this.#done++;
    const line = `${this.#what}: ${this.#done}${of === undefined ? '' : ` of ${of}`}`;
    if (this.#err.isTTY) this.#err.write(`${CLEAR_LINE}${line}`);
    else if (this.#done % 50 === 0) this.#err.write(`${line}\n`);
  }

  end(): void {
    if (this.#err.isTTY && this.#done > 0) this.#err.write(CLEAR_LINE);
  }
}

/** Shows the progress of an operation until it has an answer. */
export async function showingProgress<T>(
  terminal: Terminal,
  operation: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const bars = new Map<string, ProgressBar>();
  try {
    return await operation(({ what, total }) => {
      const bar = bars.get(what) ?? new ProgressBar(terminal, what);
      bars.set(what, bar);
      bar.step(total);
    });
  } finally {
    for (const bar of bars.values()) bar.end();
  }
}
