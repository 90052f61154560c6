import { Injectable } from '@nestjs/common';
import { Transient } from '@perennial/persistence/errors';
import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { MessageStore, type NewMessage, type TimelineCursor, type TimelinePosition, type TimelineQuery, type TimelineRow, type WaitingSignal } from '../application/message-store.js';
import { personIdOf } from '../domain/account-book.js';
import type { Arrival, SignalRecord } from '../domain/arrival.js';
import { messageKey } from '../domain/deduplicate.js';
import type { Retold, ToldMessage } from '../domain/mapping/retell.js';
import type { Meaning } from '../domain/vendors/vendor.js';

interface SignalRow {
  source_id: string;
  message_id: string;
  account_id: string;
  person_id: string | null;
  kind: string;
  occurred_at: Date;
  received_at: Date;
  clamped: boolean;
  product: string | null;
  data: unknown;
  /** Read where signals are told from it. */
  import_id?: string | null;
}

type Position = Pick<SignalRow, 'occurred_at' | 'message_id' | 'source_id'> & { week: number };

const signalColumns = 'source_id, message_id, account_id, person_id, kind, occurred_at, received_at, clamped, product, data';
const toldColumns = `${signalColumns}, import_id`;
const weekMs = 7 * 86_400_000;

/**
 * One table, partitioned by the week (machine time) in which a message was written. What clients repeat is looked
 * for in this week and the one before, so an id is known for at least seven days; what files repeat in every week.
 */
@Injectable()
export class PostgresMessageStore extends MessageStore {
  private preparedUpTo = 0;

  constructor(private readonly database: Database) {
    super();
  }

  async prepare(): Promise<void> {
    const week = Math.floor(Date.now() / weekMs);
    if (this.preparedUpTo > week) return;
    for (const wanted of [week, week + 1]) await this.database.query({ text: 'SELECT make_message_week($1)', values: [wanted] });
    this.preparedUpTo = week + 1;
  }

  async known(tx: Transaction, arrivals: readonly Arrival[], taken: 'lately' | 'ever' = 'lately'): Promise<Map<string, string>> {
    const lately = ['message_week(now())', 'message_week(now()) - 1'];
    const weeks = taken === 'lately' ? lately : [...lately, ...(await this.weeksWith(tx, [...new Set(arrivals.map(({ sourceId }) => sourceId))]))];
    const rows = await tx.query<{ source_id: string; message_id: string; hash: Buffer }>({
      ...(taken === 'lately' ? { name: 'known-messages' } : {}),
      // Weeks that are written out: those of an array nobody knows before it is read are all looked at.
      text: `SELECT m.source_id, m.message_id, m.hash FROM unnest($1::text[], $2::text[]) AS q (source_id, message_id)
             JOIN message m ON m.week = ANY (ARRAY[${weeks.join(', ')}]) AND m.source_id = q.source_id AND m.message_id = q.message_id`,
      values: [arrivals.map((a) => a.sourceId), arrivals.map((a) => a.messageId)],
    });
    return new Map(rows.map((row) => [messageKey({ sourceId: row.source_id, messageId: row.message_id }), row.hash.toString('hex')]));
  }

