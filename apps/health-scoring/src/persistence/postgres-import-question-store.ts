import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { ImportQuestionStore, type AwaitingAccount, type ImportQuestion, type NewImportQuestion } from '../application/import-question-store.js';
import type { ImportAnswer } from '../domain/import-question.js';

interface Row extends Omit<NewImportQuestion, 'at'> {
  asked_at: Date;
  accounts: number;
  answer: ImportAnswer | null;
  reason: string | null;
  answered_by: string | null;
  answered_at: Date | null;
}

interface AnsweredRow {
  import_id: string;
  answer: ImportAnswer | null;
}

const columns = `q.import_id AS "importId", q.contacts_known AS known, q.contacts_changed AS changed, q.asked_at, q.answer, q.reason, q.answered_by, q.answered_at,
  (SELECT count(*)::int FROM import_question_account a WHERE a.import_id = q.import_id) AS accounts`;

@Injectable()
export class PostgresImportQuestionStore extends ImportQuestionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async ask(tx: Transaction, questions: readonly NewImportQuestion[]): Promise<ReadonlySet<string>> {
    // In one order: two partitions may hear of the same imports at once.
    const sorted = [...questions].sort((a, b) => (a.importId < b.importId ? -1 : 1));
    const rows = await tx.query<{ import_id: string }>({
      name: 'ask-about-imports',
      text: `INSERT INTO import_question (import_id, contacts_known, contacts_changed, asked_at)
             SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[], $4::timestamptz[]) ON CONFLICT DO NOTHING RETURNING import_id`,
      values: [sorted.map((q) => q.importId), sorted.map((q) => q.known), sorted.map((q) => q.changed), sorted.map((q) => q.at)],
    });
    return new Set(rows.map((row) => row.import_id));
  }

  async uncounted(tx: Transaction, importIds: Iterable<string>): Promise<ReadonlyMap<string, 'asked' | 'clean_up'>> {
    const ids = [...new Set(importIds)].sort();
    if (ids.length === 0) return new Map();
    const rows = await tx.query<AnsweredRow>({ name: 'uncounted-imports', text: `SELECT import_id, answer FROM import_question WHERE import_id = ANY($1::text[]) AND answer IS DISTINCT FROM 'real'`, values: [ids] });
    const open = rows.filter(({ answer }) => answer === null).map((row) => row.import_id);
    // An answer is final, and whoever gives one waits for the looks under way: these note their accounts, to be looked at by the answer.
    const held = open.length === 0 ? [] : await tx.query<AnsweredRow>({ name: 'hold-open-imports', text: 'SELECT import_id, answer FROM import_question WHERE import_id = ANY($1::text[]) ORDER BY import_id FOR SHARE', values: [open] });
    return new Map([...rows.filter(({ answer }) => answer !== null), ...held].flatMap(({ import_id: id, answer }) => (answer === 'real' ? [] : [[id, answer ?? 'asked'] as const])));
  }

  async await(tx: Transaction, accounts: readonly AwaitingAccount[]): Promise<void> {
    if (accounts.length === 0) return;
    await tx.query({
      name: 'await-answers',
      text: 'INSERT INTO import_question_account (import_id, account_id) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
      values: [accounts.map((a) => a.importId), accounts.map((a) => a.accountId)],
    });
  }

  async list(isOpen: boolean | null, limit: number, startingAfter: string | null): Promise<ImportQuestion[] | null> {
    const rows = await this.database.query<Row>({
      text: `SELECT ${columns} FROM import_question q WHERE ($1::boolean IS NULL OR (q.answer IS NULL) = $1)
               AND ($2::text IS NULL OR (q.asked_at, q.import_id) < (SELECT asked_at, import_id FROM import_question WHERE import_id = $2)) ORDER BY q.asked_at DESC, q.import_id DESC LIMIT $3`,
      values: [isOpen, startingAfter, limit],
    });
    if (rows.length === 0 && startingAfter !== null && (await this.database.query({ text: 'SELECT FROM import_question WHERE import_id = $1', values: [startingAfter] })).length === 0) return null;
    return rows.map(questionOf);
  }

  async lock(tx: Transaction, importId: string): Promise<ImportQuestion | null> {
    const [row] = await tx.query<Row>({ text: `SELECT ${columns} FROM import_question q WHERE q.import_id = $1 FOR NO KEY UPDATE`, values: [importId] });
    return row ? questionOf(row) : null;
  }

  async answer(tx: Transaction, importId: string, { answer, reason, by, at }: NonNullable<ImportQuestion['answered']>): Promise<void> {
    await tx.query({
      text: `WITH let_go AS (DELETE FROM import_question_account WHERE import_id = $1 AND $2 = 'clean_up')
             UPDATE import_question SET answer = $2, reason = $3, answered_by = $4, answered_at = $5 WHERE import_id = $1`,
      values: [importId, answer, reason, by, at],
    });
  }

  async answered(sql: Sql, limit: number): Promise<string[]> {
    const rows = await sql.query<{ account_id: string }>({
      name: 'answered-accounts',
      text: `SELECT DISTINCT a.account_id FROM import_question_account a JOIN import_question q USING (import_id) WHERE q.answer = 'real' ORDER BY a.account_id LIMIT $1`,
      values: [limit],
    });
    return rows.map((row) => row.account_id);
  }

  async takeAnswered(tx: Transaction, accountIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ account_id: string }>({
      name: 'take-answered',
      text: `DELETE FROM import_question_account WHERE (import_id, account_id) IN (
               SELECT a.import_id, a.account_id FROM import_question_account a JOIN import_question q USING (import_id) WHERE q.answer = 'real' AND a.account_id = ANY($1::text[])
               ORDER BY a.account_id, a.import_id FOR UPDATE OF a SKIP LOCKED) RETURNING account_id`,
      values: [accountIds],
    });
    return [...new Set(rows.map((row) => row.account_id))];
  }

  async answeredSince(sql: Sql): Promise<Date | null> {
    const [row] = await sql.query<{ at: Date | null }>({
      name: 'answered-since',
      text: `SELECT min(q.answered_at) AS at FROM import_question q WHERE q.answer = 'real' AND EXISTS (SELECT FROM import_question_account a WHERE a.import_id = q.import_id)`,
    });
    return row?.at ?? null;
  }
}

function questionOf({ asked_at: at, answer, reason, answered_by: by, answered_at: answeredAt, ...rest }: Row): ImportQuestion {
  return { ...rest, at, answered: answer === null ? null : { answer, reason: reason!, by: by!, at: answeredAt! } };
}
