import type { EventLog } from '@perennial/messaging/event-log';
import { PostgresEventLog } from '@perennial/messaging/postgres/postgres-event-log';
import { testPostgres } from './postgres.js';

/** A log of this test alone, in a fresh Postgres database. */
export async function testEventLog(): Promise<{ eventLog: EventLog; dispose(): Promise<void> }> {
  const postgres = await testPostgres();
  const url = await postgres.emptyDatabase();
  const eventLog = await PostgresEventLog.open({ url });
  return {
    eventLog,
    dispose: async () => {
      await eventLog.close();
      await postgres.drop(url);
    },
  };
}
