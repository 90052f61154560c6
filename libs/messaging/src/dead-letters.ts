import type { Headers } from '@perennial/contracts/cloud-event';
import { forgetRows } from '@perennial/persistence/forget-rows';
import type { Database, Transaction } from '@perennial/persistence/transaction';
import { replayHeaders, type DeadLetterClass, type DeadLetterState } from './dead-letter.js';
import { erasedHeader, type EventLog, type OutgoingRecord } from './event-log.js';
import { killPoint } from './kill-point.js';

/** A dead letter as operators see it; its bytes stay in the index. */
export interface DeadLetter {
  readonly id: string;
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly class: DeadLetterClass;
  readonly code: string;
  readonly message: string;
  readonly attempt: number;
  readonly firstSeen: Date;
  readonly state: DeadLetterState;
}

/** The record itself, as it stood in its topic. */
export interface DeadLetterRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface DeadLetterFilter {
  /** Full name of the source topic. */
  readonly topic?: string;
  readonly state?: DeadLetterState;
}

export interface DeadLetterPage extends DeadLetterFilter {
  /** At most 100 are wanted by the API; any number from 1. */
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly startingAfter?: string;
  /** Rows after this position, whose row may be another service's: lists of several services are merged. */
  readonly after?: { readonly firstSeen: Date; readonly id: string };
}

export interface ReplayRequest {
  /** These; without it all that fit `topic`. */
  readonly ids?: readonly string[];
  readonly topic?: string;
  /** Only tells what would be replayed. */
  readonly dryRun?: boolean;
}

interface Row {
  id: string;
  topic: string;
  partition: number;
  record_offset: string;
  class: DeadLetterClass;
  code: string;
  message: string;
  attempt: number;
  first_seen: Date;
  state: DeadLetterState;
}

interface BytesRow extends DeadLetterRecord {
  id: string;
  topic: string;
}

const columns = 'id, topic, partition, record_offset, class, code, message, attempt, first_seen, state';
const replayBatch = 200;
const eraseBatch = 500;

/** The dead letters of one service: search and replay. */
export class DeadLetters {
  constructor(
    private readonly service: string,
    private readonly database: Database,
    private readonly log: EventLog,
  ) {}

  /** Newest first, by first seen and id. An unknown `startingAfter` gives an empty page. */
  async list(page: DeadLetterPage): Promise<{ letters: DeadLetter[]; hasMore: boolean }> {
    const rows = await this.database.query<Row>({
      name: 'messaging_dead_letter_list',
      text: `SELECT ${columns} FROM messaging_dead_letter d
             WHERE ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR state = $2)
               AND ($3::text IS NULL OR (first_seen, id) < (SELECT a.first_seen, a.id FROM messaging_dead_letter a WHERE a.id = $3))
               AND ($4::timestamptz IS NULL OR (first_seen, id) < ($4, $5::text))
             ORDER BY first_seen DESC, id DESC LIMIT $6`,
      values: [page.topic ?? null, page.state ?? null, page.startingAfter ?? null, page.after?.firstSeen ?? null, page.after?.id ?? null, page.limit + 1],
    });
    return { letters: rows.slice(0, page.limit).map((row) => this.letter(row)), hasMore: rows.length > page.limit };
  }

  async get(id: string): Promise<DeadLetter | null> {
    const [row] = await this.database.query<Row>({ name: 'messaging_dead_letter_get', text: `SELECT ${columns} FROM messaging_dead_letter WHERE id = $1`, values: [id] });
    return row ? this.letter(row) : null;
  }

  /** The bytes of a letter; null for an unknown id. */
  async record(id: string): Promise<DeadLetterRecord | null> {
    const [row] = await this.database.query<DeadLetterRecord>({ name: 'messaging_dead_letter_record', text: 'SELECT key, value, headers FROM messaging_dead_letter WHERE id = $1', values: [id] });
    return row ?? null;
  }

  /** Letters per topic that still wait for somebody. */
  async deadByTopic(): Promise<Map<string, number>> {
    const rows = await this.database.query<{ topic: string; letters: string }>(`SELECT topic, count(*) AS letters FROM messaging_dead_letter WHERE state = 'dead' GROUP BY topic`);
    return new Map(rows.map(({ topic, letters }) => [topic, Number(letters)]));
  }

