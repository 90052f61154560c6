import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '@perennial/testing/ledger';
import { OwnPostgres, type TestDatabase } from '@perennial/testing/postgres';
import { Random } from '@perennial/testing/random';
import { PoisonRecord } from '../src/batch-consumer.js';
import { Transient } from '../src/errors.js';
import type { EventLog, LogRecord, OutgoingRecord } from '../src/event-log.js';
import { messagingMigrations } from '../src/messaging-migrations.js';
import { eventually } from './collected.js';
import type { EventLogHarness, HarnessLimits } from './event-log.harness.js';
import { FlakyLog } from './flaky-log.js';
import { MessagingWorld, idOf, rounds } from './messaging-world.js';
import { CountingDatabase, TestService, counted, createTables, effects, messagingDatabase, totals, type Faults, type TestServiceOptions, type TestTopics } from './test-service.js';

/** The consumer, the outbox and the dead letters under faults, on one kind of log. */
export function messagingContract(name: string, start: () => Promise<EventLogHarness>, limits: HarnessLimits = { canGoAway: true, canSweep: true }): void {
  describe(`${name}: messaging under faults`, () => {
    const patience = 120_000;
    const itGoesAway = limits.canGoAway ? it : it.skip;
    let harness: EventLogHarness;
    let world: MessagingWorld;
    let log: EventLog;
    let db: TestDatabase;
    let topics: TestTopics;
    let ledger: Ledger;
    let services: TestService[];

    beforeAll(async () => {
      harness = await start();
    }, 180_000);
    beforeEach(async () => {
      world = await MessagingWorld.open(() => harness.open());
      ({ log, db, topics, ledger, services } = world);
    }, patience);
    afterEach(() => world.close(), patience);
    afterAll(async () => {
      await harness?.stop();
    }, 60_000);

    const startService = (options: Partial<TestServiceOptions> = {}): Promise<TestService> => world.startService(options);
    const stopServices = (): Promise<void> => world.stopServices();
    const append = (records: readonly OutgoingRecord[]): Promise<void> => world.append(records);
    const untilEffects = (count: number): Promise<void> => world.untilEffects(count);
    const untilNoLag = (service: TestService): Promise<void> => world.untilNoLag(service);
    const readAll = (topic: string): Promise<LogRecord[]> => world.readAll(topic);

    it('gathers what comes while a handler that asked for it rests', async () => {
      const service = await startService({ restMs: 2_000 });
      await append([counted(topics.counted, 'a0', 1)]);
      await untilEffects(1);
      for (let version = 2; version <= 6; version++) {
        await append([counted(topics.counted, 'a0', version)]);
        await sleep(100);
      }
      await untilEffects(6);
      // The last two may be what came before the rest and behind it.
      expect(service.batches.length).toBeLessThanOrEqual(3);
      ledger.verify(await effects(db.database));
    }, patience);

    describe('redelivery', () => {
      it('changes nothing when the hint was lost between commit and hint, or lies anywhere', async () => {
        await append(rounds(topics.counted, 20, 1, 10));
        let service = await startService();
        await untilEffects(200);
        await untilNoLag(service);
        for (const [partition, hint] of [[0, 0n], [1, 7n]] as const) {
          await stopServices();
          await harness.setCommitted(world.group, topics.counted.name, partition, hint);
          service = await startService();
          await append([counted(topics.counted, 'a0', 11 + Number(hint))]);
          await untilNoLag(service);
        }
        await untilEffects(202);
        ledger.verify(await effects(db.database));
      }, patience);

      it('drops duplicates by version, inside a batch and across restarts', async () => {
        const records = rounds(topics.counted, 10, 1, 3);
        await append(records);
        await log.append(topics.counted.name, records);
        await startService();
        await untilEffects(30);
        await log.append(topics.counted.name, records.slice(10));
        await stopServices();
        const service = await startService();
        await log.append(topics.counted.name, records.slice(20));
        await append([counted(topics.counted, 'a0', 4)]);
        await untilEffects(31);
        await untilNoLag(service);
        ledger.verify(await effects(db.database));
      }, patience);

      it('holds for offsets rewound at random', async () => {
        const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
        const random = new Random(seed);
        let version = 0;
        try {
          for (let round = 0; round < 5; round++) {
            const service = await startService();
            const upTo = version + 1 + random.between(0, 3);
            await append(rounds(topics.counted, 15, version + 1, upTo));
            version = upTo;
            if (random.chance(0.5)) await untilNoLag(service);
            else await sleep(random.next() * 60);
            await stopServices();
            const marks = await log.watermarks(topics.counted.name);
            const { partition, high } = random.pick(marks);
            await harness.setCommitted(world.group, topics.counted.name, partition, BigInt(random.between(0, Number(high))));
          }
          const service = await startService();
          await untilNoLag(service);
          ledger.verify(await effects(db.database));
        } catch (error) {
          throw new Error(`seed ${seed} (repeat with TEST_SEED): ${String(error)}`, { cause: error });
        }
      }, patience);
    });

    describe('a topic without versions', () => {
      it('is applied once by the fence alone, wherever the hint lies and though seeks come to nothing', async () => {
        const deaf = new FlakyLog(log, () => 'none');
        deaf.deaf = true;
        const some = async (from: number): Promise<void> => {
          const records = Array.from({ length: 100 }, (_, i) => counted(topics.raw, 'a0', from + i));
          await log.append(topics.raw.name, records);
          for (const record of records) ledger.accept(idOf(record), record.key!);
        };
        let service = await startService({ withRaw: true, log: deaf });
        await some(1);
        await untilEffects(100);
        for (const hint of [0n, 40n]) {
          await stopServices();
          for (const { partition, high } of await log.watermarks(topics.raw.name)) {
            if (high > 0n) await harness.setCommitted(`test-service.${topics.raw.stream}`, topics.raw.name, partition, hint);
          }
          service = await startService({ withRaw: true, log: deaf });
          await some(101 + Number(hint) * 10);
          await untilNoLag(service);
        }
        await untilEffects(300);
        ledger.verify(await effects(db.database));
      }, patience);
    });

    describe('memory of a partition', () => {
      const deadlock = (): Error => Object.assign(new Error('deadlock detected'), { code: '40P01' });
      it.each([['a transient failure', () => new Transient('away')], ['a deadlock', deadlock], ['an unknown failure', () => new TypeError('once')]])('is thrown away after %s', async (_case, failure) => {
        const slot = Symbol('test');
        const counts: number[] = [];
        let fail = true;
        await startService({
          faults: {
            afterWork: (batch) => {
              const memo = batch.memory.keep(slot, () => ({ chunks: 0 }));
              memo.chunks++;
              if (fail) {
                fail = false;
                throw failure();
              }
              counts.push(memo.chunks);
            },
          },
        });
        await append([counted(topics.counted, 'a0', 1)]);
        await untilEffects(1);
        await append([counted(topics.counted, 'a0', 2)]);
        await untilEffects(2);
        expect(counts).toEqual([1, 2]);
      }, patience);
    });

    describe('several consumers', () => {
      it('applies once when two consumers work the same partitions at the same time', async () => {
        await append(rounds(topics.counted, 30, 1, 20));
        // Two groups, one database: each log member believes that all partitions are its own.
        await startService({ service: 'test-service' });
        await startService({ service: 'its-twin' });
        for (let version = 21; version <= 30; version++) await append(rounds(topics.counted, 30, version, version));
        await untilEffects(900);
        await sleep(300);
        ledger.verify(await effects(db.database));
        expect(await totals(db.database)).toEqual(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`a${i}`, 30] as const)));
      }, patience);

      it('loses and doubles nothing while a consumer joins and leaves', async () => {
        await startService();
        let version = 0;
        for (let round = 0; round < 3; round++) {
          const other = await startService({ log: await harness.open() });
          for (let i = 0; i < 5; i++) await append(rounds(topics.counted, 20, ++version, version));
          await sleep(200);
          await other.close();
          services.splice(services.indexOf(other), 1);
          await append(rounds(topics.counted, 20, ++version, version));
        }
        await untilEffects(20 * version);
        ledger.verify(await effects(db.database));
      }, patience);

      it('commits the chunk in hand when it closes, and the next one goes on behind it', async () => {
        await append(rounds(topics.counted, 20, 1, 50));
        let working = false;
        const slow: Faults = { afterWork: async () => { working = true; await sleep(300); } };
        const first = await startService({ faults: slow });
        await eventually(() => working, () => 'the handler was not called');
        await first.close();
        services.length = 0;
        const done = await effects(db.database);
        expect(done.length).toBeGreaterThan(0);
        await startService();
        await untilEffects(1_000);
        ledger.verify(await effects(db.database));
      }, patience);
    });

    describe('poison', () => {
      const poisonKey = (key: string): boolean => key.startsWith('bad');

      it.each([
        ['undecodable', {}],
        ['poison', { refuse: (event) => (poisonKey(event.key) ? new PoisonRecord('refused', `no ${event.key}`, event) : null) }],
        ['poison', { onEvent: (event) => { if (poisonKey(event.key)) throw new PoisonRecord('thrown', `no ${event.key}`, event); } }],
        ['unknown', { onEvent: (event) => { if (poisonKey(event.key)) throw new TypeError(`cannot read jane@example.com of ${event.key}`); } }],
      ] as [string, Faults][])('goes to the dead letters (%s), its neighbours commit', async (kind, faults) => {
        const bad = ['bad1', 'bad2', 'bad3'].map((key) => counted(topics.counted, key, 1));
        const poison = kind === 'undecodable' ? bad.map((record, i) => ({ ...record, value: Buffer.from([0xff, 0, i]), headers: { ...record.headers, odd: 'NUL \0 in a header' } })) : bad;
        await append(rounds(topics.counted, 20, 1, 5));
        await log.append(topics.counted.name, poison);
        await append(rounds(topics.counted, 20, 6, 10));
        const service = await startService({ faults });
        await untilEffects(200);
        await untilNoLag(service);
        ledger.verify(await effects(db.database));
        expect(Object.values(await totals(db.database)).every((total) => total === 10)).toBe(true);

        const { letters } = await service.deadLetters.list({ limit: 10 });
        expect(letters).toHaveLength(3);
        for (const letter of letters) {
          expect(letter).toMatchObject({ service: 'test-service', topic: topics.counted.name, class: kind, attempt: 1, state: 'dead' });
          expect(letter.message).not.toContain('jane@example.com');
        }
        await eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty');
        const dead = await readAll(world.deadLetterTopic);
        expect(dead.map(({ key }) => key).sort()).toEqual(['bad1', 'bad2', 'bad3']);
        for (const record of dead) {
          const original = poison.find(({ key }) => key === record.key)!;
          expect(record.value).toEqual(original.value);
          expect(record.headers).toMatchObject({ ...original.headers, 'dlq-topic': topics.counted.name, 'dlq-class': kind, 'dlq-attempt': '1', 'dlq-service-version': '9.9.9' });
        }
      }, patience);

      it('finds one unknown failure among 1,000 in O(log n) transactions', async () => {
        const database = new CountingDatabase(db.database);
        await append(Array.from({ length: 1_000 }, (_, i) => counted(topics.counted, 'a0', i + 1)).slice(0, 700));
        const service = await startService({ database, faults: { onEvent: (event) => { if (event.version === 321) throw new TypeError('always'); } } });
        await untilEffects(699);
        await untilNoLag(service);
        // Three tries, then at each of 10 levels one that fails and one that commits.
        expect(database.transactions).toBeLessThanOrEqual(3 + 2 * 10 + 2);
        expect((await service.deadLetters.list({ limit: 10 })).letters).toHaveLength(1);
      }, patience);

      it('replayed twice is applied once', async () => {
        let mended = false;
        await append(rounds(topics.counted, 5, 1, 2));
        const service = await startService({ faults: { onEvent: (event) => { if (!mended && event.key === 'a3' && event.version === 1) throw new PoisonRecord('odd', 'not yet', event); } } });
        await untilEffects(9);
        const [letter] = (await service.deadLetters.list({ limit: 10 })).letters;
        expect(await service.deadLetters.replay({ dryRun: true })).toEqual([letter!.id]);
        // Still poison: it stays dead, under the same id, with one more attempt.
        await service.deadLetters.replay({ ids: [letter!.id] });
        await eventually(async () => (await service.deadLetters.get(letter!.id))?.attempt === 2, () => 'the second attempt is not told');
        mended = true;
        await Promise.all([service.deadLetters.replay({ ids: [letter!.id] }), service.deadLetters.replay({ topic: topics.counted.name })]);
        await eventually(async () => (await service.deadLetters.get(letter!.id))?.state === 'replayed', () => 'not replayed');
        await service.deadLetters.replay({});
        await append([counted(topics.counted, 'a3', 3)]);
        await untilEffects(11);
        await untilNoLag(service);
        const done = await effects(db.database);
        expect(done.filter((id) => id === 'a3/1')).toHaveLength(1);
        expect(done).toHaveLength(11);
        expect(await service.deadLetters.replay({})).toEqual([]);
      }, patience);

      it('on a state topic an older replay is superseded; another service drops it by version', async () => {
        let mended = false;
        const faults: Faults = { onEvent: (event) => { if (!mended && event.version === 1) throw new PoisonRecord('odd', 'not yet', event); } };
        const service = await startService({ withSettings: true, faults });
        const other = await messagingDatabase();
        const twin = await TestService.start({ log: await harness.open(), topics, database: other.database, service: 'other-service', withSettings: true });
        try {
          await log.append(topics.settings.name, [counted(topics.settings, 'a1', 1), counted(topics.settings, 'a2', 1), counted(topics.settings, 'a1', 2)]);
          await untilEffects(1);
          await eventually(async () => (await effects(other.database)).length === 3, () => 'the twin lacks events');
          mended = true;
          expect(await service.deadLetters.replay({})).toHaveLength(2);
          await untilEffects(2);
          await untilNoLag(service);
          await untilNoLag(twin);
          expect((await effects(db.database)).sort()).toEqual(['a1/2', 'a2/1']);
          const states = (await service.deadLetters.list({ limit: 10 })).letters.map(({ state }) => state).sort();
          expect(states).toEqual(['replayed', 'superseded']);
          expect((await effects(other.database)).sort()).toEqual(['a1/1', 'a1/2', 'a2/1']);
        } finally {
          await twin.close();
          await other.dispose();
        }
      }, patience);

      it('stops the partition when a dead letter cannot be written, says why, and goes on when it can', async () => {
        const service = await startService();
        await db.database.query('ALTER TABLE messaging_dead_letter RENAME TO away');
        await log.append(topics.counted.name, [{ ...counted(topics.counted, 'a1', 1), value: Buffer.from('no json') }]);
        await eventually(async () => !(await service.progress.ready()).ready, () => 'still ready');
        expect((await service.progress.ready()).reasons.join()).toMatch(/stopped/);
        await db.database.query('ALTER TABLE away RENAME TO messaging_dead_letter');
        await untilNoLag(service);
        await eventually(async () => (await service.progress.ready()).ready, () => 'not ready again');
        expect((await service.deadLetters.list({ limit: 10 })).letters).toHaveLength(1);
      }, patience);

      it('1 % of it costs no second run', async () => {
        const size = 10_000;
        for (let version = 1; version <= size / 1_000; version++) {
          await append(rounds(topics.counted, 1_000, version, version).map((record, i) => (i % 200 === 7 ? { ...record, value: Buffer.from('{') } : record)));
        }
        const database = new CountingDatabase(db.database);
        let handed = 0;
        // Half of the poison cannot be decoded, half is returned by the handler.
        const faults: Faults = { onEvent: () => { handed++; }, refuse: (event) => (event.offset % 200n === 3n ? new PoisonRecord('odd', 'no', event) : null) };
        const service = await startService({ database, faults, relay: false });
        await untilNoLag(service);
        const { letters } = await service.deadLetters.list({ limit: 1_000 });
        expect(letters.length).toBeGreaterThan(80);
        expect(handed).toBe(size - size / 200);
        expect(await effects(db.database)).toHaveLength(size - letters.length);
        expect(database.statements.filter((name) => name === 'messaging_fence')).toHaveLength(service.batches.length);
      }, patience);
    });

    describe('cost', () => {
      it('a chunk takes the same few statements for 1 record and for 2,000', async () => {
        const database = new CountingDatabase(db.database);
        const service = await startService({ database, relay: false });
        const cost = async (records: OutgoingRecord[]): Promise<string[]> => {
          const chunks = service.batches.length;
          database.statements = [];
          await append(records);
          await untilNoLag(service);
          const share = service.batches.length - chunks;
          expect(database.statements.length % share).toBe(0);
          return database.statements.slice(0, database.statements.length / share);
        };
        const one = await cost([counted(topics.counted, 'a0', 1)]);
        const many = await cost(Array.from({ length: 2_000 }, (_, i) => counted(topics.counted, 'a0', i + 2)).map((record, i) => ({ ...record, key: 'a0', headers: { ...record.headers, n: String(i) } })));
        expect(one).toEqual(['messaging_fence', 'test_total', 'messaging_published_look', 'messaging_outbox_write']);
        expect(many).toEqual(one);
      }, patience);
    });

    describe('outbox', () => {
      it('carries the cause and its trace on', async () => {
        const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
        await append([counted(topics.counted, 'a0', 1, 1, { traceparent, ce_causationdepth: '3' })]);
        const service = await startService();
        await untilEffects(1);
        await eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty');
        const [published] = await readAll(topics.totals.name);
        expect(published!.headers).toMatchObject({
          ce_id: `${topics.totals.stream}/a0/1`, ce_source: '/test-service', ce_subject: 'a0', ce_causationid: 'a0/1', ce_causationdepth: '4', traceparent,
        });
        expect(JSON.parse(String(published!.value))).toEqual({ total: 1, version: 1 });
      }, patience);

      it('keeps the order per key while sends fail before, after and half way', async () => {
        const random = new Random(4711);
        const faults = ['before', 'after', 'half', 'none', 'none'] as const;
        const flaky = new FlakyLog(log, (topic) => (topic === topics.totals.name ? random.pick(faults) : 'none'));
        const service = await startService({ log: flaky, relay: false });
        for (let version = 1; version <= 20; version++) {
          await append(rounds(topics.counted, 10, version, version));
          await untilEffects(10 * version);
        }
        // Many versions of a key in one send.
        service.relay.start();
        await eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty');
        const highest = new Map<string, number>();
        const sent = new Set<string>();
        for (const { key, headers } of await readAll(topics.totals.name)) {
          const version = Number(headers['ce_id']!.split('/').at(-1));
          // A version may come again, but none for the first time behind a higher one.
          if (!sent.has(headers['ce_id']!)) expect(version).toBeGreaterThan(highest.get(key!) ?? 0);
          sent.add(headers['ce_id']!);
          highest.set(key!, Math.max(version, highest.get(key!) ?? 0));
        }
        const published = await db.database.query<{ key: string; version: string }>({ text: 'SELECT key, version FROM messaging_published WHERE topic = $1', values: [topics.totals.name] });
        expect(Object.fromEntries(highest)).toEqual(Object.fromEntries(published.map(({ key, version }) => [key, Number(version)])));
        expect(sent.size).toBe(published.reduce((sum, { version }) => sum + Number(version), 0));
      }, patience);

      it('a topic that fails does not hold the others', async () => {
        const flaky = new FlakyLog(log, (topic) => (topic === topics.totals.name ? 'before' : 'none'));
        const service = await startService({ log: flaky });
        await append(rounds(topics.counted, 5, 1, 1));
        await log.append(topics.counted.name, [{ ...counted(topics.counted, 'b', 1), value: Buffer.from('[') }]);
        await eventually(async () => (await readAll(world.deadLetterTopic)).length === 1, () => 'the dead letter was held');
        // Of five partitions, whose chunks may be worked after the letter's.
        await eventually(async () => (await service.relay.pending()) === 5, () => 'not all five wait for their topic');
      }, patience);

      it('parks a row that the log refuses for good, and sends its neighbours', async () => {
        const service = await startService();
        await db.database.query({
          text: `INSERT INTO messaging_outbox (topic, key, value, headers) SELECT $1, 'k', convert_to(repeat(md5(n::text), CASE n WHEN 3 THEN 100000 ELSE 1 END), 'UTF8'), '{}' FROM generate_series(1, 5) n`,
          values: [topics.totals.name],
        });
        await db.database.query('SELECT pg_notify(\'perennial_outbox\', \'\')');
        await eventually(async () => (await service.relay.parked()) === 1, () => 'nothing was parked');
        await eventually(async () => (await service.relay.pending()) === 0, () => 'neighbours were held');
        expect(await readAll(topics.totals.name)).toHaveLength(4);
      }, patience);

      it('has one relay among replicas; another takes over when it goes', async () => {
        const first = await startService();
        const second = await startService({ log: await harness.open() });
        await append(rounds(topics.counted, 10, 1, 1));
        await untilEffects(10);
        await eventually(async () => (await second.relay.pending()) === 0, () => 'the first relay does not send');
        await first.close();
        services.splice(services.indexOf(first), 1);
        await append(rounds(topics.counted, 10, 2, 2));
        await untilEffects(20);
        await eventually(async () => (await second.relay.pending()) === 0, () => 'the second relay did not take over');
        expect(await readAll(topics.totals.name)).toHaveLength(20);
      }, patience);
    });

    describe('when the log is not the one the offsets are of', () => {
      it('stops where the log is shorter than what was applied, and is not ready', async () => {
        await append(rounds(topics.counted, 10, 1, 3));
        await startService();
        await untilEffects(30);
        await stopServices();
        await harness.wipe(topics.counted.name);
        const service = await startService();
        await eventually(async () => (await service.progress.ready()).reasons.some((reason) => reason.includes('stopped')), () => 'nothing was noticed');
        await log.append(topics.counted.name, [counted(topics.counted, 'a0', 4)]);
        await sleep(500);
        expect(await effects(db.database)).toHaveLength(30);
      }, patience);

      it('stops where records expired unread', async () => {
        await append(rounds(topics.counted, 10, 1, 3));
        await startService();
        await untilEffects(30);
        await stopServices();
        await append(rounds(topics.counted, 10, 4, 6));
        const marks = await log.watermarks(topics.counted.name);
        for (const { partition, high } of marks) await harness.expire(topics.counted.name, partition, high);
        const service = await startService();
        await eventually(async () => (await service.progress.ready()).reasons.some((reason) => reason.includes('expired unread')), () => 'nothing was noticed');
        expect(await effects(db.database)).toHaveLength(30);
      }, patience);

      it('begins at the oldest record kept when it never read the topic', async () => {
        await append(rounds(topics.counted, 10, 1, 3));
        for (const { partition, high } of await log.watermarks(topics.counted.name)) await harness.expire(topics.counted.name, partition, high - 1n);
        const service = await startService();
        await untilNoLag(service);
        expect((await effects(db.database)).length).toBe(3);
        expect((await service.progress.ready()).ready).toBe(true);
      }, patience);

      it('stops on another log behind the same address', async () => {
        await append(rounds(topics.counted, 10, 1, 1));
        await startService();
        await untilEffects(10);
        await stopServices();
        await db.database.query(`UPDATE messaging_offset SET log_identity = 'another'`);
        const service = await startService();
        await append(rounds(topics.counted, 10, 2, 2));
        await eventually(async () => (await service.progress.ready()).reasons.some((reason) => reason.includes('offsets are of log another')), () => 'nothing was noticed');
        expect(await effects(db.database)).toHaveLength(10);
      }, patience);

      it('stops when the last record applied is another one now', async () => {
        await append(rounds(topics.counted, 10, 1, 1));
        await startService();
        await untilEffects(10);
        await stopServices();
        await harness.wipe(topics.counted.name);
        await log.append(topics.counted.name, rounds(topics.counted, 10, 5, 9));
        const service = await startService();
        await eventually(async () => (await service.progress.ready()).reasons.some((reason) => reason.includes('made anew')), () => 'nothing was noticed');
        expect(await effects(db.database)).toHaveLength(10);
      }, patience);
    });

    describe('when something goes away', () => {
      itGoesAway('the log: waits, and goes on when it is back', async () => {
        const service = await startService();
        await append(rounds(topics.counted, 10, 1, 3));
        await untilEffects(30);
        await harness.away();
        await sleep(1_500);
        expect(await service.progress.caughtUp(topics.counted, 0)).toBe(false);
        await harness.back();
        await eventually(async () => append(rounds(topics.counted, 10, 4, 6)).then(() => true, () => false), () => 'append does not work again', 60_000);
        await untilEffects(60);
        // An append that failed without an answer may have been stored: its repetition is dropped by version.
        ledger.verify(await effects(db.database));
        await eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty', 60_000);
      }, 180_000);

      it('the database: waits, and goes on when it is back, after a kill -9 and after a restart', async () => {
        await using postgres = await OwnPostgres.start();
        const own = await postgres.database({ migrations: [...messagingMigrations, createTables], poolSize: 12 });
        const service = await startService({ database: own.database });
        let version = 0;
        const some = async (): Promise<void> => {
          for (let i = 0; i < 5; i++) await append(rounds(topics.counted, 10, ++version, version));
        };
        await some();
        const killed = postgres.kill();
        await some();
        await killed;
        await some();
        const restarted = postgres.restart();
        await some();
        await restarted;
        await eventually(async () => (await effects(own.database).catch(() => [])).length >= 10 * version, () => 'effects are missing', 60_000);
        ledger.verify(await effects(own.database));
        await eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty', 60_000);
        await service.close();
        services.length = 0;
        await own.database.close();
      }, patience);
    });
  });
}
