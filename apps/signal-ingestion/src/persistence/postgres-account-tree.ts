import { Injectable } from '@nestjs/common';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { AccountTree, type Merge, type Place } from '../application/account-tree.js';
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
    const rows = await tx.query({
      text: `WITH RECURSIVE line (id) AS (
               SELECT coalesce((SELECT root_id FROM account WHERE id = $1), $1::text COLLATE "C")
               UNION SELECT coalesce(p.root_id, (a.doc ->> 'parentId') COLLATE "C")
                 FROM line JOIN account a ON a.id = line.id LEFT JOIN account p ON p.id = (a.doc ->> 'parentId') COLLATE "C" WHERE a.doc ->> 'parentId' IS NOT NULL
             ) SELECT true FROM line WHERE id = $2`,
      values: [id, ancestorId],
    });
    return rows.length > 0;
  }

  async addMerge(tx: Transaction, merge: Pick<Merge, 'id' | 'accountId' | 'intoAccountId' | 'reason' | 'mergedAt' | 'mergedBy'>): Promise<void> {
    await tx.query({
      text: 'INSERT INTO account_merge (id, account_id, into_account_id, reason, merged_at, merged_by) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [merge.id, merge.accountId, merge.intoAccountId, merge.reason, merge.mergedAt, merge.mergedBy],
    });
  }

  async endMerge(tx: Transaction, accountId: string, at: Date, by: string, reason: string): Promise<void> {
    await tx.query({
      text: 'UPDATE account_merge SET unmerged_at = $2, unmerged_by = $3, unmerge_reason = $4 WHERE account_id = $1 AND unmerged_at IS NULL',
      values: [accountId, at, by, reason],
    });
  }

  async merges(sql: Sql, accountId: string, limit: number, startingAfter: string | null): Promise<Merge[]> {
    return sql.query<Merge>({
      text: `SELECT id, account_id AS "accountId", into_account_id AS "intoAccountId", reason, merged_at AS "mergedAt", merged_by AS "mergedBy",
               unmerged_at AS "unmergedAt", unmerged_by AS "unmergedBy", unmerge_reason AS "unmergeReason"
             FROM account_merge WHERE (account_id = $1 OR into_account_id = $1) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
      values: [accountId, limit, startingAfter],
    });
  }
}

const below = `WITH RECURSIVE below (id) AS (SELECT $1::text COLLATE "C" UNION SELECT a.id FROM below JOIN account a ON a.merged_into = below.id)`;
