import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { WriteKeyStore, type ActiveKey, type SourceBounds, type WriteKey } from '../application/write-key-store.js';

const boundColumns = 's.allowed_origins AS "allowedOrigins", s.requests_per_second AS "requestsPerSecond", s.events_per_day::double precision AS "eventsPerDay"';

@Injectable()
export class PostgresWriteKeyStore extends WriteKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, { id, sourceId, key, createdAt }: WriteKey, hash: Buffer): Promise<void> {
    await tx.query({ text: 'INSERT INTO write_key (id, source_id, hash, key, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING', values: [id, sourceId, hash, key, createdAt] });
  }

  async knows(hash: Buffer): Promise<boolean> {
    return (await this.database.query({ text: 'SELECT 1 FROM write_key WHERE hash = $1', values: [hash] })).length === 1;
  }

  async of(tx: Transaction | null, sourceId: string): Promise<WriteKey[] | null> {
    const sql = tx ?? this.database;
    const found = await sql.query({ text: `SELECT 1 FROM source WHERE id = $1 AND revoked_at IS NULL ${tx === null ? '' : 'FOR UPDATE'}`, values: [sourceId] });
    if (found.length === 0) return null;
    return sql.query<WriteKey>({ text: 'SELECT id, source_id AS "sourceId", key, created_at AS "createdAt" FROM write_key WHERE source_id = $1 AND revoked_at IS NULL ORDER BY id DESC', values: [sourceId] });
  }

  async revoke(sourceId: string, id: string, at: Date): Promise<boolean> {
    const rows = await this.database.query({ text: 'UPDATE write_key SET revoked_at = $3, key = NULL WHERE source_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id', values: [sourceId, id, at] });
    return rows.length === 1;
  }

  async active(now: Date): Promise<ActiveKey[]> {
    return this.database.query<ActiveKey>({
      name: 'active-write-keys',
      text: `SELECT encode(k.hash, 'hex') AS hash, s.id AS "sourceId", s.type, ${boundColumns}, coalesce(today.events, 0)::double precision AS "eventsToday"
             FROM source s LEFT JOIN write_key k ON k.source_id = s.id AND k.revoked_at IS NULL
             LEFT JOIN LATERAL (SELECT sum(accepted) AS events FROM source_hour h WHERE s.events_per_day IS NOT NULL AND h.source_id = s.id::text AND h.hour >= $1) today ON true
             WHERE s.revoked_at IS NULL`,
      values: [new Date(Math.floor(now.getTime() / 86_400_000) * 86_400_000)],
    });
  }

  async bound(sourceId: string, { name, allowedOrigins, requestsPerSecond, eventsPerDay }: { readonly [B in keyof SourceBounds]?: SourceBounds[B] | undefined } & { readonly name?: string | undefined }): Promise<boolean> {
    const rows = await this.database.query({
      text: `UPDATE source SET name = coalesce($2, name), allowed_origins = CASE WHEN $3 THEN $4::text[] ELSE allowed_origins END,
               requests_per_second = CASE WHEN $5 THEN $6::integer ELSE requests_per_second END, events_per_day = CASE WHEN $7 THEN $8::bigint ELSE events_per_day END
             WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
      values: [sourceId, name ?? null, allowedOrigins !== undefined, allowedOrigins ?? null, requestsPerSecond !== undefined, requestsPerSecond ?? null, eventsPerDay !== undefined, eventsPerDay ?? null],
    });
    return rows.length === 1;
  }

  async boundsOf(sourceId: string): Promise<SourceBounds | null> {
    const [row] = await this.database.query<SourceBounds>({ text: `SELECT ${boundColumns} FROM source s WHERE id = $1 AND revoked_at IS NULL`, values: [sourceId] });
    return row ?? null;
  }
}
