import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { ImportStore, type Carrier, type Import, type ImportOutcome, type ImportProgress, type ImportState, type NewImport, type RowError } from '../application/imports/import-store.js';
import type { ImportOptions, ImportPlan } from '../domain/imports/import-plan.js';
import type { ItemFault } from '../domain/item-fault.js';
import type { FileShape } from '../files/read-file.js';

interface ImportRow {
  id: string;
  file_name: string | null;
  options: ImportOptions;
  dry_run: boolean;
  state: ImportState;
  outcome: ImportOutcome | null;
  failure: ItemFault | null;
  file_sha256: Buffer | null;
  received_bytes: string;
  shape: FileShape | null;
  plan: ImportPlan | null;
  seed: string | null;
  at_row: string;
  at_byte: string;
  rows_read: string;
  rows_taken: string;
  rows_repeated: string;
  rows_rejected: string;
  signals: string;
  waiting_signals: string;
  accounts: string;
  contacts_known: string | null;
  contacts_changed: string;
  worked_ms: string;
  created_at: Date;
  ended_at: Date | null;
}

@Injectable()
export class PostgresImportStore extends ImportStore {
  constructor(private readonly database: Database) {
    super();
  }

  async create({ id, fileName, options, dryRun, sha256, createdAt }: NewImport): Promise<void> {
    await this.database.query({
      text: `INSERT INTO import (id, file_name, options, kind, dry_run, state, file_sha256, created_at) VALUES ($1, $2, $3, $4, $5, 'uploading', $6, $7)`,
      values: [id, fileName, JSON.stringify(options), options.as, dryRun, sha256 === null ? null : Buffer.from(sha256, 'hex'), createdAt],
    });
  }

  async find(id: string): Promise<Import | null> {
    const [row] = await this.database.query<ImportRow>({ text: 'SELECT * FROM import WHERE id = $1', values: [id] });
    return row ? importOf(row) : null;
  }

  async list({ sha256, kind }: { sha256: string | null; kind: string | null }, limit: number, startingAfter: string | null): Promise<Import[]> {
    const rows = await this.database.query<ImportRow>({
      text: `SELECT * FROM import WHERE ($1::bytea IS NULL OR file_sha256 = $1) AND ($2::text IS NULL OR kind = $2)
               AND ($3::uuid IS NULL OR seq < (SELECT seq FROM import WHERE id = $3)) ORDER BY seq DESC LIMIT $4`,
      values: [sha256 === null ? null : Buffer.from(sha256, 'hex'), kind, startingAfter, limit],
    });
    return rows.map(importOf);
  }

  async errors(id: string, limit: number, afterRow: number): Promise<RowError[]> {
    const rows = await this.database.query<{ row: string; line: string; code: string; column: string | null; detail: string }>({
      text: 'SELECT row, line, code, "column", detail FROM import_error WHERE import_id = $1 AND row > $2 ORDER BY row LIMIT $3', values: [id, afterRow, limit],
    });
    return rows.map((error) => ({ ...error, row: Number(error.row), line: Number(error.line) }));
  }

