import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { SimulationStore } from './simulation-store.js';

/** How long the outcome can be read. */
const keptDays = 90;

/** Forgets simulations that ended long ago, whichever way. */
@Injectable()
@RunsDueWork()
export class ForgetSimulations extends DailyPurge {
  constructor(
    clock: Clock,
    private readonly database: Database,
    private readonly store: SimulationStore,
  ) {
    super(clock, keptDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.store.oldestEnd();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.store.forgetBefore(this.database, instant);
  }
}
