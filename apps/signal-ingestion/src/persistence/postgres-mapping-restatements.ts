import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { MappingRestatements, type MappingRestatement, type ReadMark } from '../application/mapping-restatements.js';

interface Row extends Omit<MappingRestatement, 'marks' | 'messages' | 'changed' | 'kept' | 'accounts'> {
  readonly marks: readonly { readonly partition: number; readonly next: string; readonly upTo: string }[] | null;
  readonly messages: string;
  readonly changed: string;
  readonly kept: string;
  readonly accounts: string;
}

const columns = 'id, source_id AS "sourceId", revision, since, state, marks, messages, changed, kept, accounts, next_at AS "nextAt", created_at AS "createdAt", done_at AS "doneAt"';
const isOpen = `state IN ('waiting', 'reading', 'telling')`;

@Injectable()
export class PostgresMappingRestatements extends MappingRestatements {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, { id, sourceId, revision, since, state, nextAt, createdAt }: MappingRestatement): Promise<void> {
    await tx.query({ text: 'INSERT INTO mapping_restatement (id, source_id, revision, since, state, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', values: [id, sourceId, revision, since, state, nextAt, createdAt] });
  }

  async save(tx: Transaction, { id, state, marks, messages, changed, kept, accounts, nextAt, doneAt }: MappingRestatement): Promise<void> {
    await tx.query({
      text: 'UPDATE mapping_restatement SET state = $2, marks = $3, messages = $4, changed = $5, kept = $6, accounts = $7, next_at = $8, done_at = $9 WHERE id = $1',
      values: [id, state, JSON.stringify(marks.map(({ partition, next, upTo }) => ({ partition, next: next.toString(), upTo: upTo.toString() }))), messages, changed, kept, accounts, nextAt, doneAt],
    });
  }

  async list(sourceId: string, limit: number, before: string | null): Promise<MappingRestatement[]> {
    const rows = await this.database.query<Row>({ text: `SELECT ${columns} FROM mapping_restatement WHERE source_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, values: [sourceId, before, limit] });
    return rows.map(restatementOf);
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({ name: 'next-mapping-restatement', text: `SELECT min(next_at) AS at FROM mapping_restatement WHERE ${isOpen}` });
    return row?.at ?? null;
  }

  async claim(tx: Transaction, now: Date): Promise<MappingRestatement | null> {
    const [row] = await tx.query<Row>({ text: `SELECT ${columns} FROM mapping_restatement WHERE ${isOpen} AND next_at <= $1 ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`, values: [now] });
    return row ? restatementOf(row) : null;
  }

  async hasNewer(tx: Transaction, { sourceId, revision }: MappingRestatement): Promise<boolean> {
    const rows = await tx.query({ text: 'SELECT FROM mapping_restatement WHERE source_id = $1 AND revision > $2 LIMIT 1', values: [sourceId, revision] });
    return rows.length > 0;
  }

  async waitsForOlder(tx: Transaction, { sourceId, revision }: MappingRestatement): Promise<boolean> {
    const rows = await tx.query({ text: `SELECT FROM mapping_restatement WHERE source_id = $1 AND revision < $2 AND state IN ('waiting', 'reading') LIMIT 1`, values: [sourceId, revision] });
    return rows.length > 0;
  }

  async touch(tx: Transaction, id: string, accountIds: readonly string[]): Promise<void> {
    await tx.query({ text: 'INSERT INTO mapping_restatement_account (restatement_id, account_id) SELECT $1, a FROM unnest($2::text[]) AS a ON CONFLICT DO NOTHING', values: [id, accountIds] });
  }

  async takeTouched(tx: Transaction, id: string, limit: number): Promise<string[]> {
    const rows = await tx.query<{ account_id: string }>({
      text: `DELETE FROM mapping_restatement_account WHERE restatement_id = $1 AND account_id IN (SELECT account_id FROM mapping_restatement_account WHERE restatement_id = $1 ORDER BY account_id LIMIT $2) RETURNING account_id`,
      values: [id, limit],
    });
    return rows.map(({ account_id }) => account_id);
  }
}

function restatementOf({ marks, messages, changed, kept, accounts, ...row }: Row): MappingRestatement {
  const read = (marks ?? []).map(({ partition, next, upTo }): ReadMark => ({ partition, next: BigInt(next), upTo: BigInt(upTo) }));
  return { ...row, marks: read, messages: Number(messages), changed: Number(changed), kept: Number(kept), accounts: Number(accounts) };
}
