import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from '@perennial/persistence/transaction';
import { PoisonRecord } from '../src/batch-consumer.js';
import { ConsumerOffsets } from '../src/consumer-offsets.js';
import { eventually } from './collected.js';
import type { EventLogHarness } from './event-log.harness.js';
import { MessagingWorld, rounds } from './messaging-world.js';
import { counted, type Faults, type TestService } from './test-service.js';

const patience = 120_000;

/** A service that begins anew, on one kind of log, while the world goes on. */
export function rebuildContract(name: string, start: () => Promise<EventLogHarness>): void {
  describe(`${name}: rebuild`, () => {
    let harness: EventLogHarness;
    let world: MessagingWorld;

    beforeAll(async () => {
      harness = await start();
    }, 180_000);
    beforeEach(async () => {
      world = await MessagingWorld.open(() => harness.open());
    }, patience);
    afterEach(() => world.close(), patience);
    afterAll(async () => {
      await harness?.stop();
    }, 60_000);

    const clear = async (tx: Transaction): Promise<void> => void (await tx.query('TRUNCATE effect, total'));
    const untilRebuilt = (service: TestService): Promise<void> => eventually(async () => !(await service.rebuild.running()), () => 'the rebuild does not end', 60_000);
    /** Ids of what was told on the log topic, sorted. */
    const told = async (): Promise<string[]> => (await world.readAll(world.topics.news.name)).map(({ value }) => (JSON.parse(String(value)) as { id: string }).id).sort();
    const ids = (keys: number, versions: number): string[] => rounds(world.topics.counted, keys, 1, versions).map(({ headers }) => headers['ce_id']!).sort();
    /** Slow enough that a rebuild is seen under way. */
    const slow: Faults = { afterWork: () => sleep(100) };

    it('publishes nothing until it has read what there was, then the newest content under a higher epoch', async () => {
      // Enough for several chunks of each partition, so that there is content in between to hold back.
      await world.append(rounds(world.topics.counted, 10, 1, 600));
      const service = await world.startService();
      await world.untilEffects(6_000);
      await world.untilSent(service);
      const before = (await world.readAll(world.topics.totals.name)).length;
      expect(await service.rebuild.start(clear)).toEqual({ epoch: 1, partial: [] });
      await untilRebuilt(service);
      world.ledger.verify(await world.effects());
      await world.untilSent(service);
      const published = await world.readAll(world.topics.totals.name);
      const fresh = published.filter(({ headers }) => Number(headers['ce_id']!.split('/').at(-1)) > 2 ** 40);
      expect(fresh).toHaveLength(10);
      expect(fresh.every(({ value }) => (JSON.parse(String(value)) as { total: number }).total === 600)).toBe(true);
      expect(published).toHaveLength(before + 10);
    }, patience);

    it('tells what comes meanwhile once, tells nothing again, and ends though more keeps coming', async () => {
      await world.append(rounds(world.topics.counted, 10, 1, 300));
      const service = await world.startService({ withNews: true, faults: slow });
      await world.untilEffects(3_000);
      await service.rebuild.start(clear);
      // Read in one batch with the last of the old ones.
      let version = 300;
      const more = () => world.append(rounds(world.topics.counted, 10, ++version, version));
      for (let i = 0; i < 5; i++) await more();
      expect(await service.rebuild.running()).toBe(true);
      const draft = { type: 'perennial.test.counted.v1' as const, key: 'by hand', data: { id: 'by hand', amount: 1 }, time: new Date() };
      expect(await world.db.database.transaction((tx) => service.outbox.publish(tx, world.topics.news, [draft]))).toEqual([2 ** 40 + 1]);
      let isOver = false;
      const over = untilRebuilt(service).finally(() => (isOver = true));
      while (!isOver) await more();
      await over;
      await more();
      await world.untilEffects(10 * version);
      await world.untilSent(service);
      world.ledger.verify(await world.effects());
      expect(await told()).toEqual([...ids(10, version), 'by hand'].sort());
    }, patience);

    it('tells of a dead letter that goes through this time, and not of one that was replayed', async () => {
      let mended = '';
      const faults: Faults = { onEvent: (event) => { if (event.key.startsWith('bad') && !mended.includes(event.key)) throw new PoisonRecord('odd', 'not yet', event); } };
      const service = await world.startService({ withNews: true, faults });
      await world.append([...rounds(world.topics.counted, 3, 1, 1), counted(world.topics.counted, 'bad1', 1), counted(world.topics.counted, 'bad2', 1), ...rounds(world.topics.counted, 3, 2, 2)]);
      await world.untilEffects(6);
      await eventually(async () => (await service.deadLetters.list({ limit: 10 })).letters.length === 2, () => 'two letters are not there');
      const { letters } = await service.deadLetters.list({ limit: 10 });
      mended = 'bad1';
      await service.deadLetters.replay({ ids: letters.map(({ id }) => id) });
      await world.untilEffects(7);
      await world.untilNoLag(service);
      mended = 'bad1 bad2';
      await service.rebuild.start(clear);
      await untilRebuilt(service);
      await world.untilSent(service);
      world.ledger.verify(await world.effects());
      expect(await told()).toEqual([...ids(3, 2), 'bad1/1', 'bad2/1'].sort());
      expect((await service.deadLetters.list({ limit: 10 })).letters).toEqual([]);
    }, patience);

    it('goes on where it was, on another replica, and is begun once', async () => {
      await world.append(rounds(world.topics.counted, 10, 1, 300));
      const service = await world.startService({ withNews: true, faults: slow });
      await world.untilEffects(3_000);
      const started = await Promise.all([service.rebuild.start(clear), service.rebuild.start(clear)]);
      expect(started.filter((one) => one !== null)).toHaveLength(1);
      await world.append(rounds(world.topics.counted, 10, 301, 302));
      await world.stopServices();
      const next = await world.startService({ withNews: true });
      expect(await next.rebuild.running()).toBe(true);
      await untilRebuilt(next);
      await world.untilEffects(3_020);
      await world.untilSent(next);
      world.ledger.verify(await world.effects());
      expect(await told()).toEqual(ids(10, 302));
    }, patience);

    it('lets nothing older come behind what was published directly after the end', async () => {
      const service = await world.startService();
      const { totals } = world.topics;
      for (const total of [1, 2]) {
        const draft = { type: 'perennial.test.summed.v1' as const, key: 'a0', data: { total }, time: new Date() };
        expect(await world.db.database.transaction((tx) => service.outbox.publish(tx, totals, [draft]))).toEqual([total]);
      }
      // As a chunk leaves it that read the mark as set and committed late.
      await world.db.database.query({ text: `INSERT INTO messaging_held (topic, key, value, headers) VALUES ($1, 'a0', '{"total":1,"version":1}', '{}')`, values: [totals.name] });
      await untilRebuilt(service);
      await world.untilSent(service);
      expect((await world.readAll(totals.name)).map(({ value }) => JSON.parse(String(value)) as unknown)).toEqual([{ total: 1, version: 1 }, { total: 2, version: 2 }]);
    }, patience);

    it('waits with another one until what it held is published, and passes over what an earlier version left of one', async () => {
      await world.append(rounds(world.topics.counted, 3, 1, 2));
      const service = await world.startService();
      await world.untilEffects(6);
      const { database } = world.db;
      // What nobody publishes: its key was never published.
      await database.query({ text: `INSERT INTO messaging_held (topic, key, value, headers) VALUES ($1, 'never', '{"total":1,"version":1}', '{}')`, values: [world.topics.totals.name] });
      expect(await service.rebuild.start(clear)).toBeNull();
      await database.query('DELETE FROM messaging_held');
      await database.query({ text: `INSERT INTO messaging_rebuild (topic, partition, told_below, untold, ends_at) VALUES ($1, 0, 0, '{}', 1)`, values: [world.topics.counted.name] });
      expect(await service.rebuild.start(clear)).toEqual({ epoch: 1, partial: [] });
      await untilRebuilt(service);
      world.ledger.verify(await world.effects());
    }, patience);

    it('keeps the letters of a topic made anew, which nobody meets again, beside new ones at their places', async () => {
      let isMended = false;
      const faults: Faults = { onEvent: (event) => { if (!isMended && event.key === 'bad') throw new PoisonRecord('odd', 'not yet', event); } };
      const letters = async (service: TestService) => (await service.deadLetters.list({ limit: 10 })).letters;
      const until = (service: TestService, count: number) => eventually(async () => (await letters(service)).length === count, () => `there are not ${count} letters`);
      await world.append([counted(world.topics.counted, 'bad', 1)]);
      await until(await world.startService({ withNews: true, faults }), 1);
      await world.stopServices();
      await harness.wipe(world.topics.counted.name);
      await world.log.append(world.topics.counted.name, [counted(world.topics.counted, 'bad', 2)]);
      const next = await world.startService({ withNews: true, faults });
      await eventually(async () => (await next.progress.ready()).reasons.some((reason) => reason.includes('stopped')), () => 'nothing was noticed');
      await next.rebuild.start(clear);
      await untilRebuilt(next);
      await until(next, 2);
      // Another rebuild meets the new one again, and only that.
      await next.rebuild.start(clear);
      await untilRebuilt(next);
      await until(next, 2);
      isMended = true;
      await next.deadLetters.replay({ ids: (await letters(next)).map(({ id }) => id).sort((a, b) => b.length - a.length) });
      await world.untilNoLag(next);
      await world.untilEffects(2);
      expect((await letters(next)).map(({ state }) => state)).toEqual(['replayed', 'replayed']);
      expect((await world.effects()).toSorted()).toEqual(['bad/1', 'bad/2']);
      // A third one meets what was replayed: of the old letter that is all there is.
      await next.rebuild.start(clear);
      await untilRebuilt(next);
      await world.untilEffects(2);
      expect((await world.effects()).toSorted()).toEqual(['bad/1', 'bad/2']);
    }, patience);

    it('lets no chunk through that was begun before it', async () => {
      await world.append(rounds(world.topics.counted, 3, 1, 1));
      const service = await world.startService();
      await world.untilEffects(3);
      const { database } = world.db;
      const offsets = new ConsumerOffsets(database);
      const { epoch } = await offsets.load(world.topics.counted.name);
      const move = { partition: 0, epoch, from: 0n, to: 1n, lastOffset: 0n, lastEventId: null, appliedAt: new Date() };
      await world.stopServices();
      await database.query({ text: 'UPDATE messaging_offset SET next_offset = 0 WHERE topic = $1 AND partition = 0', values: [world.topics.counted.name] });
      await database.query('UPDATE messaging_epoch SET epoch = epoch + 1');
      const moved = (of: number) => database.transaction((tx) => offsets.move(tx, world.topics.counted.name, { ...move, epoch: of }, new Map()));
      expect(await moved(epoch)).toBeNull();
      expect(await moved(epoch + 1)).toMatchObject({ rebuilding: false });
      expect(service).toBeDefined();
    }, patience);

    it('takes all that a topic made anew holds for new', async () => {
      await world.append(rounds(world.topics.counted, 10, 1, 3));
      const service = await world.startService({ withNews: true });
      await world.untilEffects(30);
      await world.untilSent(service);
      await world.stopServices();
      await harness.wipe(world.topics.counted.name);
      await world.log.append(world.topics.counted.name, rounds(world.topics.counted, 10, 4, 4));
      const next = await world.startService({ withNews: true });
      await eventually(async () => (await next.progress.ready()).reasons.some((reason) => reason.includes('stopped')), () => 'nothing was noticed');
      await next.rebuild.start(clear);
      await untilRebuilt(next);
      await world.untilEffects(10);
      await world.untilSent(next);
      expect(await told()).toEqual(ids(10, 4));
    }, patience);
  });
}
