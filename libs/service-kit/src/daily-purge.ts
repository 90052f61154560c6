import type { Clock } from './clock.js';
import type { DueWork } from './due-work.js';

const dayMs = 86_400_000;

/** Forgets what is older than it is kept, at 03:00 UTC of the days on which there is any. */
export abstract class DailyPurge implements DueWork {
  /** What comes new is younger than all that is there, so nothing makes it earlier. */
  private due: Date | null = null;
  private lastRun = 0;

  constructor(
    private readonly clock: Clock,
    private readonly keptDays: number,
  ) {}

  /** When the oldest came that may be forgotten; null: there is none. */
  protected abstract oldest(): Promise<Date | null>;
  protected abstract forgetBefore(instant: Date): Promise<void>;

  async nextDueAt(): Promise<Date> {
    if (this.due === null) {
      const now = this.clock.now().getTime();
      const oldest = Math.min((await this.oldest())?.getTime() ?? now, now);
      // What was not forgotten in spite of its age is looked at again on the next day, not at once.
      this.due = nextThreeOClock(Math.max(oldest + this.keptDays * dayMs, this.lastRun));
    }
    return this.due;
  }

  async runDue(now: Date): Promise<void> {
    await this.forgetBefore(new Date(now.getTime() - this.keptDays * dayMs));
    this.lastRun = now.getTime();
    this.due = null;
  }
}

function nextThreeOClock(at: number): Date {
  const threeToday = Math.floor(at / dayMs) * dayMs + 3 * 3_600_000;
  return new Date(threeToday > at ? threeToday : threeToday + dayMs);
}
