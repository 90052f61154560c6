import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { NotificationsConfig } from '../config.js';
import { AnnouncedRiskChanges } from './announced-risk-changes.js';
import { DeliveryQueue } from './delivery-queue.js';
import { LiveStream } from './live-stream.js';

/** Drops settled deliveries and live-stream events that are older than they are kept. */
@Injectable()
@RunsDueWork()
export class PurgeOldEvents extends DailyPurge {
  constructor(
    private readonly stream: LiveStream,
    private readonly deliveries: DeliveryQueue,
    private readonly announced: AnnouncedRiskChanges,
    clock: Clock,
    @Inject(CONFIG) { keptDays }: NotificationsConfig,
  ) {
    super(clock, keptDays);
  }

  protected async oldest(): Promise<Date | null> {
    const [event, delivery] = await Promise.all([this.stream.oldest(), this.deliveries.oldestSettled()]);
    const found = [event?.createdAt, delivery].filter((at) => at !== undefined && at !== null);
    return found.length === 0 ? null : new Date(Math.min(...found.map((at) => at.getTime())));
  }

  protected async forgetBefore(instant: Date): Promise<void> {
    await this.stream.deleteBefore(instant);
    await this.deliveries.forgetSettledBefore(instant);
    await this.announced.forgetOld();
  }
}
