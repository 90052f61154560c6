import type { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Clock } from '../clock.js';
import { DailyPurge } from '../daily-purge.js';
import { RunsDueWork } from '../due-work.js';

/** Forgets dead letters that were replayed or superseded long ago; those that are `dead` are kept. */
@RunsDueWork()
export class PurgeDeadLetters extends DailyPurge {
  constructor(
    private readonly letters: DeadLetters,
    clock: Clock,
    private readonly days: number,
  ) {
    super(clock, days);
  }

  protected oldest(): Promise<Date | null> {
    return this.letters.oldestSettled();
  }

  /** By machine time, as the log's own retention goes; a test clock may be ahead of it. */
  protected forgetBefore(): Promise<void> {
    return this.letters.forgetSettled(this.days);
  }
}
