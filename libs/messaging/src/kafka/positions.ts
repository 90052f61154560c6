import type { Watermarks } from '../event-log.js';

/** Where the partitions of one topic stand, for one member of a group. */
export class Positions {
  readonly #next = new Map<number, bigint>();
  readonly #low = new Map<number, bigint>();

  constructor(private readonly ask: () => Promise<Watermarks[]>) {}

  /** Where a partition stood last, owned now or not: the log once reached that far. */
  next(partition: number): bigint | undefined {
    return this.#next.get(partition);
  }

  move(partition: number, offset: bigint): void {
    this.#next.set(partition, offset);
  }

  /** A copy, to compare with later. */
  remembered(): ReadonlyMap<number, bigint> {
    return new Map(this.#next);
  }

  /** Low watermark as last asked for. */
  low(partition: number): bigint {
    return this.#low.get(partition) ?? 0n;
  }

  async refresh(): Promise<Watermarks[]> {
    const marks = await this.ask();
    for (const { partition, low } of marks) this.#low.set(partition, low);
    return marks;
  }

  /** Where records are missing before `first`, the owner will ask whether they expired: have the answer fresh. */
  async noticeGap(partition: number, first: bigint): Promise<void> {
    const expected = this.#next.get(partition);
    if (this.#low.has(partition) && (expected === undefined || first <= expected)) return;
    await this.refresh().catch(() => undefined);
  }
}
