import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import { dayOf, startOf } from '../domain/time/day.js';
import { DayStore } from './day-store.js';

/** Forgets what was read of accounts once the setting says so; the days' scores stay as they were shown. */
@Injectable()
@RunsDueWork()
export class ForgetReadings extends DailyPurge {
  constructor(
    @Inject(CONFIG) config: HealthScoringConfig,
    clock: Clock,
    private readonly database: Database,
    private readonly store: DayStore,
  ) {
    super(clock, config.readingsKeptDays);
  }

  protected async oldest(): Promise<Date | null> {
    const day = await this.store.keptSince(this.database);
    return day === null ? null : new Date(startOf(day));
  }

  protected async forgetBefore(instant: Date): Promise<void> {
    for (let isMore = true; isMore; ) isMore = await this.store.forgetSome(this.database, dayOf(instant.getTime()));
  }
}
