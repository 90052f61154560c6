import type { Sql } from '@perennial/persistence/transaction';

const dayMs = 86_400_000;

/**
 * Width of the tables that records of one retention go into, milliseconds: a day, and for long retentions an
 * eighth of it up to a month, so that a reader from the start never opens hundreds of tables.
 */
export function rangeWidthMs(retentionMs: number): number {
  const days = retentionMs === 0 ? 31 : Math.min(31, Math.max(1, Math.floor(retentionMs / 8 / dayMs)));
  return days * dayMs;
}

/** Key of the advisory lock under which tables are made and dropped. */
const rangesLock = 7_263_541_191;

const parentOf = (retentionMs: number): string => `entry_r${retentionMs}`;

/**
 * Makes the tables for the current range and the two ahead, for each retention given. Must run in a
 * transaction. The times are the database's: so are the records'.
 */
export async function ensureRanges(tx: Sql, retentions: readonly number[]): Promise<void> {
  const distinct = [...new Set(retentions)].sort((a, b) => a - b);
  if (distinct.length === 0) return;
  await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [rangesLock] });
  const rows = await tx.query<{ now_ms: number; latest_ms: number | null; tables: string[] | null }>(
    `SELECT date_part('epoch', clock_timestamp()) * 1000 AS now_ms,
            (SELECT date_part('epoch', max(last_ts)) * 1000 FROM part WHERE last_ts > '-infinity') AS latest_ms,
            (SELECT array_agg(relname::text) FROM pg_class WHERE relname LIKE 'entry\\_r%' AND relkind IN ('r', 'p')) AS tables`,
  );
  const { now_ms: nowMs = 0, latest_ms: latestMs = null, tables = null } = rows[0] ?? {};
  const present = new Set(tables ?? []);
  // Where the clock was set back, records go on at the time of the last one.
  const from = Math.min(nowMs, latestMs ?? nowMs);
  const to = Math.max(nowMs, latestMs ?? nowMs);
  for (const retentionMs of distinct) {
    const parent = parentOf(retentionMs);
    if (!present.has(parent)) await tx.query(`CREATE TABLE ${parent} PARTITION OF entry FOR VALUES IN (${retentionMs}) PARTITION BY RANGE (ts)`);
    const width = rangeWidthMs(retentionMs);
    const first = Math.floor(Math.max(from, to - width) / width);
    const last = Math.floor(to / width) + 2;
    for (let range = first; range <= last; range++) {
      const start = new Date(range * width).toISOString();
      const table = `${parent}_${start.slice(0, 10).replaceAll('-', '')}`;
      if (present.has(table)) continue;
      // Attaching takes a weaker lock than creating in place: appends go on.
      await tx.query(`CREATE TABLE ${table} (LIKE ${parent} INCLUDING ALL)`);
      await tx.query(`ALTER TABLE ${parent} ATTACH PARTITION ${table} FOR VALUES FROM ('${start}') TO ('${new Date((range + 1) * width).toISOString()}')`);
    }
  }
}

/** Drops the tables all of whose records are older than their retention. Must run in a transaction. */
export async function dropExpiredRanges(tx: Sql): Promise<void> {
  await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [rangesLock] });
  await tx.query(`SET LOCAL lock_timeout = '2s'`);
  const tables = await tx.query<{ name: string; now_ms: number }>(
    `SELECT relname::text AS name, date_part('epoch', clock_timestamp()) * 1000 AS now_ms FROM pg_class WHERE relname ~ '^entry_r[1-9][0-9]*_[0-9]{8}$' AND relkind = 'r'`,
  );
  for (const { name, now_ms: nowMs } of tables) {
    const [, retention = '', year = '', month = '', day = ''] = /^entry_r(\d+)_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    const end = Date.UTC(Number(year), Number(month) - 1, Number(day)) + rangeWidthMs(Number(retention));
    if (end + Number(retention) < nowMs) await tx.query(`DROP TABLE ${name}`);
  }
}
