import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { ApiKeyStore, type ApiKey } from '../application/api-key-store.js';
import type { Page } from '../application/user-store.js';
import type { Scope } from '../domain/scope.js';

interface Row {
  id: string;
  name: string;
  lookup: string;
  scopes: Scope[];
  created_by: string | null;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const columns = 'id, name, lookup, scopes, created_by, created_at, last_used_at, revoked_at';

function keyOf(row: Row): ApiKey {
  const { created_by: createdBy, created_at: createdAt, last_used_at: lastUsedAt, revoked_at: revokedAt, id, name, lookup, scopes } = row;
  return { id, name, lookup, scopes, createdBy, createdAt, lastUsedAt, revokedAt };
}

@Injectable()
export class PostgresApiKeyStore extends ApiKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert(tx: Transaction, key: ApiKey, keyHash: Buffer): Promise<boolean> {
    const rows = await tx.query({
      text: `INSERT INTO api_keys (id, lookup, key_hash, name, scopes, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (lookup) DO NOTHING RETURNING id`,
      values: [key.id, key.lookup, keyHash, key.name, key.scopes, key.createdBy, key.createdAt],
    });
    return rows.length === 1;
  }

  async find(lookup: string, now: Date): Promise<{ key: ApiKey; keyHash: Buffer } | null> {
    const [row] = await this.database.query<Row & { key_hash: Buffer }>({ name: 'api_key_find', text: `SELECT ${columns}, key_hash FROM api_keys WHERE lookup = $1 AND revoked_at IS NULL`, values: [lookup] });
    if (!row) return null;
    await this.noteUse(row, now);
    return { key: keyOf(row), keyHash: row.key_hash };
  }

  async exists(lookup: string): Promise<boolean> {
    return (await this.database.query({ text: 'SELECT 1 FROM api_keys WHERE lookup = $1', values: [lookup] })).length === 1;
  }

  async byId(id: string): Promise<ApiKey | null> {
    const [row] = await this.database.query<Row>({ text: `SELECT ${columns} FROM api_keys WHERE id = $1`, values: [id] });
    return row ? keyOf(row) : null;
  }

  async revoke(id: string, now: Date): Promise<boolean> {
    const rows = await this.database.query({ text: 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id', values: [id, now] });
    return rows.length === 1;
  }

  async page({ limit, startingAfter }: Page): Promise<ApiKey[]> {
    const rows = await this.database.query<Row>({
      text: `SELECT ${columns} FROM api_keys
             WHERE $1::text IS NULL OR (created_at, id) > (SELECT a.created_at, a.id FROM api_keys a WHERE a.id = $1)
             ORDER BY created_at, id LIMIT $2`,
      values: [startingAfter ?? null, limit + 1],
    });
    return rows.map(keyOf);
  }

  /** At most one write a minute and key, whatever its traffic. */
  private async noteUse({ id, last_used_at: last }: Row, now: Date): Promise<void> {
    if (last && now.getTime() - last.getTime() < 60_000) return;
    await this.database.query({ name: 'api_key_used', text: `UPDATE api_keys SET last_used_at = $2::timestamptz WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')`, values: [id, now] });
  }
}
