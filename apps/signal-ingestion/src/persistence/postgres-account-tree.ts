import { Injectable } from '@nestjs/common';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { AccountTree, type Named, type Place } from '../application/account-tree.js';
import { newAccount } from '../domain/account.js';

@Injectable()
export class PostgresAccountTree extends AccountTree {
  async hold(tx: Transaction): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('account-tree'))`);
  }

  async place(sql: Sql, id: string): Promise<Place | null> {
    const [row] = await sql.query<Place>({ text: 'SELECT id, is_alias AS "isAlias", merged_into AS "mergedInto", coalesce(root_id, id) AS root FROM account WHERE id = $1', values: [id] });
    return row ?? null;
  }

  async roots(sql: Sql, ids: readonly string[]): Promise<string[]> {
    const rows = await sql.query<{ root: string }>({ text: 'SELECT DISTINCT coalesce(a.root_id, i.id) AS root FROM unnest($1::text[]) i (id) LEFT JOIN account a ON a.id = i.id', values: [ids] });
    return rows.map(({ root }) => root).sort();
  }

  async family(sql: Sql, id: string): Promise<string[]> {
    const rows = await sql.query<{ id: string }>({ name: 'account-family', text: `${below} SELECT id FROM below`, values: [id] });
    return rows.map((row) => row.id);
  }

  async lead(tx: Transaction, id: string, into: string | null): Promise<void> {
    await tx.query({
      text: `${below}, root (id) AS (SELECT coalesce(root_id, id) FROM account WHERE id = $2::text)
             UPDATE account a SET merged_into = CASE WHEN a.id = $1 THEN $2::text ELSE a.merged_into END, root_id = nullif(coalesce((SELECT id FROM root), $1::text COLLATE "C"), a.id) FROM below b WHERE a.id = b.id`,
      values: [id, into],
    });
  }

  async addAlias(tx: Transaction, alias: string, accountId: string, at: Date): Promise<boolean> {
    const { createdAt: _, ...doc } = newAccount(alias, at.getTime());
    const made = await tx.query({
      text: `INSERT INTO account (id, doc, created_at, version, is_alias, merged_into, root_id)
             SELECT $1, $4::jsonb, $3, 0, true, id, coalesce(root_id, id) FROM account WHERE id = $2 ON CONFLICT DO NOTHING RETURNING id`,
      values: [alias, accountId, at, JSON.stringify(doc)],
    });
    return made.length > 0;
  }

  async freeAlias(tx: Transaction, alias: string): Promise<boolean> {
    const kept = await tx.query({
      text: `UPDATE account a SET is_alias = false, merged_into = NULL, root_id = NULL WHERE id = $1
             AND (EXISTS (SELECT FROM message WHERE account_id = a.id AND kind IS NOT NULL) OR EXISTS (SELECT FROM contact WHERE account_id = a.id) OR a.doc -> 'stamps' <> '{}'::jsonb) RETURNING id`,
      values: [alias],
    });
    if (kept.length === 0) await tx.query({ text: 'DELETE FROM account WHERE id = $1', values: [alias] });
    return kept.length > 0;
  }

  async isBelow(tx: Transaction, id: string, ancestorId: string): Promise<boolean> {
    return (await tx.query({ text: `${line} SELECT true FROM line WHERE id = $2`, values: [id, ancestorId] })).length > 0;
  }

  async surroundings(sql: Sql, id: string): Promise<{ above: Named[]; below: Named[] }> {
    const above = await sql.query<Named>({ text: `${line} SELECT line.id, a.doc ->> 'name' AS name FROM line LEFT JOIN account a ON a.id = line.id WHERE line.step > 0 ORDER BY line.step`, values: [id] });
    const rows = await sql.query<Named>({
      text: `${below} SELECT DISTINCT ON (c.id) c.id, c.doc ->> 'name' AS name FROM below JOIN account c ON (c.doc ->> 'parentId') = below.id WHERE c.merged_into IS NULL ORDER BY c.id LIMIT 1000`,
      values: [id],
    });
    return { above, below: rows };
  }
}

/** The account and those above it, by what accounts are in the end. At most so deep: no tree of companies is. */
const line = `WITH RECURSIVE line (id, step) AS (
  SELECT coalesce((SELECT root_id FROM account WHERE id = $1), $1::text COLLATE "C"), 0
  UNION SELECT coalesce(p.root_id, (a.doc ->> 'parentId') COLLATE "C"), line.step + 1
    FROM line JOIN account a ON a.id = line.id LEFT JOIN account p ON p.id = (a.doc ->> 'parentId') COLLATE "C" WHERE a.doc ->> 'parentId' IS NOT NULL AND line.step < 100
)`;
const below = `WITH RECURSIVE below (id) AS (SELECT $1::text COLLATE "C" UNION SELECT a.id FROM below JOIN account a ON a.merged_into = below.id)`;
