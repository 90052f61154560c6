import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { dayPlanOf, type DayPlan } from '../domain/days/reading-plan.js';
import { readingPlans } from './packed-book.js';

/** By what days were read, as far as it was asked for. */
@Injectable()
export class KnownPlans {
  readonly byId = new Map<number, DayPlan>();

  constructor(private readonly database: Database) {}

  /** A plan never changes; one that is not known came since they were read. */
  async unpack<T>(unpack: () => T, sql: Sql = this.database): Promise<T> {
    try {
      return unpack();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      for (const { id, keys } of await readingPlans(sql)) if (!this.byId.has(id)) this.byId.set(id, dayPlanOf(id, keys));
      return unpack();
    }
  }
}