  async addPart(id: string, atByte: number, bytes: Buffer): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const moved = await tx.query({
        name: 'import-part-room',
        text: `UPDATE import SET received_bytes = received_bytes + $3 WHERE id = $1 AND state = 'uploading' AND received_bytes = $2 RETURNING true`,
        values: [id, atByte, bytes.length],
      });
      if (moved.length === 0) return false;
      await tx.query({ name: 'import-part-add', text: 'INSERT INTO import_part (import_id, at_byte, bytes) VALUES ($1, $2, $3)', values: [id, atByte, bytes] });
      return true;
    });
  }

  async complete(id: string): Promise<boolean> {
    return (await this.database.query({ text: `UPDATE import SET state = 'waiting' WHERE id = $1 AND state = 'uploading' RETURNING true`, values: [id] })).length > 0;
  }

  async *parts(id: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      const [part] = await this.database.query<{ bytes: Buffer }>({ name: 'import-part-read', text: 'SELECT bytes FROM import_part WHERE import_id = $1 AND at_byte = $2', values: [id, at] });
      if (!part) return;
      at += part.bytes.length;
      onRead?.(part.bytes.length);
      yield part.bytes;
    }
  }

  async claim(owner: string, leaseMs: number): Promise<Import | null> {
    const [row] = await this.database.query<ImportRow>({
      name: 'import-claim',
      text: `UPDATE import SET lease_owner = $1, lease_until = now() + $2 * interval '1 millisecond'
             WHERE id = (SELECT id FROM import WHERE state IN ('waiting', 'running', 'ending') AND (lease_owner = $1 OR lease_until IS NULL OR lease_until < now())
                         ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
      values: [owner, leaseMs],
    });
    return row ? importOf(row) : null;
  }

  async renew(id: string, owner: string, leaseMs: number): Promise<void> {
    // Whoever holds the row renews it too: no timer has to wait for it.
    await this.database.query({
      name: 'import-renew',
      text: `UPDATE import SET lease_until = now() + $3 * interval '1 millisecond' WHERE id = (SELECT id FROM import WHERE id = $1 AND lease_owner = $2 FOR UPDATE SKIP LOCKED)`,
      values: [id, owner, leaseMs],
    });
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({ name: 'import-due', text: `SELECT min(created_at) AS at FROM import WHERE state IN ('waiting', 'running', 'ending')` });
    return row?.at ?? null;
  }

  async hold(tx: Transaction, id: string, owner: string, leaseMs: number, state: ImportState): Promise<Import | null> {
    const [row] = await tx.query<ImportRow>({
      name: 'import-hold',
      text: `UPDATE import SET lease_until = now() + $3 * interval '1 millisecond' WHERE id = $1 AND lease_owner = $2 AND state = $4 RETURNING *`,
      values: [id, owner, leaseMs, state],
    });
    return row ? importOf(row) : null;
  }

  async begin(tx: Transaction, id: string, { shape, plan, sha256 }: { shape: FileShape; plan: ImportPlan; sha256: string }): Promise<void> {
    // The same file as in the last import of its kind is the same story; another one in between, and it is news again.
    await tx.query({
      text: `UPDATE import i SET state = 'running', shape = $2, plan = $3, file_sha256 = $4,
               contacts_known = CASE WHEN kind IN ('people', 'signals') AND NOT dry_run THEN (SELECT count(*) FROM contact) END,
               seed = coalesce((SELECT CASE WHEN p.file_sha256 = $4 THEN p.seed END FROM import p
                 WHERE p.kind = i.kind AND p.seq < i.seq AND p.seed IS NOT NULL AND NOT p.dry_run ORDER BY p.seq DESC LIMIT 1), i.id)
             WHERE id = $1`,
      values: [id, JSON.stringify(shape), JSON.stringify(plan), Buffer.from(sha256, 'hex')],
    });
  }

  async advance(tx: Transaction, id: string, { atRow, atByte, counts, accounts, changedContacts, workedMs, errors }: ImportProgress): Promise<void> {
    const progressed = tx.query({
      name: 'import-advance',
      text: `UPDATE import SET at_row = $2, at_byte = $3, rows_read = rows_read + $4, rows_taken = rows_taken + $5, rows_repeated = rows_repeated + $6, rows_rejected = rows_rejected + $7,
               signals = signals + $8, waiting_signals = waiting_signals + $9, accounts = accounts + $10, worked_ms = worked_ms + $11, contacts_changed = contacts_changed + $12 WHERE id = $1`,
      values: [id, atRow, atByte, counts.read, counts.taken, counts.repeated, counts.rejected, counts.signals, counts.waiting, accounts, workedMs, changedContacts],
    });
    const noted = errors.length === 0 ? null : tx.query({
      name: 'import-errors',
      text: 'INSERT INTO import_error (import_id, row, line, code, "column", detail) SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])',
      values: [id, errors.map(({ row }) => row), errors.map(({ line }) => line), errors.map(({ code }) => code), errors.map(({ column }) => column), errors.map(({ detail }) => detail)],
    });
    await Promise.all([progressed, noted]);
  }

  async end(tx: Transaction, id: string, outcome: ImportOutcome, failure: ItemFault | null): Promise<boolean> {
    const ended = await tx.query({
      text: `UPDATE import SET state = 'ending', outcome = $2, failure = $3 WHERE id = $1 AND state IN ('uploading', 'waiting', 'running') RETURNING true`,
      values: [id, outcome, failure === null ? null : JSON.stringify(failure)],
    });
    return ended.length > 0;
  }

  async carriers(tx: Transaction, id: string, limit: number): Promise<Carrier[]> {
    return tx.query<Carrier>({
      name: 'import-carriers',
      text: `SELECT id, is_alias AS "isAlias" FROM account WHERE doc ? 'importing' AND doc -> 'importing' @> jsonb_build_array($1::text) ORDER BY id LIMIT $2`,
      values: [id, limit],
    });
  }

  async close(tx: Transaction, id: string, at: Date): Promise<void> {
    await Promise.all([
      tx.query({ text: `UPDATE import SET state = outcome, ended_at = $2, lease_owner = NULL, lease_until = NULL WHERE id = $1 AND state = 'ending'`, values: [id, at] }),
      tx.query({ text: 'DELETE FROM import_part WHERE import_id = $1', values: [id] }),
    ]);
  }

  async oldestUpload(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>(`SELECT min(created_at) AS at FROM import WHERE state = 'uploading'`);
    return row?.at ?? null;
  }

  async giveUpUploads(instant: Date, failure: ItemFault): Promise<boolean> {
    const given = await this.database.query({ text: `UPDATE import SET state = 'ending', outcome = 'cancelled', failure = $2 WHERE state = 'uploading' AND created_at < $1 RETURNING true`, values: [instant, JSON.stringify(failure)] });
    return given.length > 0;
  }

  async oldestErrors(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(ended_at) AS at FROM import i WHERE EXISTS (SELECT FROM import_error e WHERE e.import_id = i.id)');
    return row?.at ?? null;
  }

  async forgetErrors(instant: Date): Promise<void> {
    await this.database.query({ text: 'DELETE FROM import_error e USING import i WHERE i.id = e.import_id AND i.ended_at < $1', values: [instant] });
  }
}

function importOf(row: ImportRow): Import {
  return {
    id: row.id, fileName: row.file_name, options: row.options, dryRun: row.dry_run, state: row.state, outcome: row.outcome, failure: row.failure,
    sha256: row.file_sha256?.toString('hex') ?? null, receivedBytes: Number(row.received_bytes), shape: row.shape, plan: row.plan, seed: row.seed,
    atRow: Number(row.at_row), atByte: Number(row.at_byte),
    counts: {
      read: Number(row.rows_read), taken: Number(row.rows_taken), repeated: Number(row.rows_repeated), rejected: Number(row.rows_rejected),
      signals: Number(row.signals), waiting: Number(row.waiting_signals),
    },
    accounts: Number(row.accounts), knownContacts: row.contacts_known === null ? null : Number(row.contacts_known), changedContacts: Number(row.contacts_changed), workedMs: Number(row.worked_ms), createdAt: row.created_at, endedAt: row.ended_at,
  };
}
