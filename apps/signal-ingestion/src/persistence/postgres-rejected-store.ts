import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { RejectedStore, type Rejected } from '../application/rejected-store.js';

@Injectable()
export class PostgresRejectedStore extends RejectedStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, rejected: readonly Rejected[]): Promise<void> {
    if (rejected.length === 0) return;
    await tx.query({
      name: 'add-rejected',
      text: `INSERT INTO rejected (id, source_id, received_at, code, pointer, detail, payload, state)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) ON CONFLICT (id) DO NOTHING`,
      values: [
        rejected.map((r) => r.id), rejected.map((r) => r.sourceId), rejected.map((r) => r.receivedAt), rejected.map((r) => r.code),
        rejected.map((r) => r.pointer), rejected.map((r) => r.detail), rejected.map((r) => r.payload), rejected.map((r) => r.state),
      ],
    });
  }

  async list(sourceId: string | null, limit: number, startingAfter: string | null): Promise<Rejected[]> {
    return this.database.query<Rejected>({
      text: `SELECT id, source_id AS "sourceId", received_at AS "receivedAt", code, pointer, detail, payload, state FROM rejected
             WHERE ($1::text IS NULL OR source_id = $1) AND ($2::uuid IS NULL OR seq < (SELECT seq FROM rejected WHERE id = $2)) ORDER BY seq DESC LIMIT $3`,
      values: [sourceId, startingAfter, limit],
    });
  }

  async oldest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(received_at) AS at FROM rejected');
    return row?.at ?? null;
  }

  forgetBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'rejected', 'received_at < $1', [instant]);
  }
}
