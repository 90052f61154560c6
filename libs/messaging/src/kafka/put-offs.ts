import { Backoff } from '../backoff.js';

/** Where nothing went through for so long, it is no single partition that is at fault. */
const outageMs = 2_000;

/**
 * Partitions whose handler refuses its batch again and again: each waits longer and longer. What nobody could do without,
 * e.g. the database, is there for all once one of them goes through: then nobody waits any more.
 */
export class PutOffs {
  readonly #backoffs = new Map<number, Backoff>();
  #lastSuccess = performance.now();
  #recovered = new AbortController();

  /** Resolves when the partition is to be tried again, or `signal` aborts. */
  async pause(partition: number, signal: AbortSignal): Promise<void> {
    let backoff = this.#backoffs.get(partition);
    if (!backoff) this.#backoffs.set(partition, (backoff = new Backoff()));
    const isOutage = performance.now() - this.#lastSuccess >= outageMs;
    await backoff.pause(isOutage ? AbortSignal.any([signal, this.#recovered.signal]) : signal);
  }

  /** A batch of the partition went through. */
  succeeded(partition: number): void {
    this.#lastSuccess = performance.now();
    if (this.#backoffs.size === 0) return;
    this.#backoffs.delete(partition);
    this.#recovered.abort();
    this.#recovered = new AbortController();
  }
}
