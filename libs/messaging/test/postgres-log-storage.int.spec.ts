import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { testPostgres } from '@perennial/testing/postgres';
import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { GroupStore, type Membership } from '../src/postgres/group-store.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';
import type { TopicSpec } from '../src/event-log.js';

const spec: TopicSpec = { name: 'stored', partitions: 2, compacted: false, retentionMs: 7 * 86_400_000, compression: 'internal', maxRecordBytes: 1_048_576 };
const record = (value: string) => ({ key: 'account', value: Buffer.from(value), headers: {} });

describe('the Postgres log in its tables', () => {
  let log: PostgresEventLog;
  let database: TypeOrmDatabase;
  let drop: () => Promise<void>;
  beforeEach(async () => {
    const postgres = await testPostgres();
    const url = await postgres.emptyDatabase();
    log = await PostgresEventLog.open({ url });
    database = await TypeOrmDatabase.open({ url });
    drop = () => postgres.drop(url);
    await log.ensureTopics([spec]);
  });
  afterEach(async () => {
    await log.close();
    await database.close();
    await drop();
  });

  const ranges = async (): Promise<string[]> =>
    (await database.query<{ name: string }>(`SELECT relname::text AS name FROM pg_class WHERE relname ~ '^entry_r[0-9]+_[0-9]{8}$' AND relkind = 'r' ORDER BY 1`)).map(({ name }) => name);

  it('has tables for today and the days to come, and makes missing ones when an append needs them', async () => {
    const made = await ranges();
    expect(made.length).toBeGreaterThanOrEqual(3);
    for (const table of made) await database.query(`DROP TABLE ${table}`);
    await log.append('stored', [record('a')]);
    expect(await ranges()).toEqual(made);
    const [partition] = (await log.watermarks('stored')).filter(({ high }) => high > 0n);
    expect(partition?.high).toBe(1n);
  });

  it('drops tables whose records all expired, and no others', async () => {
    const kept = await ranges();
    const retention = spec.retentionMs;
    await database.query(`CREATE TABLE entry_r${retention}_20200101 PARTITION OF entry_r${retention} FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')`);
    await database.query(`INSERT INTO entry (retention_ms, topic_id, p, off, ts, headers) VALUES (${retention}, 1, 0, 0, '2020-01-01 12:00Z', '{}')`);
    await log.append('stored', [record('a')]);
    await log.sweep();
    expect(await ranges()).toEqual(kept);
    expect(await database.query('SELECT convert_from(value, $$UTF8$$) AS value FROM entry')).toEqual([{ value: 'a' }]);
  });

  it('is emptied of single records, which keep their offsets; of a key the newest stays', async () => {
    const named = (key: string, value: string) => ({ key, value: Buffer.from(value), headers: { ce_id: value, ce_source: '/x' } });
    await log.ensureTopics([{ ...spec, name: 'states', compacted: true, retentionMs: null, partitions: 1 }, { ...spec, name: 'one', partitions: 1 }]);
    await log.append('one', [named('a', 'keeps'), named('a', 'JO says'), named('jo', 'x'), named('b', 'jo, somebody else')]);
    await log.append('states', [named('a', 'jo 1'), named('a', 'jo 2'), named('b', 'jo 3'), named('b', 'none')]);
    const isAbout = ({ value }: { value: Buffer | null }) => !String(value).includes('somebody else');
    expect(await log.erase('one', ['jo'], isAbout)).toEqual({ erased: 2, left: 0 });
    expect((await log.read('one', 0, 0n, 10)).map(({ offset, key, value, headers }) => [offset, key, value?.toString() ?? null, headers])).toEqual([
      [0n, 'a', 'keeps', { ce_id: 'keeps', ce_source: '/x' }], [1n, null, null, { ce_source: '/x', erased: '1' }], [2n, null, null, { ce_id: 'x', ce_source: '/x', erased: '1' }], [3n, 'b', 'jo, somebody else', { ce_id: 'jo, somebody else', ce_source: '/x' }],
    ]);
    expect(await log.erase('states', ['jo'], isAbout)).toEqual({ erased: 2, left: 1 });
    expect((await log.read('states', 0, 0n, 10)).map(({ value }) => value?.toString())).toEqual(['jo 2', 'none']);
    expect(await log.erase('nowhere', ['jo'], isAbout)).toEqual({ erased: 0, left: 0 });
  });

  it('goes on in order when the clock was set back', async () => {
    await log.append('stored', [record('a')]);
    await database.query(`UPDATE part SET last_ts = clock_timestamp() + interval '6 hours' WHERE next_off > 0`);
    await log.append('stored', [record('b')]);
    const [row] = await database.query<{ ordered: boolean }>(`SELECT bool_and(ts >= before) AS ordered FROM (SELECT ts, lag(ts, 1, '-infinity') OVER (ORDER BY off) AS before FROM entry) x`);
    expect(row?.ordered).toBe(true);
    const [later] = await database.query<{ ahead: boolean }>(`SELECT max(ts) > now() + interval '5 hours' AS ahead FROM entry`);
    expect(later?.ahead).toBe(true);
  });

  describe('groups', () => {
    const membership = (sessionTimeoutMs = 10_000): Membership => ({ group: 'g', topicId: 1, member: randomUUID(), sessionTimeoutMs });

    it('hands a partition to one living member only, and on when that one is silent for a session', async () => {
      const groups = new GroupStore(database);
      const [first, second] = [membership(300), membership()];
      await groups.prepare('g', 1);
      await groups.renew([first, second]);
      expect([...(await groups.acquire(first, [0, 1])).keys()]).toEqual([0, 1]);
      expect([...(await groups.acquire(second, [0, 1])).keys()]).toEqual([]);
      await sleep(400);
      expect([...(await groups.acquire(second, [1])).keys()]).toEqual([1]);
      await groups.renew([first]);
      expect([...(await groups.acquire(first, [0, 1])).keys()]).toEqual([0]);
    });

    it('lets only the holder of a partition store its offset', async () => {
      const groups = new GroupStore(database);
      const [first, second] = [membership(), membership()];
      await groups.prepare('g', 1);
      await groups.renew([first, second]);
      await groups.acquire(first, [0]);
      await groups.store([{ membership: first, partition: 0, offset: 7n }]);
      await groups.store([{ membership: second, partition: 0, offset: 3n }]);
      expect([...(await groups.committed('g', 1))]).toEqual([[0, 7n]]);
      await groups.leave(first);
      expect([...(await groups.acquire(second, [0]))]).toEqual([[0, 7n]]);
    });

    it('takes over from a member that died without a word', async () => {
      const groups = new GroupStore(database);
      const dead = membership(1_000);
      await groups.prepare('g', 1);
      await groups.renew([dead]);
      await groups.acquire(dead, [0, 1]);
      const subscription = await log.subscribe({ group: 'g', topic: 'stored', sessionTimeoutMs: 1_500, onBatch: async ({ records }) => records.at(-1)!.offset + 1n });
      expect(subscription.assigned()).toEqual([]);
      for (let i = 0; subscription.assigned().length < 2 && i < 100; i++) await sleep(50);
      expect(subscription.assigned()).toEqual([0, 1]);
    });
  });
});
