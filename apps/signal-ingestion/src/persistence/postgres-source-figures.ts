import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { SourceFigures, type Figures, type HourFigures, type WatchedSource } from '../application/source-figures.js';
import { importedFiles, type SourceTally } from '../domain/source-tally.js';

interface FigureRow {
  accepted: string;
  repeated: string;
  rejected: string;
  suppressed: string;
  clamped: string;
  late: string;
  newest_event_at: Date | null;
  newest_received_at: Date | null;
  skew_ms: number | null;
}

const dayMs = 86_400_000;
/** A source is first looked at when a week of it is known. */
const firstLookMs = 7 * dayMs;
const faultyRows = 'SELECT e.code, count(*) AS count FROM import_error e JOIN import i ON i.id = e.import_id WHERE i.created_at >= $1 AND NOT i.dry_run GROUP BY e.code ORDER BY count(*) DESC, e.code';
const watchColumns = 'source_id AS "sourceId", state, since';
const cameBack = `state = 'quiet' AND EXISTS (SELECT 1 FROM source_hour h WHERE h.source_id = w.source_id AND h.hour >= w.since - interval '1 hour' AND h.newest_received_at > w.since AND h.accepted > 0)`;

@Injectable()
export class PostgresSourceFigures extends SourceFigures {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, partition: number, tally: SourceTally): Promise<boolean> {
    const hours = tally.hours();
    if (hours.length === 0) return false;
    const minutes = tally.minutes();
    const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
    const rows = await tx.query({
      name: 'add-figures',
      text: `WITH hours AS (
               INSERT INTO source_hour AS h (source_id, hour, partition, accepted, repeated, rejected, suppressed, clamped, late, newest_event_at, newest_received_at, skew_ms, skewed)
               SELECT source_id, hour, $1, accepted, repeated, rejected, suppressed, clamped, late, newest_event_at, newest_received_at, skew_ms, skewed
               FROM unnest($2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::double precision[], $12::bigint[], $17::bigint[])
                 AS n (source_id, hour, accepted, repeated, rejected, clamped, late, newest_event_at, newest_received_at, skew_ms, skewed, suppressed)
               ON CONFLICT (source_id, hour, partition) DO UPDATE SET accepted = h.accepted + excluded.accepted, repeated = h.repeated + excluded.repeated, rejected = h.rejected + excluded.rejected, suppressed = h.suppressed + excluded.suppressed,
                 clamped = h.clamped + excluded.clamped, late = h.late + excluded.late, newest_event_at = greatest(h.newest_event_at, excluded.newest_event_at),
                 newest_received_at = greatest(h.newest_received_at, excluded.newest_received_at), skew_ms = h.skew_ms + excluded.skew_ms, skewed = h.skewed + excluded.skewed
             ), seen AS (
               INSERT INTO source_watch (source_id, state, since, next_look_at)
               SELECT source_id, 'active', min(at), min(at) + $16 * interval '1 ms' FROM unnest($2::text[], $10::timestamptz[]) AS s (source_id, at) GROUP BY source_id ORDER BY source_id ON CONFLICT DO NOTHING RETURNING source_id
             ), minutes AS (
               INSERT INTO source_minute AS m (source_id, slot, partition, minute, accepted)
               SELECT source_id, extract(epoch FROM minute)::bigint / 60 % 60, $1, minute, accepted FROM unnest($13::text[], $14::timestamptz[], $15::bigint[]) AS n (source_id, minute, accepted)
               ON CONFLICT (source_id, slot, partition) DO UPDATE SET minute = excluded.minute, accepted = CASE WHEN m.minute = excluded.minute THEN m.accepted ELSE 0 END + excluded.accepted
               WHERE m.minute <= excluded.minute
             )
             SELECT source_id FROM seen UNION ALL SELECT source_id FROM source_watch WHERE source_id = ANY($2::text[]) AND state = 'quiet'`,
      values: [
        partition, hours.map((h) => h.sourceId), hours.map((h) => new Date(h.hour)), hours.map((h) => h.accepted), hours.map((h) => h.repeated), hours.map((h) => h.rejected),
        hours.map((h) => h.clamped), hours.map((h) => h.late), hours.map((h) => date(h.newestEventAt)), hours.map((h) => new Date(h.newestReceivedAt)), hours.map((h) => h.skewMs), hours.map((h) => h.skewed),
        minutes.map((m) => m.sourceId), minutes.map((m) => new Date(m.minute)), minutes.map((m) => m.accepted), firstLookMs, hours.map((h) => h.suppressed),
      ],
    });
    return rows.length > 0;
  }

  async since(sourceId: string, from: Date): Promise<Figures> {
    const [row] = await this.database.query<FigureRow>({
      text: `SELECT coalesce(sum(accepted), 0) AS accepted, coalesce(sum(repeated), 0) AS repeated, coalesce(sum(rejected), 0) AS rejected, coalesce(sum(suppressed), 0) AS suppressed, coalesce(sum(clamped), 0) AS clamped, coalesce(sum(late), 0) AS late,
               max(newest_event_at) AS newest_event_at, max(newest_received_at) AS newest_received_at, sum(skew_ms) / nullif(sum(skewed), 0) AS skew_ms
             FROM source_hour WHERE source_id = $1 AND hour >= $2`,
      values: [sourceId, from],
    });
    if (!row) throw new Error('a sum is always one row');
    return {
      accepted: Number(row.accepted), repeated: Number(row.repeated), rejected: Number(row.rejected), suppressed: Number(row.suppressed), clamped: Number(row.clamped), late: Number(row.late),
      newestEventAt: row.newest_event_at, newestReceivedAt: row.newest_received_at, skewMs: row.skew_ms,
    };
  }

  async hours(sourceId: string, from: Date): Promise<HourFigures[]> {
    const rows = await this.database.query<Pick<FigureRow, 'accepted' | 'repeated' | 'rejected'> & { hour: Date }>({
      text: 'SELECT hour, sum(accepted) AS accepted, sum(repeated) AS repeated, sum(rejected) AS rejected FROM source_hour WHERE source_id = $1 AND hour >= $2 GROUP BY hour ORDER BY hour',
      values: [sourceId, from],
    });
    return rows.map((row) => ({ hour: row.hour, accepted: Number(row.accepted), repeated: Number(row.repeated), rejected: Number(row.rejected) }));
  }

  async accepted(sourceId: string, from: Date, to: Date): Promise<number> {
    const [row] = await this.database.query<{ accepted: string }>({ text: 'SELECT coalesce(sum(accepted), 0) AS accepted FROM source_minute WHERE source_id = $1 AND minute >= $2 AND minute < $3', values: [sourceId, from, to] });
    return Number(row?.accepted ?? 0);
  }

  async rejectedByCode(sourceId: string, from: Date): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ code: string; count: string }>({
      text: sourceId === importedFiles ? faultyRows : `SELECT code, count(*) AS count FROM rejected WHERE (source_id = $2 OR starts_with(source_id, $2 || '/')) AND received_at >= $1 GROUP BY code ORDER BY count(*) DESC, code`,
      values: sourceId === importedFiles ? [from] : [from, sourceId],
    });
    return new Map(rows.map(({ code, count }) => [code, Number(count)]));
  }

  async watched(sourceId: string): Promise<WatchedSource | null> {
    const [row] = await this.database.query<WatchedSource>({ text: `SELECT ${watchColumns} FROM source_watch WHERE source_id = $1`, values: [sourceId] });
    return row ?? null;
  }

  async nextLookAt(now: Date): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({
      name: 'next-look-at-sources',
      text: `SELECT min(CASE WHEN state = 'active' THEN next_look_at WHEN ${cameBack} THEN $1::timestamptz END) AS at FROM source_watch w`,
      values: [now],
    });
    return row?.at ?? null;
  }

  async claim(tx: Transaction, now: Date): Promise<WatchedSource | null> {
    const [row] = await tx.query<WatchedSource>({
      text: `SELECT ${watchColumns} FROM source_watch w WHERE state = 'active' AND next_look_at <= $1 OR ${cameBack} ORDER BY source_id LIMIT 1 FOR UPDATE SKIP LOCKED`,
      values: [now],
    });
    return row ?? null;
  }

  async activity(sql: Sql, sourceId: string, from: Date): Promise<{ hours: Date[]; newestReceivedAt: Date | null }> {
    const rows = await sql.query<{ hour: Date; newest: Date }>({
      text: 'SELECT hour, max(newest_received_at) AS newest FROM source_hour WHERE source_id = $1 AND hour >= $2 AND accepted > 0 GROUP BY hour ORDER BY hour',
      values: [sourceId, from],
    });
    return { hours: rows.map(({ hour }) => hour), newestReceivedAt: rows.at(-1)?.newest ?? null };
  }

  async watch(tx: Transaction, { sourceId, state, since }: WatchedSource, nextLookAt: Date): Promise<void> {
    await tx.query({ text: 'UPDATE source_watch SET state = $2, since = $3, next_look_at = $4 WHERE source_id = $1', values: [sourceId, state, since, nextLookAt] });
  }

  async unwatch(tx: Transaction, sourceId: string): Promise<void> {
    await tx.query({ text: 'DELETE FROM source_watch WHERE source_id = $1', values: [sourceId] });
  }

  async countByState(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ state: string; count: string }>('SELECT state, count(*) AS count FROM source_watch GROUP BY state');
    return new Map(rows.map(({ state, count }) => [state, Number(count)]));
  }

  async oldest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(hour) AS at FROM source_hour');
    return row?.at ?? null;
  }

  forgetBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'source_hour', 'hour < $1', [instant]);
  }
}
