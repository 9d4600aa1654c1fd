/** An answer that is being read or was read, and when it was asked for, in seconds. */
interface Kept<Value> {
  readonly answer: Promise<Value>;
  readonly since: number;
}

/**
 * Answers that several questions share, such as those of the events that one execution environment handles. Whoever asks while an answer is on its way gets the same one.
 * A failure is not kept, nor is an answer that `keeps` refuses.
 */
export class Memo<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #seconds: number;
  readonly #most: number;
  readonly #keeps: (answer: Value) => boolean;

  /**
   * @param seconds how long an answer is used after it was asked for; as long as the memo lives if left out
   * @param most so many answers are kept, the newest ones; all if left out
   * @param keeps whether an answer may be used again
   */
  constructor(seconds = Infinity, most = Infinity, keeps: (answer: Value) => boolean = () => true) {
    this.#seconds = seconds;
    this.#most = most;
    this.#keeps = keeps;
  }

  /** The answer for a key, read if none is kept. `now` is in seconds. */
  get(key: string, now: number, read: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key);
    // A clock that was set back is no reason to keep an answer for longer.
    if (kept && now >= kept.since && now < kept.since + this.#seconds) return kept.answer;
    return this.refresh(key, now, read);
  }

  /** Reads the answer, whatever is kept. */
  refresh(key: string, now: number, read: () => Promise<Value>): Promise<Value> {
    const entry = { answer: read(), since: now };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    const drop = () => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
    };
    entry.answer.then((answer) => this.#keeps(answer) || drop(), drop);
    return entry.answer;
  }
}
