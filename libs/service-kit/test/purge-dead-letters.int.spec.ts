import { Module } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { EraseDeadLetters } from '../src/operations/erase-dead-letters.js';
import { PurgeDeadLetters } from '../src/operations/purge-dead-letters.js';
import type { ServiceDefinition } from '../src/service.js';

@Module({})
class NothingModule {}
const nothing: ServiceDefinition = { name: 'nothing', module: NothingModule, entities: [], migrations: [], writes: [], parseConfig: () => ({ config: {}, faults: [] }) };

describe('old dead letters', () => {
  let service: TestService;
  let database: Database;
  beforeAll(async () => {
    service = await startTestService(nothing, { env: { DEAD_LETTERS_KEPT_DAYS: '20' } });
    database = service.running.get(Database);
    await service.eventLog.ensureTopics([{ name: 't', partitions: 1, compacted: false, retentionMs: 86_400_000, compression: 'internal', maxRecordBytes: 1_000 }]);
  }, 30_000);
  afterAll(() => service.stop());

  const write = (id: string, state: string, days: number) => database.query({
    text: `INSERT INTO messaging_dead_letter (id, topic, partition, record_offset, record_time, headers, class, code, message, attempt, first_seen, state, changed_at)
           VALUES ($1, 't', 0, 0, now(), '{}', 'poison', 'c', 'm', 1, now() - interval '400 days', $2, now() - make_interval(days => $3))`,
    values: [id, state, days],
  });
  const ids = async () => (await database.query<{ id: string }>('SELECT id FROM messaging_dead_letter ORDER BY id')).map(({ id }) => id);

  it('are forgotten some time after they were settled, and never while they are dead', async () => {
    await write('dead', 'dead', 300);
    await write('replayed-long-ago', 'replayed', 20);
    await write('replayed-lately', 'replayed', 19);
    for (let i = 0; i < 1_500; i++) await write(`superseded-${i}`, 'superseded', 21 + (i % 100));
    const purge = service.running.get(PurgeDeadLetters);
    const now = new Date();
    await purge.runDue(now);
    expect(await ids()).toEqual(['dead', 'replayed-lately']);
    expect((await purge.nextDueAt()).getTime()).toBeGreaterThan(now.getTime());
  });

  it('are forgotten once their record is taken out of the log, dead or not', async () => {
    await service.eventLog.append('t', ['jo', 'somebody else'].map((text) => ({ key: 'k', value: Buffer.from(text), headers: {} })));
    await database.query(`UPDATE messaging_dead_letter SET record_offset = 1 WHERE id = 'dead'`);
    await service.eventLog.erase('t', ['jo'], () => true);
    const erase = service.running.get(EraseDeadLetters);
    await erase.runDue(new Date());
    expect(await ids()).toEqual(['dead']);
    await write('replayed-lately', 'replayed', 19);
    await database.query(`UPDATE messaging_dead_letter SET record_offset = 1`);
  });

  it('are looked at by the service itself', async () => {
    // On this service's clock: what was settled today by machine time may be long ago, and stays.
    expect(await service.running.nextDueAt()).not.toBeNull();
    await service.advance(new Date(service.clock.now().getTime() + 25 * 86_400_000));
    expect(await ids()).toEqual(['dead', 'replayed-lately']);
  });
});
