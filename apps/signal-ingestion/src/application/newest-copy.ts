/**
 * What a store has, as it was read last, for those who cannot wait for it. Reads may overlap: an answer never takes
 * the place of one that was asked for later, or what was just made would be unknown again, and what was revoked known.
 */
export class NewestCopy<T> {
  private asked = 0;
  private held = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private copy: T,
    private readonly read: () => Promise<T>,
  ) {}

  get value(): T {
    return this.copy;
  }

  /** Reads it now: what was written before the call is in the copy after it. Where the read fails the last copy stays. */
  async refresh(): Promise<void> {
    const turn = ++this.asked;
    const copy = await this.read();
    if (turn < this.held) return;
    this.held = turn;
    this.copy = copy;
  }

  /** Reads it now, or throws, and from then on every `everyMs` (machine time) until `stop`: while the store is away the last copy stays. `look` may find that nothing changed. */
  async keep(everyMs: number, look: () => Promise<void> = () => this.refresh()): Promise<void> {
    await this.refresh();
    const plan = (): void => {
      if (this.stopped) return;
      // Away: the next turn asks again.
      this.timer = setTimeout(() => void look().then(plan, plan), everyMs);
      this.timer.unref();
    };
    plan();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
