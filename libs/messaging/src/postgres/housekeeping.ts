import type { Database } from '@perennial/persistence/transaction';
import { dropExpiredRanges, ensureRanges } from './time-ranges.js';

const everyMs = 60_000;
/** Records appended to a compacted topic since the last time that make it worth compacting. */
const worthwhile = 5_000n;
/** Deleted keys are kept for a day, so that every reader learns of them (as Kafka's delete.retention.ms). */
const tombstoneMs = 86_400_000;
/** Key of the advisory lock: one process keeps house. */
const houseLock = 7_263_541_192;

/** Retention, compaction, tables for the days to come. */
export class Housekeeping {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly database: Database) {}

  start(): void {
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** Does everything that is due; `thorough` also compacts what would not be worth it yet. */
  async sweep(thorough: boolean): Promise<void> {
    await this.makeRanges();
    await this.expire();
    await this.compact(thorough ? 1n : worthwhile);
    await this.database.query(`DELETE FROM group_member WHERE expires_at < clock_timestamp() - interval '1 hour'`);
  }

  /** Makes the tables that appends of now and the next days go into. */
  async makeRanges(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const rows = await tx.query<{ retention_ms: string }>('SELECT DISTINCT retention_ms FROM topic WHERE NOT compacted');
      await ensureRanges(tx, rows.map(({ retention_ms }) => Number(retention_ms)));
    });
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      // What fails now (the database is away, a lock is held) is done next time.
      this.running = this.sweep(false).catch(() => undefined).finally(() => this.schedule());
    }, everyMs);
    this.timer.unref();
  }

  /** Moves the low watermarks over what is older than the retention, then drops the tables that hold nothing else. */
  private async expire(): Promise<void> {
    await this.database.query(`
      UPDATE part c SET low_off = n.low
      FROM (
        SELECT c.topic_id, c.p, coalesce((
          SELECT e.off FROM entry e
          WHERE e.retention_ms = t.retention_ms AND e.topic_id = c.topic_id AND e.p = c.p AND e.off >= c.low_off
            AND e.ts >= clock_timestamp() - t.retention_ms * interval '1 ms'
          ORDER BY e.off LIMIT 1), CASE WHEN c.last_ts < clock_timestamp() - t.retention_ms * interval '1 ms' THEN c.next_off ELSE c.low_off END) AS low
        FROM part c JOIN topic t ON t.id = c.topic_id
        WHERE NOT t.compacted AND t.retention_ms > 0 AND c.low_off < c.next_off
      ) n
      WHERE c.topic_id = n.topic_id AND c.p = n.p AND c.low_off < n.low`);
    await this.database.transaction(dropExpiredRanges);
  }

  /** Deletes all but the newest record of every key, in one transaction per topic. */
  private async compact(atLeast: bigint): Promise<void> {
    const due = await this.database.query<{ topic_id: number }>({
      text: `SELECT c.topic_id FROM part c JOIN topic t ON t.id = c.topic_id WHERE t.compacted GROUP BY c.topic_id HAVING sum(c.next_off - c.compacted_off) >= $1`,
      values: [String(atLeast)],
    });
    for (const { topic_id } of due) {
      await this.database.transaction(async (tx) => {
        await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [houseLock] });
        const ends = await tx.query<{ p: number; next_off: string }>({ text: 'SELECT p, next_off FROM part WHERE topic_id = $1', values: [topic_id] });
        await tx.query({
          text: `DELETE FROM compacted_entry e USING (SELECT p, key, max(off) AS newest FROM compacted_entry WHERE topic_id = $1 GROUP BY p, key) n
                 WHERE e.topic_id = $1 AND e.p = n.p AND e.key = n.key
                   AND (e.off < n.newest OR (e.value IS NULL AND e.ts < clock_timestamp() - $2 * interval '1 ms'))`,
          values: [topic_id, tombstoneMs],
        });
        await tx.query({
          text: 'UPDATE part c SET compacted_off = w.o FROM unnest($2::smallint[], $3::bigint[]) w(p, o) WHERE c.topic_id = $1 AND c.p = w.p',
          values: [topic_id, ends.map(({ p }) => p), ends.map(({ next_off }) => next_off)],
        });
      });
    }
  }
}
