import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import { Restatements } from './restatements.js';

/** Forgets restatements that were finished long ago. */
@Injectable()
@RunsDueWork()
export class PurgeRestatements extends DailyPurge {
  constructor(
    private readonly restatements: Restatements,
    clock: Clock,
    @Inject(CONFIG) { restatementsKeptDays }: SignalIngestionConfig,
  ) {
    super(clock, restatementsKeptDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.restatements.oldestDone();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.restatements.forgetDoneBefore(instant);
  }
}