  async add(tx: Transaction, messages: readonly NewMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const of = <V>(value: (message: NewMessage) => V): V[] => messages.map(value);
    const hashes = PackedBuffers.of(of(({ resolved }) => Buffer.from(resolved.arrival.hash, 'hex')));
    const data = of(({ resolved, signal }) => (signal ?? resolved.arrival.meaning.signal)?.data);
    const bodies = PackedBuffers.of(data.map((one) => Buffer.from(one === undefined ? '' : JSON.stringify(one))));
    const made = await tx.query({
      name: 'add-messages',
      text: `INSERT INTO message (week, place, source_id, message_id, hash, person_key, account_id, person_id, kind, occurred_at, received_at, clamped, product, data, traceparent, import_id)
             SELECT message_week(now()), nextval('message_place'), source_id, message_id, substr($3::bytea, hash_start, hash_length), person_key, account_id, person_id, kind, occurred_at, received_at, clamped, product,
               CASE WHEN data_length > 0 THEN convert_from(substr($12::bytea, data_start, data_length), 'UTF8')::json END, traceparent, import_id
             FROM unnest($1::text[], $2::text[], $13::integer[], $14::integer[], $4::text[], $5::text[], $6::text[], $7::text[],
               $8::timestamptz[], $9::timestamptz[], $10::boolean[], $11::text[], $15::integer[], $16::integer[], $17::text[], $18::uuid[])
               AS n (source_id, message_id, hash_start, hash_length, person_key, account_id, person_id, kind, occurred_at, received_at, clamped, product, data_start, data_length, traceparent, import_id)
             ON CONFLICT DO NOTHING RETURNING true`,
      values: [
        of(({ resolved }) => resolved.arrival.sourceId), of(({ resolved }) => resolved.arrival.messageId), hashes.bytes,
        of(({ resolved }) => resolved.personKey), of(({ resolved }) => resolved.accountId), of(({ signal }) => signal?.personId ?? null),
        of(({ resolved, signal }) => (signal ?? resolved.arrival.meaning.signal)?.kind ?? null),
        of(({ resolved }) => new Date(resolved.arrival.occurredAt)), of(({ resolved }) => new Date(resolved.arrival.receivedAt)),
        of(({ resolved }) => resolved.arrival.clamped), of(({ resolved }) => resolved.arrival.meaning.product),
        bodies.bytes, hashes.starts, hashes.lengths, bodies.starts, bodies.lengths,
        of(({ traceparent }) => traceparent), of(({ resolved }) => resolved.arrival.importId ?? null),
      ],
    });
    if (made.length < messages.length) throw new Transient('another consumer took the same message at the same moment');
  }

  async waiting(tx: Transaction, keys: readonly string[], limit: number): Promise<WaitingSignal[]> {
    const rows = await tx.query<SignalRow & { hash: Buffer; traceparent: string | null }>({
      name: 'waiting-signals',
      text: `SELECT ${toldColumns}, hash, traceparent FROM message WHERE person_key = ANY($1::text[]) AND account_id IS NULL AND kind IS NOT NULL ORDER BY occurred_at, message_id LIMIT $2`,
      values: [keys, limit],
    });
    return rows.map((row, at) => ({
      traceparent: row.traceparent,
      arrival: {
        at,
        sourceId: row.source_id,
        messageId: row.message_id,
        hash: row.hash.toString('hex'),
        receivedAt: row.received_at.getTime(),
        occurredAt: row.occurred_at.getTime(),
        clamped: row.clamped,
        ...importOf(row),
        meaning: {
          messageId: row.message_id, original: null, person: null, anonymous: null, accountId: null, formerly: [], accountTraits: null, mayCreate: false,
          product: row.product, signal: { kind: row.kind, data: row.data } as Meaning['signal'],
        },
      },
    }));
  }

  async place(tx: Transaction, keys: readonly string[], signals: readonly SignalRecord[], accountId: string): Promise<void> {
    if (signals.length === 0) return;
    await tx.query({
      name: 'place-signals',
      text: `UPDATE message m SET account_id = $4, person_id = p.person_id, place = nextval('message_place'), traceparent = NULL
             FROM unnest($1::text[], $2::text[], $3::text[]) AS p (source_id, message_id, person_id)
             WHERE m.person_key = ANY($5::text[]) AND m.source_id = p.source_id AND m.message_id = p.message_id AND m.account_id IS NULL AND m.kind IS NOT NULL`,
      values: [signals.map((s) => s.sourceId), signals.map((s) => s.id), signals.map((s) => s.personId), accountId, keys],
    });
  }

