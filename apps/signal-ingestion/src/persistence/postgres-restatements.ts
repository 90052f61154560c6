import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { v7 as uuidv7 } from 'uuid';
import { Restatements, type Progress, type Restatement } from '../application/restatements.js';

interface Row {
  id: string;
  account_id: string;
  reason: string;
  state: Restatement['state'];
  up_to: string | null;
  cursor_at: Date | null;
  cursor_id: string | null;
  cursor_source_id: string | null;
  signals: string;
  regrouped: boolean;
  created_at: Date;
}

const columns = 'id, account_id, reason, state, up_to, cursor_at, cursor_id, cursor_source_id, signals, regrouped, created_at';

@Injectable()
export class PostgresRestatements extends Restatements {
  constructor(private readonly database: Database) {
    super();
  }

  async open(accountId: string, reason: string, at: Date): Promise<Restatement> {
    for (;;) {
      const [row] = await this.database.query<Row>({
        text: `WITH made AS (
                 INSERT INTO restatement (id, account_id, reason, state, created_at) VALUES ($1, $2, $3, 'waiting', $4) ON CONFLICT (account_id) WHERE state <> 'done' DO NOTHING RETURNING ${columns}
               ) SELECT * FROM made UNION ALL SELECT ${columns} FROM restatement WHERE account_id = $2 AND state <> 'done' LIMIT 1`,
        values: [uuidv7(), accountId, reason, at],
      });
      // None when the open one was finished between the two halves of the statement.
      if (row) return restatementOf(row);
    }
  }

  async hold(tx: Transaction, accountIds: readonly string[]): Promise<void> {
    await tx.query({ text: `SELECT id FROM restatement WHERE account_id = ANY($1::text[]) AND state <> 'done' ORDER BY created_at, id FOR UPDATE`, values: [accountIds] });
  }

  regroup(tx: Transaction, accountIds: readonly string[], reason: string, at: Date): Promise<void> {
    return this.restart(tx, accountIds, reason, at, true);
  }

  beginAnew(tx: Transaction, accountIds: readonly string[], reason: string, at: Date): Promise<void> {
    return this.restart(tx, accountIds, reason, at, false);
  }

  private async restart(tx: Transaction, accountIds: readonly string[], reason: string, at: Date, regrouped: boolean): Promise<void> {
    await tx.query({
      text: `INSERT INTO restatement (id, account_id, reason, state, created_at, regrouped) SELECT id, account_id, $3, 'waiting', $4, $5 FROM unnest($1::uuid[], $2::text[]) AS n (id, account_id)
             ON CONFLICT (account_id) WHERE state <> 'done'
             DO UPDATE SET state = 'waiting', up_to = NULL, cursor_at = NULL, cursor_id = NULL, cursor_source_id = NULL, signals = 0, reason = excluded.reason, regrouped = restatement.regrouped OR excluded.regrouped`,
      values: [accountIds.map(() => uuidv7()), accountIds, reason, at, regrouped],
    });
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ due: Date | null }>({ name: 'next-restatement', text: `SELECT min(created_at) AS due FROM restatement WHERE state <> 'done'` });
    return row?.due ?? null;
  }

  async claim(tx: Transaction): Promise<Restatement | null> {
    const [row] = await tx.query<Row>({ name: 'claim-restatement', text: `SELECT ${columns} FROM restatement WHERE state <> 'done' ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED` });
    return row ? restatementOf(row) : null;
  }

  async progress(tx: Transaction, id: string, progress: Progress): Promise<void> {
    await tx.query({
      name: 'restatement-progress',
      text: `UPDATE restatement SET state = $2, up_to = $3, cursor_at = $4, cursor_id = $5, cursor_source_id = $6, signals = signals + $7, done_at = CASE WHEN $2 = 'done' THEN $8::timestamptz END WHERE id = $1`,
      values: [id, progress.state, progress.upTo.toString(), progress.cursor?.occurredAt ?? null, progress.cursor?.id ?? null, progress.cursor?.sourceId ?? null, progress.signals, progress.at],
    });
  }

  async oldestDone(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(done_at) AS at FROM restatement');
    return row?.at ?? null;
  }

  forgetDoneBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'restatement', 'done_at < $1', [instant]);
  }
}

function restatementOf(row: Row): Restatement {
  const { cursor_at: occurredAt, cursor_id: id, cursor_source_id: sourceId } = row;
  return {
    id: row.id, accountId: row.account_id, reason: row.reason, state: row.state, upTo: row.up_to === null ? null : BigInt(row.up_to),
    cursor: occurredAt === null || id === null || sourceId === null ? null : { occurredAt: occurredAt.toISOString(), id, sourceId }, signals: Number(row.signals), regrouped: row.regrouped, createdAt: row.created_at,
  };
}
