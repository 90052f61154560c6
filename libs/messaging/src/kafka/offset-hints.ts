const storeEveryMs = 1_000;

/**
 * Offsets worked that the group does not know of yet. What the group stores is a hint: one request a second for all
 * partitions of a member will do, and what is lost costs a few records read twice.
 */
export class OffsetHints {
  readonly #reached = new Map<number, bigint>();
  readonly #timer: NodeJS.Timeout;
  #storing: Promise<void> | null = null;

  /** `commit` throws when the offsets were not stored and shall be tried again. */
  constructor(private readonly commit: (offsets: ReadonlyMap<number, bigint>) => Promise<void>) {
    this.#timer = setInterval(() => void (this.#storing ?? this.store()), storeEveryMs);
  }

  reached(partition: number, offset: bigint): void {
    this.#reached.set(partition, offset);
  }

  /** Forgets all but these partitions; answers what is not stored of them. */
  keep(partitions: readonly number[]): ReadonlyMap<number, bigint> {
    for (const partition of this.#reached.keys()) if (!partitions.includes(partition)) this.#reached.delete(partition);
    return this.#reached;
  }

  forget(partition: number): void {
    this.#reached.delete(partition);
  }

  /** Stores what is reached by now, one request after the other. Never throws. */
  store(): Promise<void> {
    const mine = (this.#storing ?? Promise.resolve()).then(() => this.#storeNow()).finally(() => {
      if (this.#storing === mine) this.#storing = null;
    });
    this.#storing = mine;
    return mine;
  }

  async #storeNow(): Promise<void> {
    if (this.#reached.size === 0) return;
    const offsets = new Map(this.#reached);
    try {
      await this.commit(offsets);
    } catch {
      return;
    }
    for (const [partition, offset] of offsets) if (this.#reached.get(partition) === offset) this.#reached.delete(partition);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
