import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { IdentityStore } from '../application/identity-store.js';
import type { Identity, IdentityMap } from '../domain/identity-map.js';

interface IdentityRow {
  key: string;
  alias_of: string | null;
  account_id: string | null;
  waiting: string;
  email: string | null;
}

@Injectable()
export class PostgresIdentityStore extends IdentityStore {
  async lock(tx: Transaction, keys: readonly string[], seenAt: Date): Promise<Identity[]> {
    if (keys.length === 0) return [];
    const found = await this.lockKnown(tx, keys);
    const missing = absent(keys, found);
    if (missing.length > 0) {
      const made = await tx.query<IdentityRow>({
        name: 'make-identities',
        text: `INSERT INTO identity (key, first_seen_at) SELECT k, $2 FROM unnest($1::text[]) AS k ORDER BY k
               ON CONFLICT DO NOTHING RETURNING key, alias_of, account_id, waiting, email`,
        values: [missing, seenAt],
      });
      found.push(...made.map(identityOf));
      // Somebody else made the rest between the two statements.
      const late = absent(missing, found);
      if (late.length > 0) found.push(...(await this.lockKnown(tx, late)));
    }
    const behind = absent([...new Set(found.flatMap((identity) => identity.aliasOf ?? []))].sort(), found);
    if (behind.length > 0) found.push(...(await this.lockKnown(tx, behind)));
    return found;
  }

  async save(tx: Transaction, identities: IdentityMap, now: Date): Promise<void> {
    const changed = identities.changed();
    if (changed.length === 0) return;
    await tx.query({
      name: 'save-identities',
      text: `UPDATE identity i SET alias_of = u.alias_of, account_id = u.account_id, waiting = u.waiting, email = u.email
             FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) AS u (key, alias_of, account_id, waiting, email) WHERE i.key = u.key`,
      values: [changed.map((i) => i.key), changed.map((i) => i.aliasOf), changed.map((i) => i.accountId), changed.map((i) => i.waiting), changed.map((i) => i.email)],
    });
    const joins = identities.joins();
    if (joins.length > 0) {
      // Keeps every alias one step long.
      await tx.query({
        name: 'flatten-aliases',
        text: 'UPDATE identity i SET alias_of = j.new FROM unnest($1::text[], $2::text[]) AS j (old, new) WHERE i.alias_of = j.old',
        values: [joins.map((join) => join.from), joins.map((join) => join.to)],
      });
    }
    const replay = identities.toReplay();
    if (replay.length === 0) return;
    await tx.query({
      name: 'ask-for-replay',
      text: 'INSERT INTO replay (person_key, created_at) SELECT k, $2 FROM unnest($1::text[]) AS k ORDER BY k ON CONFLICT DO NOTHING',
      values: [replay, now],
    });
  }

  async keysOf(tx: Transaction, key: string): Promise<string[]> {
    const rows = await tx.query<{ key: string }>({ name: 'keys-of-person', text: 'SELECT key FROM identity WHERE key = $1 OR alias_of = $1', values: [key] });
    return rows.map((row) => row.key);
  }

  async replayed(tx: Transaction, key: string, signals: number): Promise<void> {
    await tx.query({ name: 'identity-replayed', text: 'UPDATE identity SET waiting = greatest(0, waiting - $2) WHERE key = $1', values: [key, signals] });
  }

  private async lockKnown(tx: Transaction, keys: readonly string[]): Promise<Identity[]> {
    const rows = await tx.query<IdentityRow>({
      name: 'lock-identities',
      text: 'SELECT key, alias_of, account_id, waiting, email FROM identity WHERE key = ANY($1::text[]) ORDER BY key FOR NO KEY UPDATE',
      values: [keys],
    });
    return rows.map(identityOf);
  }
}

function identityOf(row: IdentityRow): Identity {
  return { key: row.key, aliasOf: row.alias_of, accountId: row.account_id, waiting: Number(row.waiting), email: row.email };
}

function absent(keys: readonly string[], found: readonly Identity[]): string[] {
  const known = new Set(found.map((identity) => identity.key));
  return keys.filter((key) => !known.has(key));
}
