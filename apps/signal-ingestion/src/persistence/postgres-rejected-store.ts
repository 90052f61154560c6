import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { RejectedStore, type Rejected, type RejectedFilter } from '../application/rejected-store.js';

const columns = `id, source_id AS "sourceId", received_at AS "receivedAt", code, pointer, detail, payload, state, vendor, call, sent_at AS "sentAt", settled_at AS "settledAt"`;
const fits = `($1::text IS NULL OR source_id = $1 OR starts_with(source_id, $1 || '/')) AND ($2::text IS NULL OR code = $2) AND ($3::text IS NULL OR state = $3)
              AND ($4::timestamptz IS NULL OR received_at >= $4) AND ($5::timestamptz IS NULL OR received_at <= $5)`;
const valuesOf = ({ sourceId, code, state, from, to }: RejectedFilter): unknown[] => [sourceId, code, state, from, to];

@Injectable()
export class PostgresRejectedStore extends RejectedStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, rejected: readonly Rejected[]): Promise<void> {
    if (rejected.length === 0) return;
    await tx.query({
      name: 'add-rejected',
      text: `INSERT INTO rejected (id, source_id, received_at, code, pointer, detail, payload, state, vendor, call, sent_at)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) ON CONFLICT (id) DO NOTHING`,
      values: [
        rejected.map((r) => r.id), rejected.map((r) => r.sourceId), rejected.map((r) => r.receivedAt), rejected.map((r) => r.code),
        rejected.map((r) => r.pointer), rejected.map((r) => r.detail), rejected.map((r) => r.payload), rejected.map((r) => r.state),
        rejected.map((r) => r.vendor), rejected.map((r) => r.call), rejected.map((r) => r.sentAt),
      ],
    });
  }

  list(filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<Rejected[]> {
    return this.database.query<Rejected>({
      text: `SELECT ${columns} FROM rejected WHERE ${fits} AND ($6::uuid IS NULL OR seq < (SELECT seq FROM rejected WHERE id = $6)) ORDER BY seq DESC LIMIT $7`,
      values: [...valuesOf(filter), startingAfter, limit],
    });
  }

  async find(id: string): Promise<Rejected | null> {
    const [row] = await this.database.query<Rejected>({ text: `SELECT ${columns} FROM rejected WHERE id = $1`, values: [id] });
    return row ?? null;
  }

  claim(tx: Transaction, ids: readonly string[]): Promise<Rejected[]> {
    return tx.query<Rejected>({ text: `SELECT ${columns} FROM rejected WHERE id = ANY($1::uuid[]) AND state = 'open' ORDER BY seq FOR UPDATE`, values: [ids] });
  }

  claimSome(tx: Transaction, filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<Rejected[]> {
    return tx.query<Rejected>({
      text: `SELECT ${columns} FROM rejected WHERE ${fits} AND state = 'open' AND ($6::uuid IS NULL OR seq > (SELECT seq FROM rejected WHERE id = $6)) ORDER BY seq LIMIT $7 FOR UPDATE`,
      values: [...valuesOf(filter), startingAfter, limit],
    });
  }

  async replayed(tx: Transaction, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    await tx.query({ text: `UPDATE rejected SET state = 'replayed', settled_at = $2 WHERE id = ANY($1::uuid[])`, values: [ids, at] });
  }

  async oldest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(received_at) AS at FROM rejected');
    return row?.at ?? null;
  }

  forgetBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'rejected', 'received_at < $1', [instant]);
  }
}
