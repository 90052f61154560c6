import { setTimeout as sleep } from 'node:timers/promises';
import { Transient } from './errors.js';

/** Repeats work that is safe to repeat while it fails with `Transient`, for about `forMs`; then the failure is thrown. */
export async function retryTransient<T>(work: () => Promise<T>, forMs: number): Promise<T> {
  const until = Date.now() + forMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Transient) || Date.now() + pauseMs > until) throw error;
    }
    await sleep(pauseMs);
  }
}
