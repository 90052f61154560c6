import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Key of the advisory lock; advisory locks are per database, so one key serves all services. */
const migrationLock = 7_263_541_190;

/**
 * Runs pending migrations, all in one transaction. Replicas that start at once wait for each other: the
 * lock is held on a connection of its own, so that a pool of one does not wait for itself.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<void> {
  if (dataSource.migrations.length === 0) return;
  const client = new pg.Client({ connectionString: url, application_name: 'migrations' });
  // A lost lock connection shows as an error of the statement in hand or of `end`.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await dataSource.runMigrations({ transaction: 'all' });
  } finally {
    await client.end();
  }
}
