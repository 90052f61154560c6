/** A step of the story that did not happen. */
export class StoryBroke extends Error {
  override readonly name = 'StoryBroke';

  constructor(
    readonly step: string,
    readonly detail: string,
  ) {
    super(`${step}: ${detail}`);
  }
}

/** Asks `probe` until it answers; breaks the story when that takes longer than `withinMs`. */
export async function until<T>(step: string, withinMs: number, signal: AbortSignal, probe: () => Promise<T | null> | T | null): Promise<T> {
  const start = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const found = await probe();
    if (found !== null) return found;
    if (performance.now() - start > withinMs) throw new StoryBroke(step, `did not happen within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Breaks the story where something in it is not so. */
export function mustBe(holds: boolean, step: string, detail: string): asserts holds {
  if (!holds) throw new StoryBroke(step, detail);
}
