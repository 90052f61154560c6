import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import { RejectedStore } from './rejected-store.js';

/** Forgets what could not be taken once nobody is likely to mend it any more. */
@Injectable()
@RunsDueWork()
export class PurgeRejected extends DailyPurge {
  constructor(
    private readonly rejected: RejectedStore,
    clock: Clock,
    @Inject(CONFIG) { rejectedKeptDays }: SignalIngestionConfig,
  ) {
    super(clock, rejectedKeptDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.rejected.oldest();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.rejected.forgetBefore(instant);
  }
}
