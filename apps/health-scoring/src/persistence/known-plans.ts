import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { NewerFormat } from '../domain/codec/newer-format.js';
import { dayPlanOf, type DayPlan } from '../domain/days/reading-plan.js';
import { readingPlans } from './packed-book.js';

/** By what days were read, as far as it was asked for. */
@Injectable()
export class KnownPlans {
  readonly byId = new Map<number, DayPlan>();

  constructor(private readonly database: Database) {}

  /** Runs `unpack`, and after any RangeError once more with all plans there are: one that is not known came since they were read. Throws what the second run throws. */
  async unpack<T>(unpack: () => T, sql: Sql = this.database): Promise<T> {
    try {
      return unpack();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      await this.learn(sql);
      return unpack();
    }
  }

  /** As `unpack`, one by one: null in the place of what this version cannot read even then. */
  async unpackEach<R, T>(rows: readonly R[], unpack: (row: R) => T, sql: Sql = this.database): Promise<(T | null)[]> {
    const unpackAll = (): (T | null)[] => rows.map((row) => unlessUnreadable(() => unpack(row)));
    const unpacked = unpackAll();
    if (!unpacked.includes(null)) return unpacked;
    await this.learn(sql);
    return unpackAll();
  }

  /** A plan never changes. */
  private async learn(sql: Sql): Promise<void> {
    for (const { id, keys } of await readingPlans(sql)) if (!this.byId.has(id)) this.byId.set(id, dayPlanOf(id, keys));
  }
}

function unlessUnreadable<T>(unpack: () => T): T | null {
  try {
    return unpack();
  } catch (error) {
    if (error instanceof RangeError || error instanceof NewerFormat) return null;
    throw error;
  }
}
