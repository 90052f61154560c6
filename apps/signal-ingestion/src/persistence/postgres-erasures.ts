import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Erasures, type Erasure } from '../application/erasures.js';
import { searchTexts, type Traces } from '../domain/person-finder.js';
import { holdsBytes } from './holds-text.js';

interface ErasureRow {
  id: string;
  state: Erasure['state'];
  person_keys: string[] | null;
  emails: string[] | null;
  names: string[] | null;
  account_ids: string[];
  reason: string;
  requested_at: Date;
  requested_by: string;
  known: boolean | null;
  messages: string;
  rejected: string;
  log_records: string | null;
  log_left: number;
  log_looks: number;
  waits_for: string[];
  next_at: Date;
  log_clean_at: Date | null;
  done_at: Date | null;
}

const leased = `clock_timestamp() + interval '30 seconds'`;

@Injectable()
export class PostgresErasures extends Erasures {
  constructor(private readonly database: Database) {
    super();
  }

  async request(tx: Transaction, { id, state, traces, reason, requestedAt, requestedBy, known }: Erasure): Promise<void> {
    await tx.query({
      text: 'INSERT INTO erasure (id, state, person_keys, emails, reason, requested_at, requested_by, next_at, names, known) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8, $9)',
      values: [id, state, traces?.keys ?? null, traces?.emails ?? null, reason, requestedAt, requestedBy, traces?.names ?? null, known],
    });
  }

  async find(id: string): Promise<Erasure | null> {
    const [row] = await this.database.query<ErasureRow>({ text: 'SELECT * FROM erasure WHERE id = $1', values: [id] });
    return row ? erasureOf(row) : null;
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({ name: 'next-erasure', text: `SELECT min(next_at) AS at FROM erasure WHERE state <> 'done'` });
    return row?.at ?? null;
  }

  async claim(tx: Transaction, now: Date): Promise<{ erasure: Erasure; lease: string } | null> {
    const lease = randomUUID();
    const [row] = await tx.query<ErasureRow>({
      text: `UPDATE erasure SET lease = $2, leased_until = ${leased} WHERE id = (
               SELECT id FROM erasure WHERE state <> 'done' AND next_at <= $1 AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
             ) RETURNING *`,
      values: [now, lease],
    });
    return row ? { erasure: erasureOf(row), lease } : null;
  }

  async save(tx: Transaction, { id, state, traces, messages, rejected, accountIds, logRecords, logLeft, logLooks, waitsFor, nextAt, logCleanAt, doneAt }: Erasure, lease: string): Promise<boolean> {
    const rows = await tx.query({
      text: `UPDATE erasure SET state = $2, person_keys = $3, emails = $4, messages = $5, rejected = $6, account_ids = $7, log_records = $8, log_clean_at = $9, done_at = $10, log_left = $11, log_looks = $12, next_at = $13, names = $14, waits_for = $15,
               lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $16 RETURNING id`,
      values: [id, state, traces?.keys ?? null, traces?.emails ?? null, messages, rejected, accountIds, logRecords, logCleanAt, doneAt, logLeft, logLooks, nextAt, traces?.names ?? null, waitsFor, lease],
    });
    return rows.length > 0;
  }

  async renew(lease: string): Promise<void> {
    await this.database.query({ text: `UPDATE erasure SET leased_until = ${leased} WHERE lease = $1`, values: [lease] });
  }

  async release(lease: string): Promise<void> {
    await this.database.query({ text: 'UPDATE erasure SET lease = NULL, leased_until = NULL WHERE lease = $1', values: [lease] });
  }

  async waitsForFiles(before: Date): Promise<boolean> {
    const rows = await this.database.query({ text: 'SELECT 1 FROM import i WHERE created_at <= $1 AND EXISTS (SELECT 1 FROM import_part p WHERE p.import_id = i.id) LIMIT 1', values: [before] });
    return rows.length > 0;
  }

  async waitsForLog(traces: Traces, accountIds: readonly string[]): Promise<boolean> {
    const rows = await this.database.query({
      text: `SELECT 1 FROM messaging_outbox WHERE parked_at IS NULL AND ${holdsBytes('value', '$1')} UNION ALL SELECT 1 FROM restatement WHERE account_id = ANY($2::text[]) AND state <> 'done' LIMIT 1`,
      values: [searchTexts(traces), accountIds],
    });
    return rows.length > 0;
  }
}

function erasureOf(row: ErasureRow): Erasure {
  return {
    id: row.id, state: row.state, traces: row.person_keys === null ? null : { keys: row.person_keys, emails: row.emails ?? [], names: row.names ?? [] }, reason: row.reason, requestedAt: row.requested_at, requestedBy: row.requested_by, known: row.known,
    messages: Number(row.messages), rejected: Number(row.rejected), accountIds: row.account_ids, logRecords: row.log_records === null ? null : Number(row.log_records), logLeft: row.log_left, logLooks: row.log_looks, waitsFor: row.waits_for, nextAt: row.next_at, logCleanAt: row.log_clean_at, doneAt: row.done_at,
  };
}
