/**
 * One stretch of membership, from a join of the group to the next rebalance: the partitions owned, and
 * whether that still holds.
 */
export class Assignment {
  readonly #ended = new AbortController();
  /** Partitions whose position lies outside of the log; they are paused and looked after one by one. */
  readonly outside = new Set<number>();
  /** Resolves once the owner is told of the partitions, or the assignment ended. */
  welcomed: Promise<void> = Promise.resolve();

  constructor(readonly partitions: readonly number[]) {}

  /** Aborts when the partitions are owned no longer. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get current(): boolean {
    return !this.#ended.signal.aborted;
  }

  end(): void {
    this.#ended.abort();
  }
}