  /** When the letter was settled that was so first of those there are; null: none is. By the database's clock. */
  async oldestSettled(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>(`SELECT min(changed_at) AS at FROM messaging_dead_letter WHERE state <> 'dead'`);
    return row?.at ?? null;
  }

  /** Forgets letters that were settled `days` ago or earlier, by the database's clock. */
  forgetSettled(days: number): Promise<void> {
    return forgetRows(this.database, 'messaging_dead_letter', `state <> 'dead' AND changed_at <= now() - make_interval(days => $1)`, [days]);
  }

  /** Whether there are letters in a log whose records can be taken out. */
  async mayBeErased(): Promise<boolean> {
    return this.log.erases && (await this.database.query('SELECT 1 FROM messaging_dead_letter LIMIT 1')).length > 0;
  }

  /** Forgets letters whose record was emptied in the log since. */
  async forgetErased(): Promise<void> {
    if (!this.log.erases) return;
    for (let after = '', more = true; more; ) {
      const rows = await this.database.query<Pick<Row, 'id' | 'topic' | 'partition' | 'record_offset'>>({ text: 'SELECT id, topic, partition, record_offset FROM messaging_dead_letter WHERE id > $1 ORDER BY id LIMIT $2', values: [after, eraseBatch] });
      const erased: string[] = [];
      for (const { id, topic, partition, record_offset } of rows) {
        const [record] = await this.log.read(topic, partition, BigInt(record_offset), 1);
        if (record?.offset === BigInt(record_offset) && record.headers[erasedHeader] !== undefined) erased.push(id);
      }
      if (erased.length > 0) await this.database.query({ text: 'DELETE FROM messaging_dead_letter WHERE id = ANY($1)', values: [erased] });
      more = rows.length === eraseBatch;
      after = rows.at(-1)?.id ?? after;
    }
  }

  /** Forgets letters under this key that hold one of the texts, in small or capital letters of ASCII. */
  async forgetHolding(tx: Transaction, key: string, texts: readonly string[]): Promise<void> {
    await tx.query({
      text: `DELETE FROM messaging_dead_letter WHERE key = convert_to($1, 'UTF8')
               AND EXISTS (SELECT 1 FROM unnest($2::text[]) t WHERE strpos(lower(encode(value, 'escape')), lower(encode(convert_to(t, 'UTF8'), 'escape'))) > 0)`,
      values: [key, texts],
    });
  }

  /**
   * Appends letters that are still `dead` to their topics again, oldest first, marked with their id. The
   * consuming group sets their state; doing it twice changes nothing. Returns the ids (with `dryRun`: what
   * they would be).
   */
  async replay(request: ReplayRequest): Promise<string[]> {
    await this.forgetErased();
    const dead = await this.database.query<{ id: string }>({
      text: `SELECT id FROM messaging_dead_letter
             WHERE state = 'dead' AND ($1::text[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR topic = $2)
             ORDER BY topic, partition, record_offset`,
      values: [request.ids ?? null, request.topic ?? null],
    });
    const ids = dead.map(({ id }) => id);
    if (request.dryRun === true) return ids;
    for (let at = 0; at < ids.length; at += replayBatch) await this.append(ids.slice(at, at + replayBatch));
    return ids;
  }

  private async append(ids: readonly string[]): Promise<void> {
    const rows = await this.database.query<BytesRow>({
      text: 'SELECT id, topic, key, value, headers FROM messaging_dead_letter WHERE id = ANY($1) ORDER BY topic, partition, record_offset',
      values: [ids],
    });
    const byTopic = new Map<string, OutgoingRecord[]>();
    for (const { id, topic, key, value, headers } of rows) {
      const record = { key: key === null ? null : key.toString('utf8'), value, headers: replayHeaders(headers, id) };
      const records = byTopic.get(topic);
      if (records) records.push(record);
      else byTopic.set(topic, [record]);
    }
    for (const [topic, records] of byTopic) {
      await this.log.append(topic, records);
      killPoint('dead-letters.after-replay');
    }
  }

  private letter(row: Row): DeadLetter {
    const { record_offset: offset, first_seen: firstSeen, ...rest } = row;
    return { ...rest, service: this.service, offset: BigInt(offset), firstSeen };
  }
}
