import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `probe` is true; a probe that throws is asked again. Throws after `ms`. */
export async function eventually(what: string, probe: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const giveUpAt = performance.now() + ms;
  for (let last: unknown; ; ) {
    try {
      if (await probe()) return;
    } catch (error) {
      last = error;
    }
    if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${ms} ms`, { cause: last });
    await sleep(10);
  }
}
