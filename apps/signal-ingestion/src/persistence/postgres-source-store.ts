import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { SourceStore } from '../application/source-store.js';
import type { Source } from '../application/sources.js';
import { importedFiles } from '../domain/source-tally.js';

/** The newest that is in force, where it is public. */
const newestKey = '(SELECT key FROM write_key k WHERE k.source_id = source.id AND k.revoked_at IS NULL ORDER BY k.id DESC LIMIT 1)';

@Injectable()
export class PostgresSourceStore extends SourceStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, source: Source, writeKeyHash: Buffer | null): Promise<void> {
    await tx.query({
      text: 'INSERT INTO source (id, type, name, write_key, write_key_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (write_key_hash) DO NOTHING',
      values: [source.id, source.type, source.name, source.writeKey, writeKeyHash, source.createdAt],
    });
  }

  async find(id: string): Promise<Source | null> {
    const [row] = await this.database.query<Source>({ text: `SELECT id, type, name, ${newestKey} AS "writeKey", created_at AS "createdAt" FROM source WHERE id = $1 AND revoked_at IS NULL`, values: [id] });
    return row ?? null;
  }

  async list(limit: number, startingAfter: string | null): Promise<Source[]> {
    return this.database.query<Source>({
      text: `SELECT id, type, name, ${newestKey} AS "writeKey", created_at AS "createdAt" FROM source
             WHERE revoked_at IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
      values: [startingAfter, limit],
    });
  }

  async nameOf(sql: Sql | null, id: string): Promise<string | null> {
    if (id === 'api') return 'API keys';
    if (id === 'topic') return 'Producers on the telemetry topic';
    if (id === importedFiles) return 'Imported files';
    const [row] = await (sql ?? this.database).query<{ name: string }>({ text: 'SELECT name FROM source WHERE id::text = $1 AND revoked_at IS NULL', values: [id] });
    return row?.name ?? null;
  }

  async revoke(id: string, at: Date): Promise<boolean> {
    const rows = await this.database.query({
      text: `WITH revoked AS (UPDATE source SET revoked_at = $2, write_key = NULL WHERE id = $1 AND revoked_at IS NULL RETURNING id),
                  forgotten AS (DELETE FROM hook_secret WHERE source_id IN (SELECT id FROM revoked)),
                  keys AS (UPDATE write_key SET revoked_at = $2, key = NULL WHERE source_id IN (SELECT id FROM revoked) AND revoked_at IS NULL),
                  unwatched AS (DELETE FROM source_watch WHERE source_id IN (SELECT id::text FROM revoked))
             SELECT id FROM revoked`,
      values: [id, at],
    });
    return rows.length === 1;
  }

  async typeOf(tx: Transaction, id: string): Promise<string | null> {
    const [row] = await tx.query<{ type: string }>({ text: 'SELECT type FROM source WHERE id = $1 AND revoked_at IS NULL', values: [id] });
    return row?.type ?? null;
  }
}
