/** A wait that others can end early. A wake while nobody waits ends the next wait at once. */
export class WakeSignal {
  private woken = false;
  private resume: (() => void) | null = null;

  wake(): void {
    this.woken = true;
    this.resume?.();
  }

  /** Resolves at the next wake, or after `ms`; true when it was woken. */
  async wait(ms: number): Promise<boolean> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.resume = null;
    }
    const { woken } = this;
    this.woken = false;
    return woken;
  }
}
