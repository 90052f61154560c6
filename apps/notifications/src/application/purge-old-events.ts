import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { AnnouncedRiskChanges } from './announced-risk-changes.js';
import { LiveStream } from './live-stream.js';

const dayMs = 86_400_000;
const keptDays = 30;

/** Drops live-stream events older than 30 days, at 03:00 UTC of the days on which there are any. */
@Injectable()
@RunsDueWork()
export class PurgeOldEvents implements DueWork {
  /** Events are appended in the order of time, so nothing makes it earlier. */
  private due: Date | null = null;

  constructor(
    private readonly stream: LiveStream,
    private readonly announced: AnnouncedRiskChanges,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date> {
    if (this.due === null) {
      const oldest = await this.stream.oldest();
      this.due = nextThreeOClock((oldest?.createdAt ?? this.clock.now()).getTime() + keptDays * dayMs);
    }
    return this.due;
  }

  async runDue(now: Date): Promise<void> {
    await this.stream.deleteBefore(new Date(now.getTime() - keptDays * dayMs));
    await this.announced.forgetOld();
    this.due = null;
  }
}

function nextThreeOClock(at: number): Date {
  const threeToday = Math.floor(at / dayMs) * dayMs + 3 * 3_600_000;
  return new Date(threeToday > at ? threeToday : threeToday + dayMs);
}