  async timeline({ accountIds, kind, from, to, after, limit }: TimelineQuery): Promise<TimelineRow[]> {
    const rows = await this.database.query<SignalRow & { week: number }>({
      text: `SELECT m.* FROM unnest($1::text[]) AS f (id) CROSS JOIN LATERAL (
               SELECT ${signalColumns}, week FROM message
               WHERE account_id = f.id AND kind IS NOT NULL AND ($2::text IS NULL OR kind = $2) AND ($3::timestamptz IS NULL OR occurred_at >= $3) AND ($4::timestamptz IS NULL OR occurred_at <= $4)
                 AND ($5::timestamptz IS NULL OR (occurred_at, message_id, source_id, week) < ($5, $6::text, $7::text, $8::integer))
               ORDER BY occurred_at DESC, message_id DESC, source_id DESC, week DESC LIMIT $9
             ) m ORDER BY occurred_at DESC, message_id DESC, source_id DESC, week DESC LIMIT $9`,
      values: [accountIds, kind, from, to, after?.occurredAt ?? null, after?.id ?? null, after?.sourceId ?? null, after?.week ?? null, limit],
    });
    return rows.map((row) => ({ signal: recordOf(row), position: positionOf(row) }));
  }

  async positionsOf(accountIds: readonly string[], id: string): Promise<TimelinePosition[]> {
    const rows = await this.database.query<Position>({
      text: 'SELECT occurred_at, message_id, source_id, week FROM message WHERE account_id = ANY($1::text[]) AND kind IS NOT NULL AND message_id = $2 LIMIT 2',
      values: [accountIds, id],
    });
    return rows.map(positionOf);
  }

  async lastPlace(tx: Transaction): Promise<bigint> {
    const [row] = await tx.query<{ last: string }>({ name: 'last-place', text: 'SELECT last_value AS last FROM message_place' });
    return BigInt(row?.last ?? 0);
  }

  async replay(tx: Transaction, accountIds: readonly string[], upTo: bigint, after: TimelineCursor | null, limit: number): Promise<SignalRecord[]> {
    const rows = await tx.query<SignalRow>({
      name: 'replay-timeline',
      text: `SELECT m.* FROM unnest($1::text[]) AS f (id) CROSS JOIN LATERAL (
               SELECT ${toldColumns} FROM message WHERE account_id = f.id AND kind IS NOT NULL AND place <= $2 AND (occurred_at, message_id, source_id) > ($3::timestamptz, $4::text, $5::text)
               ORDER BY occurred_at, message_id, source_id LIMIT $6
             ) m ORDER BY occurred_at, message_id, source_id LIMIT $6`,
      values: [accountIds, upTo.toString(), after?.occurredAt ?? '-infinity', after?.id ?? '', after?.sourceId ?? '', limit],
    });
    return rows.map(recordOf);
  }

  async told(tx: Transaction, arrivals: readonly Arrival[]): Promise<Map<string, ToldMessage>> {
    const rows = await tx.query<Omit<ToldMessage, 'hash' | 'personId'> & { hash: Buffer; root: string | null }>({
      text: `SELECT m.week, m.source_id AS "sourceId", m.message_id AS "messageId", m.hash, m.person_key AS "personKey", coalesce(i.alias_of, m.person_key) AS root, m.account_id AS "accountId", m.kind, m.data, m.product, a.erased_at AS "erasedAt" FROM unnest($1::text[], $2::text[]) AS q (source_id, message_id)
             JOIN message m ON m.week = ANY (ARRAY[message_week(now()), message_week(now()) - 1]) AND m.source_id = q.source_id AND m.message_id = q.message_id
             LEFT JOIN identity i ON i.key = m.person_key LEFT JOIN account a ON a.id = m.account_id`,
      values: [arrivals.map((a) => a.sourceId), arrivals.map((a) => a.messageId)],
    });
    return new Map(rows.map(({ root, ...row }) => [messageKey(row), { ...row, hash: row.hash.toString('hex'), personId: personIdOf(root) }]));
  }

