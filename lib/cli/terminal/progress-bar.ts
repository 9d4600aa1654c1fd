import type { Terminal } from './terminal.ts';

/** Tells how far a long reading has come, on standard error of a terminal; in one line that is gone at the end. */
export class ProgressBar {
  readonly #err: NodeJS.WriteStream;
  readonly #what: string;
  #done = 0;

  constructor({ err }: Terminal, what: string) {
    this.#err = err;
    this.#what = what;
  }

  /** One more is read. */
  step(of?: number): void {
    this.#done++;
    const line = `${this.#what}: ${this.#done}${of === undefined ? '' : ` of ${of}`}`;
    if (this.#err.isTTY) this.#err.write(`\r\x1b[2K${line}`);
    else if (this.#done % 50 === 0) this.#err.write(`${line}\n`);
  }

  end(): void {
    if (this.#err.isTTY && this.#done > 0) this.#err.write('\r\x1b[2K');
  }
}
