import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import { MessageStore } from './message-store.js';

const dayMs = 86_400_000;
const againMs = 7 * dayMs;

/** Forgets the weeks of messages that are older than they are kept, when the oldest is and weekly from then on. */
@Injectable()
@RunsDueWork()
export class PurgeOldMessages implements DueWork {
  private due: Date | null = null;

  constructor(
    private readonly messages: MessageStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  async nextDueAt(): Promise<Date> {
    if (this.due === null) {
      const oldest = (await this.messages.oldestWeekEnd()) ?? this.clock.now();
      this.due = new Date(oldest.getTime() + this.config.signalsKeptDays * dayMs);
    }
    return this.due;
  }

  async runDue(now: Date): Promise<void> {
    await this.messages.forgetWeeks(this.config.signalsKeptDays);
    // Weeks go by machine time, and a test clock may be ahead of it: whatever was forgotten, not before next week.
    this.due = new Date(now.getTime() + againMs);
  }
}