  async retell<Message extends ToldMessage & { readonly retold: Retold }>(tx: Transaction, messages: readonly Message[]): Promise<Message[]> {
    const rows = await tx.query<{ place: string; account_id: string | null }>({
      text: `UPDATE message m SET kind = n.kind, data = n.data::json, product = n.product, person_id = CASE WHEN n.kind IS NULL OR m.account_id IS NULL THEN NULL ELSE coalesce(m.person_id, n.person_id) END
             FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY AS n (week, source_id, message_id, was, kind, data, product, person_id, nth)
             WHERE m.week = n.week AND m.source_id = n.source_id AND m.message_id = n.message_id AND m.kind IS NOT DISTINCT FROM n.was RETURNING n.nth - 1 AS place, m.account_id`,
      values: [
        messages.map((m) => m.week), messages.map((m) => m.sourceId), messages.map((m) => m.messageId), messages.map((m) => m.kind), messages.map(({ retold }) => retold.kind),
        messages.map(({ retold }) => (retold.kind === null ? null : JSON.stringify(retold.data))), messages.map(({ retold }) => retold.product), messages.map(({ personId }) => personId),
      ],
    });
    return rows.map(({ place, account_id: accountId }) => ({ ...messages[Number(place)]!, accountId }));
  }

  async oldestWeekEnd(): Promise<Date | null> {
    const [oldest] = await this.weeks();
    return oldest === undefined ? null : weekEnd(oldest);
  }

  async forgetWeeks(days: number): Promise<void> {
    for (const week of await this.weeks()) {
      const gone = await this.database.transaction(async (tx) => {
        const [row] = await tx.query<{ old: boolean }>({ text: 'SELECT $1::bigint * 604800 + 604800 + $2::bigint * 86400 <= extract(epoch FROM now()) AS old', values: [week, days] });
        if (row?.old !== true) return false;
        // Whoever reads for long must not make everybody behind the lock wait: it is tried again later. The table
        // first, as the consumer does.
        await tx.query(`SET LOCAL lock_timeout = '2s'`);
        await tx.query('LOCK TABLE message IN ACCESS EXCLUSIVE MODE');
        await tx.query(`UPDATE identity i SET waiting = greatest(0, i.waiting - g.signals)
                        FROM (SELECT coalesce(a.alias_of, a.key) AS key, count(*) AS signals FROM message m JOIN identity a ON a.key = m.person_key
                              WHERE m.week = ${week} AND m.account_id IS NULL AND m.kind IS NOT NULL GROUP BY 1) g WHERE i.key = g.key`);
        await tx.query(`DROP TABLE IF EXISTS message_week_${week}`);
        return true;
      });
      if (!gone) return;
    }
  }

  /** Weeks in which any of these sources wrote. */
  private async weeksWith(tx: Transaction, sourceIds: readonly string[]): Promise<number[]> {
    const rows = await tx.query<{ week: number }>({
      name: 'weeks-with-sources',
      text: `SELECT w.week FROM unnest($1::integer[]) AS w (week) CROSS JOIN LATERAL (SELECT FROM message m WHERE m.week = w.week AND m.source_id = ANY($2::text[]) LIMIT 1) any_of_it`,
      values: [await this.weeks(tx), sourceIds],
    });
    return rows.map(({ week }) => week);
  }

  /** Weeks there is room for, rising. */
  private async weeks(sql: Sql = this.database): Promise<number[]> {
    const rows = await sql.query<{ week: number }>(
      `SELECT substring(c.relname FROM 'message_week_(-?\\d+)$')::integer AS week FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'message'::regclass ORDER BY week`,
    );
    return rows.map(({ week }) => week);
  }
}

const weekEnd = (week: number): Date => new Date((week + 1) * weekMs);

function positionOf(row: Position): TimelinePosition {
  return { occurredAt: row.occurred_at.toISOString(), id: row.message_id, sourceId: row.source_id, week: row.week };
}

const importOf = ({ import_id: importId }: SignalRow): { importId?: string } => (importId ? { importId } : {});

function recordOf(row: SignalRow): SignalRecord {
  return {
    id: row.message_id, kind: row.kind, accountId: row.account_id, personId: row.person_id, occurredAt: row.occurred_at.toISOString(), receivedAt: row.received_at.toISOString(),
    sourceId: row.source_id, product: row.product, clamped: row.clamped, ...importOf(row), data: row.data,
  } as SignalRecord;
}
