import type { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Clock } from '../clock.js';
import { RunsDueWork, type DueWork } from '../due-work.js';

const hourMs = 3_600_000;

/** Forgets dead letters whose record was taken out of the log, e.g. because a person was erased: looks every hour while there are any letters. */
@RunsDueWork()
export class EraseDeadLetters implements DueWork {
  /** When it looked last, or saw that there are letters; null: there are none. */
  private lookedAt: number | null = null;

  constructor(
    private readonly letters: DeadLetters,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    if (!(await this.letters.mayBeErased())) {
      this.lookedAt = null;
      return null;
    }
    this.lookedAt ??= this.clock.now().getTime();
    return new Date(this.lookedAt + hourMs);
  }

  async runDue(now: Date): Promise<void> {
    await this.letters.forgetErased();
    this.lookedAt = now.getTime();
  }
}
