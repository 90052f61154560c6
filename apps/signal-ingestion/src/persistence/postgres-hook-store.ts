import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { HookStore, type SealedSecret, type StoredHook } from '../application/hook-store.js';
import type { HookSettings } from '../domain/hooks/hook-settings.js';

interface SecretRow extends SealedSecret {
  readonly sourceId: string;
}

const endpoints = 'SELECT s.id, s.type, h.settings FROM source s JOIN hook_endpoint h ON h.source_id = s.id WHERE s.revoked_at IS NULL';
const secrets = 'SELECT id, source_id AS "sourceId", kind, sealed, created_at AS "createdAt", expires_at AS "expiresAt" FROM hook_secret';

@Injectable()
export class PostgresHookStore extends HookStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, sourceId: string, settings: HookSettings): Promise<void> {
    await tx.query({ text: 'INSERT INTO hook_endpoint (source_id, settings) VALUES ($1, $2)', values: [sourceId, JSON.stringify(settings)] });
  }

  async addSecret(tx: Transaction, sourceId: string, { id, kind, sealed, createdAt, expiresAt }: SealedSecret): Promise<void> {
    await tx.query({ text: 'INSERT INTO hook_secret (id, source_id, kind, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)', values: [id, sourceId, kind, sealed, createdAt, expiresAt] });
  }

  async retire(tx: Transaction, sourceId: string, id: string, expiresAt: Date, most: number): Promise<void> {
    await tx.query({ text: 'DELETE FROM hook_secret WHERE source_id = $1 AND id IN (SELECT id FROM hook_secret WHERE source_id = $1 ORDER BY id DESC OFFSET $2)', values: [sourceId, most] });
    await tx.query({ text: 'UPDATE hook_secret SET expires_at = least(expires_at, $3) WHERE source_id = $1 AND id <> $2', values: [sourceId, id, expiresAt] });
  }

  async saveSettings(tx: Transaction, sourceId: string, settings: HookSettings): Promise<boolean> {
    const rows = await tx.query({ text: 'UPDATE hook_endpoint h SET settings = $2 FROM source s WHERE s.id = h.source_id AND s.id = $1 AND s.revoked_at IS NULL RETURNING h.source_id', values: [sourceId, JSON.stringify(settings)] });
    return rows.length === 1;
  }

  async find(sourceIds: readonly string[]): Promise<StoredHook[]> {
    if (sourceIds.length === 0) return [];
    const [hooks, rows] = await Promise.all([
      this.database.query<Omit<StoredHook, 'secrets'>>({ text: `${endpoints} AND s.id = ANY($1::uuid[])`, values: [sourceIds] }),
      this.database.query<SecretRow>({ text: `${secrets} WHERE source_id = ANY($1::uuid[]) ORDER BY id DESC`, values: [sourceIds] }),
    ]);
    return joined(hooks, rows);
  }

  async lock(tx: Transaction, sourceId: string): Promise<StoredHook | null> {
    const hooks = await tx.query<Omit<StoredHook, 'secrets'>>({ text: `${endpoints} AND s.id = $1 FOR UPDATE OF h`, values: [sourceId] });
    const rows = await tx.query<SecretRow>({ text: `${secrets} WHERE source_id = $1 ORDER BY id DESC`, values: [sourceId] });
    return joined(hooks, rows)[0] ?? null;
  }

  async active(): Promise<StoredHook[]> {
    const [hooks, rows] = await Promise.all([
      this.database.query<Omit<StoredHook, 'secrets'>>({ name: 'active-hooks', text: endpoints }),
      this.database.query<SecretRow>({ name: 'hook-secrets', text: `${secrets} ORDER BY id DESC` }),
    ]);
    return joined(hooks, rows);
  }
}

function joined(hooks: readonly Omit<StoredHook, 'secrets'>[], rows: readonly SecretRow[]): StoredHook[] {
  const bySource = Map.groupBy(rows, ({ sourceId }) => sourceId);
  return hooks.map((hook) => ({ ...hook, secrets: bySource.get(hook.id) ?? [] }));
}
