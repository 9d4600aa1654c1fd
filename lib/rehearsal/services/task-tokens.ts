/** The tokens of Tasks that wait for an answer. Each is answered once. */
export class TaskTokens {
  readonly #waiting = new Map<string, PromiseWithResolvers<unknown>>();
  #issued = 0;

  issue(execution: string): string {
    this.#issued++;
    return `token-${execution}-${this.#issued}`;
  }

  /** Waits until a token is sent back. */
  expect(token: string): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    answer.promise.catch(() => {});
    this.#waiting.set(token, answer);
    return answer.promise;
  }

  /** Whether any Task waits. One that has timed out counts as well. */
  get anyWaits(): boolean {
    return this.#waiting.size > 0;
  }

  isWaiting(token: string): boolean {
    return this.#waiting.has(token);
  }

  /** SendTaskSuccess. */
  succeed(token: string, output: unknown): void {
    this.#take(token)?.resolve(structuredClone(output));
  }

  /** SendTaskFailure. */
  fail(token: string, error: string | null, cause: string | null): void {
    this.#take(token)?.reject(Object.assign(new Error(cause ?? ''), { name: error ?? '' }));
  }

  #take(token: string): PromiseWithResolvers<unknown> | undefined {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    return waiting;
  }
}
