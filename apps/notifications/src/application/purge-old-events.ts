import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { NotificationsConfig } from '../config.js';
import { AnnouncedRiskChanges } from './announced-risk-changes.js';
import { DeliveryQueue } from './delivery-queue.js';
import { LiveStream } from './live-stream.js';

const dayMs = 86_400_000;

/** Drops settled deliveries and live-stream events that are older than they are kept, at 03:00 UTC of the days on which there are any. */
@Injectable()
@RunsDueWork()
export class PurgeOldEvents implements DueWork {
  /** Both are written in the order of time, so nothing makes it earlier. */
  private due: Date | null = null;

  constructor(
    private readonly stream: LiveStream,
    private readonly deliveries: DeliveryQueue,
    private readonly announced: AnnouncedRiskChanges,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  async nextDueAt(): Promise<Date> {
    if (this.due === null) {
      const [event, delivery] = await Promise.all([this.stream.oldest(), this.deliveries.oldestSettled()]);
      const oldest = Math.min(...[event?.createdAt, delivery, this.clock.now()].flatMap((at) => (at ? [at.getTime()] : [])));
      this.due = nextThreeOClock(oldest + this.config.keptDays * dayMs);
    }
    return this.due;
  }

  async runDue(now: Date): Promise<void> {
    const before = new Date(now.getTime() - this.config.keptDays * dayMs);
    await this.stream.deleteBefore(before);
    await this.deliveries.forgetSettledBefore(before);
    await this.announced.forgetOld();
    this.due = null;
  }
}

function nextThreeOClock(at: number): Date {
  const threeToday = Math.floor(at / dayMs) * dayMs + 3 * 3_600_000;
  return new Date(threeToday > at ? threeToday : threeToday + dayMs);
}
