import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { NoteSentimentStore, type JudgedNote, type NoteCorrection, type NoteCount, type ReadNote } from '../application/note-sentiment-store.js';
import type { NoteReading, Sentiment } from '../domain/notes/read-sentiment.js';

interface NoteRow {
  signal_id: string;
  person_id: string | null;
  at: Date;
  reading: NoteReading;
  corrected: Sentiment | null;
  reason: string | null;
  by: string | null;
  corrected_at: Date | null;
}

/** The last word on each note. It is found by the note's id and time, whichever account it counts for now: merging and splitting accounts takes nothing away. */
const judged = `SELECT n.*, c.sentiment AS corrected, c.reason, c.by, c.at AS corrected_at FROM note_sentiment n
                LEFT JOIN LATERAL (SELECT * FROM note_correction c WHERE c.signal_id = n.signal_id AND c.note_at = n.at ORDER BY c.n DESC LIMIT 1) c ON true`;

@Injectable()
export class PostgresNoteSentimentStore extends NoteSentimentStore {
  constructor(private readonly database: Database) {
    super();
  }

  async fold(tx: Transaction, cleared: readonly string[], notes: readonly ReadNote[]): Promise<void> {
    if (cleared.length > 0) await tx.query({ name: 'clear-notes', text: 'DELETE FROM note_sentiment WHERE account_id = ANY($1::text[])', values: [cleared] });
    if (notes.length === 0) return;
    const column = <T>(value: (note: ReadNote) => T): T[] => notes.map(value);
    await tx.query({
      name: 'save-notes',
      text: `INSERT INTO note_sentiment (account_id, signal_id, person_id, at, sentiment, reading) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[])
             ON CONFLICT (account_id, signal_id) DO UPDATE SET person_id = excluded.person_id, at = excluded.at, sentiment = excluded.sentiment, reading = excluded.reading`,
      values: [column((n) => n.accountId), column((n) => n.signalId), column((n) => n.personId), column((n) => n.at), column((n) => n.reading.sentiment), column((n) => JSON.stringify(n.reading))],
    });
  }

  async list(accountId: string, personId: string | null, limit: number, startingAfter: string | null): Promise<JudgedNote[] | null> {
    const rows = await this.database.query<NoteRow>({
      name: 'notes-of-account',
      text: `${judged} WHERE n.account_id = $1 AND ($2::text IS NULL OR n.person_id = $2)
               AND ($3::text IS NULL OR (n.at, n.signal_id) < (SELECT at, signal_id FROM note_sentiment WHERE account_id = $1 AND signal_id = $3))
             ORDER BY n.at DESC, n.signal_id DESC LIMIT $4`,
      values: [accountId, personId, startingAfter, limit],
    });
    if (rows.length === 0 && startingAfter !== null && (await this.find(this.database, accountId, startingAfter)) === null) return null;
    return rows.map(noteOf);
  }

  async find(sql: Sql, accountId: string, signalId: string): Promise<JudgedNote | null> {
    const [row] = await sql.query<NoteRow>({ name: 'find-note', text: `${judged} WHERE n.account_id = $1 AND n.signal_id = $2 FOR NO KEY UPDATE OF n`, values: [accountId, signalId] });
    return row === undefined ? null : noteOf(row);
  }

  async correct(tx: Transaction, accountId: string, note: JudgedNote, { sentiment, reason, by, at }: Omit<NoteCorrection, 'sentiment'> & { sentiment: Sentiment | null }): Promise<void> {
    await tx.query({
      name: 'correct-note',
      text: 'INSERT INTO note_correction (account_id, signal_id, note_at, person_id, sentiment, reason, by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      values: [accountId, note.signalId, note.at, note.personId, sentiment, reason, by, at],
    });
  }

  counts(accountId: string, since: Date): Promise<NoteCount[]> {
    return this.database.query<NoteCount>({
      name: 'count-notes',
      text: `SELECT person_id AS "personId", count(*) FILTER (WHERE counts = 'positive')::int AS positive, count(*) FILTER (WHERE counts = 'negative')::int AS negative,
                    count(*) FILTER (WHERE counts = 'unclear')::int AS unclear, max(at) AS "lastAt"
             FROM (SELECT person_id, at, coalesce(corrected, sentiment) AS counts FROM (${judged}) j WHERE account_id = $1 AND at >= $2) n GROUP BY person_id`,
      values: [accountId, since],
    });
  }

  async forget(tx: Transaction, accountId: string, personIds: readonly string[]): Promise<void> {
    await tx.query({ name: 'forget-notes', text: 'DELETE FROM note_sentiment WHERE account_id = $1 AND person_id = ANY($2::text[])', values: [accountId, personIds] });
    await tx.query({ name: 'forget-corrections', text: 'DELETE FROM note_correction WHERE account_id = $1 AND person_id = ANY($2::text[])', values: [accountId, personIds] });
  }
}

function noteOf(row: NoteRow): JudgedNote {
  const { corrected, reason, by, corrected_at: correctedAt } = row;
  return { signalId: row.signal_id, personId: row.person_id, at: row.at, reading: row.reading, correction: corrected === null ? null : { sentiment: corrected, reason: reason!, by: by!, at: correctedAt! } };
}
