import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { TimerQueue, type ClaimedTimer } from '../application/timer-queue.js';

@Injectable()
export class PostgresTimerQueue extends TimerQueue {
  constructor(private readonly database: Database) {
    super();
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ due_at: Date }>({ name: 'next-timer', text: 'SELECT due_at FROM timer ORDER BY due_at LIMIT 1' });
    return row?.due_at ?? null;
  }

  async overdue(now: Date): Promise<number> {
    const [row] = await this.database.query<{ timers: string }>({ name: 'overdue-timers', text: 'SELECT count(*) AS timers FROM timer WHERE due_at <= $1', values: [now] });
    return Number(row?.timers ?? 0);
  }

  async claim(now: Date, limit: number, leaseSeconds: number): Promise<ClaimedTimer[]> {
    const rows = await this.database.query<{ id: string; account_id: string; run_id: string | null; token: string; attempts: number }>({
      name: 'claim-timers',
      text: `WITH due AS (
               SELECT id FROM timer WHERE due_at <= $1 AND (leased_until IS NULL OR leased_until < clock_timestamp())
               ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
             )
             UPDATE timer t SET leased_until = clock_timestamp() + make_interval(secs => $3), token = t.token + 1, attempts = t.attempts + 1
             FROM due WHERE t.id = due.id
             RETURNING t.id, t.account_id, t.run_id, t.token, t.attempts, t.due_at`,
      values: [now, limit, leaseSeconds],
    });
    return rows.map((row) => ({ id: row.id, accountId: row.account_id, runId: row.run_id, token: row.token, attempts: row.attempts }));
  }

  async release(claimed: readonly ClaimedTimer[]): Promise<void> {
    await this.database.query({
      name: 'release-timers',
      text: 'UPDATE timer t SET leased_until = NULL, attempts = t.attempts - 1 FROM unnest($1::uuid[], $2::bigint[]) AS c (id, token) WHERE t.id = c.id AND t.token = c.token',
      values: [claimed.map((timer) => timer.id), claimed.map((timer) => timer.token)],
    });
  }

  async takeOut(tx: Transaction, claimed: readonly ClaimedTimer[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ id: string }>({
      name: 'take-out-timers',
      text: 'DELETE FROM timer t USING unnest($1::uuid[], $2::bigint[]) AS c (id, token) WHERE t.id = c.id AND t.token = c.token RETURNING t.id',
      values: [claimed.map((timer) => timer.id), claimed.map((timer) => timer.token)],
    });
    return new Set(rows.map((row) => row.id));
  }
}
