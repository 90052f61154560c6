const firstMs = 100;
const mostMs = 5_000;

/** Growing pauses between tries: 100 ms doubling up to 5 s, each shortened at random by up to a third. */
export class Backoff {
  #next = firstMs;

  /** Waits; returns early when `signal` aborts. */
  async pause(signal: AbortSignal): Promise<void> {
    const ms = this.#next * (1 - Math.random() / 3);
    this.#next = Math.min(this.#next * 2, mostMs);
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }

  reset(): void {
    this.#next = firstMs;
  }
}
