import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { LiveStream, type StreamEvent } from '../application/live-stream.js';

@Injectable()
export class PostgresLiveStream extends LiveStream {
  constructor(private readonly database: Database) {
    super();
  }

  async append(tx: Transaction, events: readonly { type: string; data: string; createdAt: Date }[]): Promise<void> {
    await tx.query({
      name: 'append-stream',
      text: `WITH counter AS (UPDATE stream_position SET last_id = last_id + $4 RETURNING last_id - $4 AS base)
             INSERT INTO stream_event (id, type, data, created_at)
             SELECT counter.base + e.n, e.type, e.data, e.created_at
             FROM counter, unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS e (type, data, created_at, n)`,
      values: [events.map((e) => e.type), events.map((e) => e.data), events.map((e) => e.createdAt), events.length],
    });
  }

  async readAfter(after: bigint, limit: number): Promise<StreamEvent[]> {
    const rows = await this.database.query<{ id: string; type: string; data: string }>({
      name: 'read-stream',
      text: 'SELECT id, type, data FROM stream_event WHERE id > $1 ORDER BY id LIMIT $2',
      values: [after.toString(), limit],
    });
    return rows.map((row) => ({ id: BigInt(row.id), type: row.type, data: row.data }));
  }

  async lastId(): Promise<bigint> {
    const [row] = await this.database.query<{ last_id: string }>('SELECT last_id FROM stream_position');
    return BigInt(row?.last_id ?? 0);
  }

  async oldest(): Promise<{ id: bigint; createdAt: Date } | null> {
    const [row] = await this.database.query<{ id: string; created_at: Date }>('SELECT id, created_at FROM stream_event ORDER BY id LIMIT 1');
    return row ? { id: BigInt(row.id), createdAt: row.created_at } : null;
  }

  async deleteBefore(instant: Date): Promise<void> {
    await this.database.query({ text: 'DELETE FROM stream_event WHERE created_at < $1', values: [instant] });
  }
}
