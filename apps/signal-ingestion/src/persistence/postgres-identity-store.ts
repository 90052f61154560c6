import { Injectable } from '@nestjs/common';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
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
      // Keeps every alias one step long, and who was merged into a name at the person it is now.
      await tx.query({
        name: 'flatten-aliases',
        text: `UPDATE identity i SET alias_of = CASE WHEN i.alias_of = j.old THEN j.new ELSE i.alias_of END, merged_into = CASE WHEN i.merged_into = j.old THEN j.new ELSE i.merged_into END,
                 root_key = CASE WHEN i.root_key = j.old THEN coalesce((SELECT n.root_key FROM identity n WHERE n.key = j.new), j.new) ELSE i.root_key END
               FROM unnest($1::text[], $2::text[]) AS j (old, new) WHERE i.alias_of = j.old OR i.root_key = j.old`,
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

  async merged(sql: Sql, personIds: readonly string[]): Promise<Map<string, string>> {
    if (personIds.length === 0) return new Map();
    const rows = await sql.query<{ key: string; root_key: string }>({
      name: 'merged-people',
      text: `WITH asked AS (SELECT unnest($1::text[]) AS key),
               root AS (SELECT i.root_key FROM asked JOIN identity i USING (key) WHERE i.root_key IS NOT NULL UNION SELECT i.root_key FROM asked JOIN identity i ON i.root_key = asked.key)
             SELECT i.key, i.root_key FROM root JOIN identity i USING (root_key)`,
      values: [personIds],
    });
    return new Map(rows.map((row) => [row.key, row.root_key]));
  }

  async lead(tx: Transaction, key: string, into: string | null): Promise<void> {
    await tx.query({
      text: `WITH RECURSIVE below (key) AS (SELECT $1::text COLLATE "C" UNION SELECT i.key FROM below JOIN identity i ON i.merged_into = below.key AND i.root_key IS NOT NULL)
             UPDATE identity i SET merged_into = CASE WHEN i.key = $1 THEN $2::text ELSE i.merged_into END, root_key = nullif(coalesce($2::text, $1::text) COLLATE "C", i.key) FROM below b WHERE i.key = b.key`,
      values: [key, into],
    });
  }

  private async lockKnown(tx: Transaction, keys: readonly string[]): Promise<Identity[]> {
    const rows = await tx.query<IdentityRow>({
      name: 'lock-identities',
      text: 'SELECT i.key, i.alias_of, i.account_id, i.waiting, i.email FROM unnest($1::text[]) AS k (key) JOIN identity i USING (key) ORDER BY i.key FOR NO KEY UPDATE OF i',
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
