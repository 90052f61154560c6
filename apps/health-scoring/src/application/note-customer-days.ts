import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { customerDayOf, sameDay, type CustomerDay } from '../domain/backtest/customer-day.js';
import { OutcomeStore } from './outcome-store.js';
import type { SinceReset } from './since-reset.js';

/** Keeps on which days a customer was spoken to and answered, for backtests: one statement for a chunk that has such signals, none for any other. */
@Injectable()
export class NoteCustomerDays {
  constructor(private readonly store: OutcomeStore) {}

  async note(tx: Transaction, { reset, events }: SinceReset): Promise<void> {
    const days = new Map<string, CustomerDay>();
    for (const { data } of events) {
      const day = 'kind' in data ? customerDayOf(data) : null;
      if (day === null) continue;
      const key = `${day.day} ${day.accountId}`;
      const known = days.get(key);
      days.set(key, known === undefined ? day : sameDay(known, day));
    }
    if (reset.length + days.size > 0) await this.store.keepDays(tx, reset, [...days.values()]);
  }
}
