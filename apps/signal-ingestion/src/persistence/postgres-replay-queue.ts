import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { ReplayQueue } from '../application/replay-queue.js';

@Injectable()
export class PostgresReplayQueue extends ReplayQueue {
  constructor(private readonly database: Database) {
    super();
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ due: Date | null }>({ name: 'next-replay', text: 'SELECT min(created_at) AS due FROM replay' });
    return row?.due ?? null;
  }

  async claim(tx: Transaction): Promise<string | null> {
    const [row] = await tx.query<{ person_key: string }>({ name: 'claim-replay', text: 'SELECT person_key FROM replay ORDER BY created_at, person_key LIMIT 1 FOR UPDATE SKIP LOCKED' });
    return row?.person_key ?? null;
  }

  async done(tx: Transaction, key: string): Promise<void> {
    await tx.query({ name: 'replay-done', text: 'DELETE FROM replay WHERE person_key = $1', values: [key] });
  }
}
