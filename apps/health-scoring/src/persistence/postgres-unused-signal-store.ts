import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { UnusedSignalStore, type UnusedOfAccount, type UnusedSignals } from '../application/unused-signals.js';

@Injectable()
export class PostgresUnusedSignalStore extends UnusedSignalStore {
  constructor(private readonly database: Database) {
    super();
  }

  async fold(tx: Transaction, cleared: readonly string[], more: readonly UnusedOfAccount[]): Promise<void> {
    if (cleared.length > 0) await tx.query({ name: 'clear-unused', text: 'DELETE FROM unused_signal WHERE account_id = ANY($1::text[])', values: [cleared] });
    if (more.length === 0) return;
    await tx.query({
      name: 'add-unused',
      text: `INSERT INTO unused_signal AS known (account_id, kind, reason, count, last_signal_id, last_at) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
             ON CONFLICT (account_id, kind, reason) DO UPDATE SET count = known.count + excluded.count, last_at = greatest(known.last_at, excluded.last_at),
               last_signal_id = CASE WHEN excluded.last_at >= known.last_at THEN excluded.last_signal_id ELSE known.last_signal_id END`,
      values: [more.map((m) => m.accountId), more.map((m) => m.kind), more.map((m) => m.reason), more.map((m) => m.count), more.map((m) => m.lastSignalId), more.map((m) => m.lastAt)],
    });
  }

  async list(accountId: string): Promise<UnusedSignals[]> {
    const rows = await this.database.query<Omit<UnusedSignals, 'count'> & { count: string }>({
      name: 'unused-of-account',
      text: `SELECT kind, reason, count, last_signal_id AS "lastSignalId", last_at AS "lastAt" FROM unused_signal WHERE account_id = $1`,
      values: [accountId],
    });
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }
}
