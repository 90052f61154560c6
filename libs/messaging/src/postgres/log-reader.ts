import type { Database } from '@perennial/persistence/transaction';
import type { LogRecord, Watermarks } from '../event-log.js';
import type { LogTopic } from './log-topics.js';

/** Where to read on in one partition. */
export interface ReadFrom {
  readonly partition: number;
  readonly offset: bigint;
  /** No record at or behind `offset` is older; lets the database skip old tables. Null: nothing is known. */
  readonly notBefore: Date | null;
}

export interface Slice extends Watermarks {
  readonly records: LogRecord[];
}

interface SliceRow {
  p: number;
  low_off: string;
  next_off: string;
  off: string | null;
  ms: number;
  key: string | null;
  headers: Record<string, string>;
  value: Buffer | null;
}

/** Records and watermarks of one snapshot, several partitions at a time, bounded by number and bytes. */
export class LogReader {
  constructor(private readonly database: Database) {}

  /** At least one record of each partition that has one, whatever its size; in offset order. */
  async read(topic: LogTopic, from: readonly ReadFrom[], maxRecords: number, maxBytes: number): Promise<Map<number, Slice>> {
    const rows = await this.database.query<SliceRow>({
      name: topic.compacted ? 'log-read-compacted' : 'log-read',
      text: topic.compacted ? compactedText : logText,
      values: [
        topic.id, from.map(({ partition }) => partition), from.map(({ offset }) => String(offset)),
        from.map(({ notBefore }) => notBefore?.toISOString() ?? '-infinity'), maxRecords, maxBytes, ...(topic.compacted ? [] : [topic.retentionMs]),
      ],
    });
    const slices = new Map<number, Slice>();
    for (const row of rows) {
      const slice = slices.get(row.p) ?? { partition: row.p, low: BigInt(row.low_off), high: BigInt(row.next_off), records: [] };
      slices.set(row.p, slice);
      if (row.off === null) continue;
      slice.records.push({ offset: BigInt(row.off), timestamp: new Date(row.ms), key: row.key, headers: row.headers, value: row.value });
    }
    return slices;
  }

  async watermarks(topic: LogTopic): Promise<Watermarks[]> {
    const rows = await this.database.query<{ p: number; low_off: string; next_off: string }>({
      name: 'log-watermarks', text: 'SELECT p, low_off, next_off FROM part WHERE topic_id = $1 ORDER BY p', values: [topic.id],
    });
    return rows.map(({ p, low_off, next_off }) => ({ partition: p, low: BigInt(low_off), high: BigInt(next_off) }));
  }
}

const text = (table: string, inClass: string): string => `
  SELECT w.p, c.low_off, c.next_off, e.off, date_part('epoch', e.ts) * 1000 AS ms, e.key, e.headers, e.value
  FROM unnest($2::smallint[], $3::bigint[], $4::timestamptz[]) w(p, o, since)
  JOIN part c ON c.topic_id = $1 AND c.p = w.p
  LEFT JOIN LATERAL (
    SELECT y.* FROM (
      SELECT x.*, row_number() OVER (ORDER BY x.off) AS nth, sum(coalesce(octet_length(x.value), 0)) OVER (ORDER BY x.off ROWS UNBOUNDED PRECEDING) AS bytes FROM (
        SELECT off, ts, key, headers, value FROM ${table} r
        WHERE ${inClass} r.topic_id = $1 AND r.p = w.p AND r.off >= greatest(w.o, c.low_off) AND r.ts >= w.since
        ORDER BY r.off LIMIT $5
      ) x
    ) y WHERE y.nth = 1 OR y.bytes <= $6
  ) e ON true
  ORDER BY w.p, e.off`;
const logText = text('entry', 'r.retention_ms = $7 AND');
const compactedText = text('compacted_entry', '');
