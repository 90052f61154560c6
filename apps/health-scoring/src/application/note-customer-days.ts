import { Injectable } from '@nestjs/common';
import type { signalsTopic } from '@perennial/contracts/topics';
import type { EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { customerDayOf, sameDay, type CustomerDay } from '../domain/backtest/customer-day.js';
import { OutcomeStore } from './outcome-store.js';

/** Keeps on which days a customer was spoken to and answered, for backtests: one statement for a chunk that has such signals, none for any other. */
@Injectable()
export class NoteCustomerDays {
  constructor(private readonly store: OutcomeStore) {}

  async note(tx: Transaction, { events }: EventBatch<typeof signalsTopic>): Promise<void> {
    const forgotten = new Set<string>();
    const days = new Map<string, CustomerDay>();
    for (const event of events) {
      if (event.type === 'perennial.account.reset.v1') {
        forgotten.add(event.key);
        for (const [key, { accountId }] of days) if (accountId === event.key) days.delete(key);
      }
      const day = 'kind' in event.data ? customerDayOf(event.data) : null;
      if (day === null) continue;
      const key = `${day.day} ${day.accountId}`;
      const known = days.get(key);
      days.set(key, known === undefined ? day : sameDay(known, day));
    }
    if (forgotten.size + days.size > 0) await this.store.keepDays(tx, [...forgotten], [...days.values()]);
  }
}
