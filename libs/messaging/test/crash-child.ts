import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { PoisonRecord } from '../src/batch-consumer.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';
import { TestService, testTopics } from './test-service.js';

/** A service in a process of its own, to be killed at PERENNIAL_KILL_POINT. Keys that begin with `bad` are poison until MENDED is set. */
const { DATABASE_URL = '', LOG_URL = '', TOPICS = '', MENDED, REPLAY } = process.env;
const log = await PostgresEventLog.open({ url: LOG_URL });
const database = await TypeOrmDatabase.open({ url: DATABASE_URL, poolSize: 8 });
const service = await TestService.start({
  log,
  database,
  topics: testTopics(TOPICS),
  messaging: { sessionTimeoutMs: 2_000 },
  faults: { refuse: (event) => (event.key.startsWith('bad') && MENDED === undefined ? new PoisonRecord('bad', 'a bad key', event) : null) },
});
process.on('SIGTERM', () => {
  void service.close().then(async () => {
    await log.close();
    await database.close();
    process.exit(0);
  });
});
process.stdout.write('started\n');
if (REPLAY !== undefined) await service.deadLetters.replay({});
