/** Work that was begun and that nobody waits for at once. A rehearsal is not over before all of it is done. */
export class BackgroundWork {
  readonly #underWay = new Set<Promise<unknown>>();

  /** Follows work until it is done, even if it fails. */
  add(work: Promise<unknown> = Promise.resolve()): void {
    const followed = work.catch(() => {}).finally(() => this.#underWay.delete(followed));
    this.#underWay.add(followed);
  }

  get isDone(): boolean {
    return this.#underWay.size === 0;
  }

  /** Waits for the work that is under way now. */
  async finished(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}
