import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { v5 as uuidv5 } from 'uuid';
import { Inbox, type InboxDraft, type InboxItem } from '../application/inbox.js';

const itemNamespace = '0d8b0a52-5f57-4f3a-8f1c-2b6a7c3f9e44';

@Injectable()
export class PostgresInbox extends Inbox {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, drafts: readonly InboxDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    await tx.query({
      name: 'add-inbox-items',
      text: `INSERT INTO inbox_item (id, audience, kind, account_id, title, created_at)
             SELECT d.id, CASE WHEN d.audience <> 'account-owner' THEN d.audience ELSE coalesce('user:' || a.owner_id, 'role:manager') END, d.kind, d.account_id, d.title, d.created_at
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS d (id, audience, kind, account_id, title, created_at)
             LEFT JOIN account a ON a.id = d.account_id
             ON CONFLICT (id) DO NOTHING`,
      values: [drafts.map((d) => uuidv5(d.key, itemNamespace)), drafts.map((d) => d.audience), drafts.map((d) => d.kind), drafts.map((d) => d.accountId), drafts.map((d) => d.title), drafts.map((d) => d.createdAt)],
    });
  }

  async list(audiences: readonly string[], limit: number, startingAfter: string | null): Promise<InboxItem[]> {
    return this.database.query<InboxItem>({
      text: `SELECT id, audience, kind, account_id AS "accountId", title, created_at AS "createdAt", read_at AS "readAt" FROM inbox_item
             WHERE audience = ANY($1) AND ($2::uuid IS NULL OR seq < (SELECT seq FROM inbox_item WHERE id = $2)) ORDER BY seq DESC LIMIT $3`,
      values: [audiences, startingAfter, limit],
    });
  }

  async markRead(audiences: readonly string[], id: string, at: Date): Promise<boolean> {
    const rows = await this.database.query({
      text: 'UPDATE inbox_item SET read_at = coalesce(read_at, $3) WHERE id = $1 AND audience = ANY($2) RETURNING id',
      values: [id, audiences, at],
    });
    return rows.length === 1;
  }

  async oldest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(created_at) AS at FROM inbox_item');
    return row?.at ?? null;
  }

  forgetBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'inbox_item', 'created_at < $1', [instant]);
  }
}
