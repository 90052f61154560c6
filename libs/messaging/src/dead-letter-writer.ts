import { deadLetterTopicName, type AnyTopic } from '@perennial/contracts/topic';
import type { Transaction } from '@perennial/persistence/transaction';
import { deadLetterHeaders, deadLetterId, deadLetterIdHeader, isOwnDeadLetterId, type DeadLetterState, type Refusal } from './dead-letter.js';
import type { LogRecord } from './event-log.js';
import type { RelayNudge } from './relay-nudge.js';

/** A record's dead letter as the group's index has it. */
export interface IndexedLetter {
  readonly id: string;
  readonly state: DeadLetterState;
  readonly attempt: number;
  readonly firstSeen: Date;
}

export interface RefusedRecord {
  readonly record: LogRecord;
  readonly refusal: Refusal;
  /** Set when the record is itself a replay of this group's. */
  readonly replayOf: IndexedLetter | null;
}

interface Row {
  id: string;
  state: DeadLetterState;
  attempt: number;
  first_seen: Date;
  key: Buffer | null;
  value: Buffer | null;
}

const keyBytes = (key: string | null): Buffer | null => (key === null ? null : Buffer.from(key, 'utf8'));
const sameBytes = (a: Buffer | null, b: Buffer | null): boolean => (a === null || b === null ? a === b : a.equals(b));

/** Index and outbox rows of the dead letters of one service; everything in the transaction of the chunk. */
export class DeadLetterWriter {
  constructor(
    private readonly service: string,
    private readonly serviceVersion: string,
    private readonly relay: RelayNudge,
  ) {}

  /**
   * Index rows, locked, of those records that are replays of this group's dead letters, by offset. A
   * record that only claims to be one (other bytes) is not among them. No query when none claims it.
   */
  async replaysAmong(tx: Transaction, topic: AnyTopic, records: readonly LogRecord[]): Promise<Map<bigint, IndexedLetter>> {
    const claims = new Map<bigint, string>();
    for (const record of records) {
      const id = record.headers[deadLetterIdHeader];
      if (id !== undefined && isOwnDeadLetterId(id, this.service, topic)) claims.set(record.offset, id);
    }
    if (claims.size === 0) return new Map();
    const rows = await tx.query<Row>({
      name: 'messaging_dead_letter_claims',
      text: 'SELECT id, state, attempt, first_seen, key, value FROM messaging_dead_letter WHERE id = ANY($1) AND topic = $2 ORDER BY id FOR UPDATE',
      values: [[...claims.values()], topic.name],
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const replays = new Map<bigint, IndexedLetter>();
    for (const record of records) {
      const row = byId.get(claims.get(record.offset) ?? '');
      if (!row || !sameBytes(row.key, keyBytes(record.key)) || !sameBytes(row.value, record.value)) continue;
      replays.set(record.offset, { id: row.id, state: row.state, attempt: row.attempt, firstSeen: row.first_seen });
    }
    return replays;
  }

  /** Sets what became of replayed letters. */
  async settle(tx: Transaction, outcomes: ReadonlyMap<string, 'replayed' | 'superseded'>): Promise<void> {
    if (outcomes.size === 0) return;
    await tx.query({
      name: 'messaging_dead_letter_settle',
      text: `UPDATE messaging_dead_letter d SET state = o.state, changed_at = now()
             FROM unnest($1::text[], $2::text[]) AS o(id, state) WHERE d.id = o.id`,
      values: [[...outcomes.keys()], [...outcomes.values()]],
    });
  }

  /** Writes index and outbox rows of the refused records with one statement; key and value bytes untouched. */
  async write(tx: Transaction, topic: AnyTopic, partition: number, refused: readonly RefusedRecord[]): Promise<void> {
    if (refused.length === 0) return;
    const now = new Date();
    const letters = refused.map(({ record, refusal, replayOf }) => {
      const origin = {
        id: replayOf?.id ?? deadLetterId(this.service, topic, partition, record.offset),
        topic: topic.name,
        partition,
        record,
        attempt: (replayOf?.attempt ?? 0) + 1,
        firstSeen: replayOf?.firstSeen ?? now,
        serviceVersion: this.serviceVersion,
      };
      return { ...origin, refusal, headers: deadLetterHeaders(origin, refusal) };
    });
    await tx.query({
      name: 'messaging_dead_letter_write',
      text: `WITH letter AS MATERIALIZED (
               SELECT * FROM unnest($3::text[], $4::bigint[], $5::timestamptz[], $6::bytea[], $7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::int[], $14::timestamptz[])
                 WITH ORDINALITY AS l(id, record_offset, record_time, key, value, own_headers, headers, class, code, message, attempt, first_seen, ord)
             ), indexed AS (
               INSERT INTO messaging_dead_letter AS d (id, topic, partition, record_offset, record_time, key, value, headers, class, code, message, attempt, first_seen, state, changed_at)
               SELECT id, $1, $2, record_offset, record_time, key, value, own_headers::json, class, code, message, attempt, first_seen, 'dead', now() FROM letter
               ON CONFLICT (id) DO UPDATE SET state = 'dead', class = EXCLUDED.class, code = EXCLUDED.code, message = EXCLUDED.message, attempt = EXCLUDED.attempt, changed_at = now()
             )
             INSERT INTO messaging_outbox (topic, key, value, headers)
             SELECT $15, key, value, headers::json FROM letter ORDER BY ord`,
      values: [
        topic.name,
        partition,
        letters.map((letter) => letter.id),
        letters.map((letter) => String(letter.record.offset)),
        letters.map((letter) => letter.record.timestamp),
        letters.map((letter) => keyBytes(letter.record.key)),
        letters.map((letter) => letter.record.value),
        letters.map((letter) => JSON.stringify(letter.record.headers)),
        letters.map((letter) => JSON.stringify(letter.headers)),
        letters.map((letter) => letter.refusal.class),
        letters.map((letter) => letter.refusal.code),
        letters.map((letter) => letter.refusal.message),
        letters.map((letter) => letter.attempt),
        letters.map((letter) => letter.firstSeen),
        deadLetterTopicName(topic, this.service),
      ],
    });
    tx.afterCommit(this.relay.nudge);
  }
}
