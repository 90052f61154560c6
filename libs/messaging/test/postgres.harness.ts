import { OwnPostgres } from '@perennial/testing/postgres';
import pg from 'pg';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';
import type { EventLogHarness } from './event-log.harness.js';

/** The contract's faults, done to a PostgreSQL of its own. */
export async function postgresHarness(): Promise<EventLogHarness> {
  const postgres = await OwnPostgres.start();
  const url = await postgres.emptyDatabase();
  const sweeper = await PostgresEventLog.open({ url });
  const sql = async (text: string, values: unknown[]): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text, values);
    await client.end();
  };
  return {
    open: () => PostgresEventLog.open({ url }),
    away: () => postgres.away(),
    back: () => postgres.back(),
    setCommitted: (group, topic, partition, offset) =>
      sql(
        `INSERT INTO group_partition (grp, topic_id, p, off) SELECT $1, id, $3, $4 FROM topic WHERE name = $2
         ON CONFLICT (grp, topic_id, p) DO UPDATE SET off = excluded.off`,
        [group, topic, partition, String(offset)],
      ),
    expire: (topic, partition, low) => sql('UPDATE part SET low_off = $3 FROM topic WHERE id = topic_id AND name = $1 AND p = $2', [topic, partition, String(low)]),
    wipe: async (topic) => {
      await sql('DELETE FROM entry WHERE topic_id = (SELECT id FROM topic WHERE name = $1)', [topic]);
      await sql('UPDATE part SET low_off = 0, next_off = 0 FROM topic WHERE id = topic_id AND name = $1', [topic]);
    },
    sweep: () => sweeper.sweep(),
    sweepShowsWithinMs: 1_000,
    stop: async () => {
      await sweeper.close();
      await postgres.stop();
    },
  };
}
