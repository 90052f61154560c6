import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fatal, Transient } from '../src/errors.js';
import type { EventLog, LogRecord, OutgoingRecord, RecordBatch, TopicSpec } from '../src/event-log.js';
import { partitionOf } from '../src/partitioner.js';
import { Collector, endOf, eventually } from './collected.js';
import type { EventLogHarness, HarnessLimits } from './event-log.harness.js';

const record = (key: string | null, value: string | Buffer | null, headers: Record<string, string> = {}): OutgoingRecord => ({
  key,
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers,
});

const numbered = (count: number, keys: number, prefix = 'v'): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => record(`account-${i % keys}`, `${prefix}${i}`));

const valuesOf = (records: readonly OutgoingRecord[]): string[] => records.map((one) => String(one.value));

/** Smallest key of the form `k<n>` that falls into `partition`. */
function keyIn(partition: number, partitions: number): string {
  for (let i = 0; ; i++) if (partitionOf(`k${i}`, partitions) === partition) return `k${i}`;
}

/** What every EventLog adapter must do. Run by the Kafka and the Postgres adapter's own spec. */
export function eventLogContract(name: string, start: () => Promise<EventLogHarness>, limits: HarnessLimits = { canGoAway: true, canSweep: true }): void {
  describe(`${name}: event log contract`, () => {
    const patience = 90_000;
    const itGoesAway = limits.canGoAway ? it : it.skip;
    const itSweeps = limits.canSweep ? it : it.skip;
    let harness: EventLogHarness;
    let log: EventLog;
    const opened: EventLog[] = [];

    const open = async (): Promise<EventLog> => {
      const one = await harness.open();
      opened.push(one);
      return one;
    };

    const newTopic = async (spec: Partial<TopicSpec> = {}): Promise<string> => {
      const topic = `contract.${randomUUID()}`;
      await log.ensureTopics([
        { name: topic, partitions: 3, compacted: false, retentionMs: 86_400_000, compression: 'internal', maxRecordBytes: 1_048_576, ...spec },
      ]);
      return topic;
    };

    const readAll = async (topic: string): Promise<Map<number, LogRecord[]>> => {
      const all = new Map<number, LogRecord[]>();
      for (const { partition, low, high } of await log.watermarks(topic)) {
        const records: LogRecord[] = [];
        for (let offset = low; offset < high; ) {
          const some = await log.read(topic, partition, offset, 1000);
          if (some.length === 0) break;
          records.push(...some);
          offset = some.at(-1)!.offset + 1n;
        }
        all.set(partition, records);
      }
      return all;
    };

    const committedEquals = async (group: string, topic: string, expected: Record<number, bigint>) => {
      const committed = await log.committed(group, topic);
      return Object.entries(expected).every(([partition, offset]) => committed.get(Number(partition)) === offset);
    };

    beforeAll(async () => {
      harness = await start();
      log = await harness.open();
    }, 180_000);

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    }, patience);

    afterAll(async () => {
      await log?.close();
      await harness?.stop();
    }, 60_000);

    describe('topics', () => {
      it('creates what is missing and leaves the partition count of what exists', async () => {
        const topic = await newTopic({ partitions: 4 });
        await log.ensureTopics([{ name: topic, partitions: 7, compacted: false, retentionMs: null, compression: 'public', maxRecordBytes: 1_048_576 }]);
        expect(await log.partitionCount(topic)).toBe(4);
        expect(await log.watermarks(topic)).toEqual([0, 1, 2, 3].map((partition) => ({ partition, low: 0n, high: 0n })));
      }, patience);

      it('survives two processes creating the same topic at once', async () => {
        const other = await open();
        const spec: TopicSpec = { name: `contract.${randomUUID()}`, partitions: 2, compacted: true, retentionMs: null, compression: 'internal', maxRecordBytes: 1_048_576 };
        await Promise.all([log.ensureTopics([spec]), other.ensureTopics([spec])]);
        expect(await other.partitionCount(spec.name)).toBe(2);
      }, patience);

      it('answers an unknown topic with Fatal', async () => {
        await expect(log.append(`contract.${randomUUID()}`, [record('a', 'x')])).rejects.toThrow(Fatal);
        await expect(log.partitionCount(`contract.${randomUUID()}`)).rejects.toThrow(Fatal);
      }, patience);

      it('has one identity for all its clients', async () => {
        const other = await open();
        expect(await other.identity()).toBe(await log.identity());
        expect(await log.identity()).not.toBe('');
      }, patience);
    });

    describe('append', () => {
      it('puts a key where the Java client would and keeps its order', async () => {
        const topic = await newTopic();
        const sent = numbered(300, 20);
        await log.append(topic, sent.slice(0, 150));
        await log.append(topic, sent.slice(150));

        const stored = await readAll(topic);
        for (const [partition, records] of stored) {
          expect(records.map((one) => one.offset)).toEqual(records.map((_, i) => BigInt(i)));
          for (const one of records) expect(partitionOf(one.key!, 3)).toBe(partition);
          for (const key of new Set(records.map((one) => one.key))) {
            expect(valuesOf(records.filter((one) => one.key === key))).toEqual(valuesOf(sent.filter((one) => one.key === key)));
          }
        }
        expect([...stored.values()].flat()).toHaveLength(300);
      }, patience);

      it('stores each of many calls at once exactly once, each in its own order', async () => {
        const topic = await newTopic();
        const calls = Array.from({ length: 150 }, (_, call) => [record(`key-${call}`, `${call}.0`), record(`key-${call}`, `${call}.1`)]);
        await Promise.all(calls.map((records) => log.append(topic, records)));
        const stored = [...(await readAll(topic)).values()].flat();
        expect(stored).toHaveLength(300);
        for (const [call] of calls.entries()) {
          expect(valuesOf(stored.filter((one) => one.key === `key-${call}`))).toEqual([`${call}.0`, `${call}.1`]);
        }
      }, patience);

      it('takes no records at all', async () => {
        const topic = await newTopic();
        await log.append(topic, []);
        expect((await log.watermarks(topic)).every(({ high }) => high === 0n)).toBe(true);
      }, patience);

      it('refuses a record over the limit with Fatal and stores its neighbours of other calls', async () => {
        const topic = await newTopic({ maxRecordBytes: 20_000 });
        const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) & 0xff));
        const results = await Promise.allSettled([
          log.append(topic, [record('a', 'before')]),
          log.append(topic, [record('b', noise)]),
          log.append(topic, [record('c', 'after')]),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(Fatal);
        expect(valuesOf([...(await readAll(topic)).values()].flat()).sort()).toEqual(['after', 'before']);
      }, patience);

      it('keeps bytes, keys and headers as they are', async () => {
        const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        const sent = [
          record('binary', everyByte, { ce_type: 'perennial.signal.usage.v1', 'content-type': 'application/json' }),
          record('empty value', Buffer.alloc(0), { empty: '' }),
          record('no value', null, {}),
          record('Zoë/日本語/🙂', '{"ü":"é"}', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', ünicode: 'värde' }),
          record('', 'empty key'),
          record(null, 'no key'),
        ];
        for (const compression of ['internal', 'public'] as const) {
          const topic = await newTopic({ partitions: 1, compression });
          const before = Date.now();
          await log.append(topic, sent);
          const stored = await log.read(topic, 0, 0n, 100);
          expect(stored.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(sent);
          for (const { timestamp } of stored) expect(Math.abs(timestamp.getTime() - before)).toBeLessThan(60_000);

          const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic });
          await collector.untilWorked(sent.length);
          expect(collector.worked.get(0)!.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(sent);
        }
      }, patience);
    });

    describe('read, watermarks, committed', () => {
      it('reads a slice without a group, and nothing behind the end', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(50, 5));
        expect(valuesOf(await log.read(topic, 0, 10n, 5))).toEqual(['v10', 'v11', 'v12', 'v13', 'v14']);
        expect(valuesOf(await log.read(topic, 0, 48n, 5))).toEqual(['v48', 'v49']);
        expect(await log.read(topic, 0, 50n, 5)).toEqual([]);
        expect(await log.read(topic, 0, 5000n, 5)).toEqual([]);
        expect(await log.watermarks(topic)).toEqual([{ partition: 0, low: 0n, high: 50n }]);
      }, patience);

      it('knows nothing of a group that never committed', async () => {
        const topic = await newTopic();
        expect([...(await log.committed(`g.${randomUUID()}`, topic))]).toEqual([]);
      }, patience);

      it('reads from the low watermark when the offset asked for is gone', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(10, 1));
        await harness.expire(topic, 0, 6n);
        expect(await log.watermarks(topic)).toEqual([{ partition: 0, low: 6n, high: 10n }]);
        expect(valuesOf(await log.read(topic, 0, 2n, 2))).toEqual(['v6', 'v7']);
      }, patience);
    });

    describe('consume', () => {
      it('reads from the start, in order, up to records appended later', async () => {
        const topic = await newTopic();
        await log.append(topic, numbered(40, 7, 'early'));
        const group = `g.${randomUUID()}`;
        const collector = await Collector.start(await open(), { group, topic });
        await collector.untilWorked(40);
        await log.append(topic, numbered(40, 7, 'late'));
        await collector.untilWorked(80);

        for (const records of collector.worked.values()) expect(records.map((one) => one.offset)).toEqual(records.map((_, i) => BigInt(i)));
        expect(collector.subscription.assigned()).toEqual([0, 1, 2]);
        const highs = Object.fromEntries((await log.watermarks(topic)).filter(({ high }) => high > 0n).map(({ partition, high }) => [partition, high]));
        await eventually(() => committedEquals(group, topic, highs), () => 'the hints are not at the high watermarks');
        expect(Date.now() - collector.subscription.lastProgress().getTime()).toBeLessThan(20_000);
      }, patience);

      it('tells the owned partitions before their first batch', async () => {
        const topic = await newTopic();
        await log.append(topic, numbered(30, 10));
        const order: string[] = [];
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          onAssigned: async (partitions) => {
            await sleep(300);
            order.push(`assigned ${partitions.join()}`);
          },
          onBatch: async (batch) => {
            order.push('batch');
            return endOf(batch);
          },
        });
        await collector.untilWorked(30);
        expect(order[0]).toBe('assigned 0,1,2');
        expect(order.filter((entry) => entry.startsWith('assigned'))).toHaveLength(1);
      }, patience);

      it('gives every group everything', async () => {
        const topic = await newTopic();
        const sent = numbered(60, 9);
        await log.append(topic, sent);
        const consumers = await Promise.all([open(), open()].map(async (one) => Collector.start(await one, { group: `g.${randomUUID()}`, topic })));
        for (const collector of consumers) {
          await collector.untilWorked(60);
          expect(collector.values.sort()).toEqual(valuesOf(sent).sort());
        }
      }, patience);

      it('resumes where the group stopped', async () => {
        const topic = await newTopic();
        const group = `g.${randomUUID()}`;
        await log.append(topic, numbered(30, 10, 'a'));
        const first = await Collector.start(await open(), { group, topic });
        await first.untilWorked(30);
        await first.subscription.close();
        expect(first.subscription.assigned()).toEqual([]);

        const later = numbered(30, 10, 'b');
        await log.append(topic, later);
        const second = await Collector.start(await open(), { group, topic });
        await second.untilWorked(30);
        expect(second.values.sort()).toEqual(valuesOf(later).sort());
      }, patience);

      it('hands out the same records again after a throw and stays a member', async () => {
        const topic = await newTopic({ partitions: 2 });
        const sent = [keyIn(0, 2), keyIn(1, 2)].flatMap((key) => Array.from({ length: 10 }, (_, i) => record(key, `${key}-${i}`)));
        await log.append(topic, sent);
        let refusals = 3;
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          onBatch: async (batch) => {
            if (batch.partition === 0 && refusals-- > 0) throw new Transient('the database is away');
            return endOf(batch);
          },
        });
        await collector.untilWorked(20);
        const tries = collector.batches.filter(({ partition }) => partition === 0);
        expect(tries.slice(0, 4).map(({ records }) => records[0]?.offset)).toEqual([0n, 0n, 0n, 0n]);
        expect(new Set(tries.slice(0, 3).map(({ records }) => records.length)).size).toBe(1);
        expect(collector.values.sort()).toEqual(valuesOf(sent).sort());
        expect(collector.assignments).toEqual([[0, 1]]);
      }, patience);

      it('takes any thrown value for "not now"', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(5, 1));
        const thrown = [new TypeError('x is not a function'), 'text', null] as Error[];
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          onBatch: async (batch) => {
            if (thrown.length > 0) throw thrown.shift()!;
            return endOf(batch);
          },
        });
        await collector.untilWorked(5);
        expect(collector.values).toEqual(['v0', 'v1', 'v2', 'v3', 'v4']);
      }, patience);

      it('lets no partition wait for one whose handler refuses', async () => {
        const topic = await newTopic({ partitions: 2 });
        const group = `g.${randomUUID()}`;
        await log.append(topic, [record(keyIn(0, 2), 'refused'), record(keyIn(1, 2), 'worked')]);
        let refuse = true;
        const collector = await Collector.start(await open(), {
          group,
          topic,
          onBatch: async (batch) => {
            if (refuse && batch.partition === 0) throw new Fatal('somebody has to act');
            return endOf(batch);
          },
        });
        await collector.untilValues(['worked']);
        for (let i = 0; i < 5; i++) {
          await sleep(700);
          await log.append(topic, [record(keyIn(1, 2), `later ${i}`)]);
          await collector.untilValues([`later ${i}`], 5_000);
        }
        expect(collector.values).not.toContain('refused');
        expect((await log.committed(group, topic)).get(0) ?? 0n).toBe(0n);
        refuse = false;
        await collector.untilValues(['refused']);
        expect(collector.assignments).toHaveLength(1);
      }, patience);

      it('delivers the rest again when the handler got only part of the way', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(10, 1));
        const group = `g.${randomUUID()}`;
        const collector = await Collector.start(await open(), { group, topic, onBatch: async (batch) => batch.records[0]!.offset + 3n < endOf(batch) ? batch.records[0]!.offset + 3n : endOf(batch) });
        await collector.untilWorked(10);
        expect(collector.values).toEqual(Array.from({ length: 10 }, (_, i) => `v${i}`));
        expect(collector.batches.map(({ records }) => Number(records[0]!.offset))).toEqual([0, 3, 6, 9]);
        await eventually(() => committedEquals(group, topic, { 0: 10n }), () => 'the hint is not at 10');
      }, patience);

      it('cuts 10,000 records into batches within the bounds', async () => {
        const topic = await newTopic({ partitions: 2 });
        const sent = Array.from({ length: 10_000 }, (_, i) => record(`account-${i % 100}`, `${i}`.padEnd(200, '.')));
        await log.append(topic, sent);
        for (const bounds of [{ maxRecords: 700 }, { maxBytes: 20_000 }]) {
          const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic, ...bounds });
          await collector.untilWorked(10_000);
          for (const { records } of collector.batches) {
            expect(records.length).toBeLessThanOrEqual(bounds.maxRecords ?? Infinity);
            const bytes = records.reduce((sum, one) => sum + one.value!.length, 0);
            expect(bytes).toBeLessThanOrEqual(bounds.maxBytes ?? Infinity);
          }
          for (const records of collector.worked.values()) expect(records.map((one) => one.offset)).toEqual(records.map((_, i) => BigInt(i)));
          expect(collector.values.sort()).toEqual(valuesOf(sent).sort());
          await collector.subscription.close();
        }
      }, patience);

      it('hands out a record that is larger than the bound of a batch', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, [record('a', 'small'), record('a', 'x'.repeat(50_000)), record('a', 'small too')]);
        const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic, maxBytes: 1_000 });
        await collector.untilWorked(3);
        expect(collector.worked.get(0)!.map((one) => one.value!.length)).toEqual([5, 50_000, 9]);
      }, patience);

      it('works several partitions at the same time, one batch of each', async () => {
        const topic = await newTopic({ partitions: 4 });
        await log.append(topic, [0, 1, 2, 3].map((partition) => record(keyIn(partition, 4), `p${partition}`)));
        const inWork = new Set<number>();
        let most = 0;
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          partitionsAtOnce: 3,
          onBatch: async (batch) => {
            expect(inWork.has(batch.partition)).toBe(false);
            inWork.add(batch.partition);
            most = Math.max(most, inWork.size);
            await sleep(200);
            inWork.delete(batch.partition);
            return endOf(batch);
          },
        });
        await collector.untilWorked(4);
        expect(most).toBeGreaterThan(1);
        expect(most).toBeLessThanOrEqual(3);
      }, patience);

      it('goes where it is told to: back and forward', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(10, 1));
        const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic });
        await collector.untilWorked(10);
        collector.subscription.seek(0, 7n);
        await collector.untilWorked(13);
        expect(collector.values.slice(10)).toEqual(['v7', 'v8', 'v9']);
        collector.subscription.seek(0, 12n);
        await sleep(1500);
        await log.append(topic, numbered(4, 1, 'w'));
        await eventually(() => collector.values.includes('w3'), () => 'w3 was not delivered');
        expect(collector.values.filter((value) => value === 'w2')).toHaveLength(1);
      }, patience);

      it('starts where onAssigned seeks to', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(10, 1));
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          onAssigned: async (_partitions, subscription) => {
            await sleep(200);
            subscription.seek(0, 4n);
          },
        });
        await collector.untilWorked(6);
        expect(collector.values).toEqual(['v4', 'v5', 'v6', 'v7', 'v8', 'v9']);
      }, patience);

      it('knows what was worked before a member was killed, though nothing comes any more', async () => {
        const topic = await newTopic({ partitions: 2 });
        await log.append(topic, numbered(10, 1));
        const group = `g.${randomUUID()}`;
        const ends = new Map((await log.watermarks(topic)).map(({ partition, high }) => [partition, high]));
        // As its database says: it is past all there is in one partition, and past the end of the other.
        const [full] = [...ends].find(([, high]) => high > 0n)!;
        const other = 1 - full;
        await Collector.start(await open(), {
          group,
          topic,
          onAssigned: async (_partitions, subscription) => {
            subscription.seek(full, ends.get(full)!);
            subscription.seek(other, ends.get(other)! + 5n);
          },
        });
        await eventually(() => committedEquals(group, topic, { [full]: ends.get(full)! }), () => 'the hint is not at the end');
        expect((await log.committed(group, topic)).get(other) ?? 0n).toBe(0n);
      }, patience);

      it('asks onAssigned again after a throw, before any batch', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(3, 1));
        let refusals = 2;
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          onAssigned: async () => {
            if (refusals-- > 0) throw new Transient('the database is away');
          },
        });
        await collector.untilWorked(3);
        expect(collector.assignments).toEqual([[0], [0], [0]]);
        expect(collector.batches).toHaveLength(1);
      }, patience);
    });

    describe('group', () => {
      it('shares the partitions out, each to exactly one member, and loses nothing when one leaves', async () => {
        const topic = await newTopic({ partitions: 6 });
        const group = `g.${randomUUID()}`;
        const sent: string[] = [];
        let stop = false;
        const writing = (async () => {
          for (let i = 0; !stop; i++) {
            const records = numbered(20, 20, `${i}-`);
            await log.append(topic, records);
            sent.push(...valuesOf(records));
            await sleep(30);
          }
        })();

        const [a, b] = await Promise.all([open(), open()]);
        const first = await Collector.start(a, { group, topic });
        await eventually(() => first.subscription.assigned().length === 6, () => `first owns ${first.subscription.assigned().join()}`);
        const second = await Collector.start(b, { group, topic });
        const owned = () => [...first.subscription.assigned(), ...second.subscription.assigned()].sort();
        const shared = () => first.subscription.assigned().length === 3 && second.subscription.assigned().length === 3;
        await eventually(() => shared() && owned().join() === '0,1,2,3,4,5', () => `owned: ${first.subscription.assigned().join()} and ${second.subscription.assigned().join()}`, 60_000);
        await sleep(500);

        await second.subscription.close();
        await eventually(() => first.subscription.assigned().length === 6, () => `first owns ${first.subscription.assigned().join()}`, 60_000);
        stop = true;
        await writing;
        const both = () => new Set([...first.values, ...second.values]);
        await eventually(() => sent.every((value) => both().has(value)), () => `${sent.filter((value) => !both().has(value)).length} of ${sent.length} lost`);
      }, 150_000);

      it('finishes the batch in hand when it closes, and stores how far it came', async () => {
        const topic = await newTopic({ partitions: 1 });
        const group = `g.${randomUUID()}`;
        await log.append(topic, numbered(10, 1));
        let release!: () => void;
        const gate = new Promise<void>((resolve) => (release = resolve));
        let held: RecordBatch | null = null;
        const collector = await Collector.start(await open(), {
          group,
          topic,
          maxRecords: 4,
          onBatch: async (batch) => {
            held = batch;
            await gate;
            return endOf(batch);
          },
        });
        await eventually(() => held !== null, () => 'no batch came');
        expect(held!.isCurrent()).toBe(true);
        await held!.heartbeat();
        let closed = false;
        const closing = collector.subscription.close().then(() => (closed = true));
        await sleep(300);
        expect(closed).toBe(false);
        expect(held!.isCurrent()).toBe(false);
        release();
        await closing;
        expect(collector.values).toEqual(['v0', 'v1', 'v2', 'v3']);
        expect((await log.committed(group, topic)).get(0)).toBe(4n);
        await sleep(300);
        expect(collector.batches).toHaveLength(1);
      }, patience);

      it('stays a member while a batch takes longer than the session', async () => {
        const topic = await newTopic({ partitions: 1 });
        await log.append(topic, numbered(3, 1));
        const collector = await Collector.start(await open(), {
          group: `g.${randomUUID()}`,
          topic,
          sessionTimeoutMs: 6_000,
          onBatch: async (batch) => {
            for (let waited = 0; waited < 9_000; waited += 1_000) {
              await sleep(1_000);
              await batch.heartbeat();
            }
            expect(batch.isCurrent()).toBe(true);
            return endOf(batch);
          },
        });
        await collector.untilWorked(3, 60_000);
        expect(collector.values).toEqual(['v0', 'v1', 'v2']);
        expect(collector.assignments).toHaveLength(1);
      }, patience);
    });

    describe('what is kept', () => {
      it('keeps the newest record of every key of a compacted topic', async () => {
        const topic = await newTopic({ partitions: 2, compacted: true, retentionMs: null });
        for (let round = 0; round < 5; round++) await log.append(topic, Array.from({ length: 20 }, (_, i) => record(`account-${i}`, `state ${round} of ${i}`)));
        await harness.sweep();
        const newest = new Map<string, string>();
        const stored = await readAll(topic);
        for (const records of stored.values()) {
          for (const one of records) newest.set(one.key!, String(one.value));
          expect(records.map((one) => one.offset)).toEqual(records.map((one) => one.offset).sort((x, y) => (x < y ? -1 : 1)));
        }
        expect(newest).toEqual(new Map(Array.from({ length: 20 }, (_, i) => [`account-${i}`, `state 4 of ${i}`])));

        const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic });
        await collector.untilValues(newest.values());
      }, patience);

      itSweeps('drops what is older than the retention: the low watermark moves, the high one stays', async () => {
        const topic = await newTopic({ partitions: 1, retentionMs: 1_000 });
        await log.append(topic, numbered(10, 1));
        await sleep(2_000);
        await harness.sweep();
        const low = async () => (await log.watermarks(topic))[0]!;
        await eventually(async () => (await low()).low === 10n, () => 'the low watermark did not move', harness.sweepShowsWithinMs);
        expect(await low()).toEqual({ partition: 0, low: 10n, high: 10n });
        expect(await log.read(topic, 0, 0n, 10)).toEqual([]);
        await log.append(topic, [record('a', 'next')]);
        expect((await low()).high).toBe(11n);
      }, patience);
    });

    describe('when the log is not what the group remembers', () => {
      it('says so when the stored offset lies above the high watermark', async () => {
        const topic = await newTopic({ partitions: 1 });
        const group = `g.${randomUUID()}`;
        await log.append(topic, numbered(5, 1));
        await harness.setCommitted(group, topic, 0, 100n);
        const collector = await Collector.start(await open(), { group, topic });
        await collector.untilValues(['v0', 'v4']);
        expect(collector.batches[0]).toMatchObject({ partition: 0, records: [], lowWatermark: 0n, highWatermark: 5n });
        expect(collector.values).toEqual(['v0', 'v1', 'v2', 'v3', 'v4']);
      }, patience);

      it('says so when the stored offset lies below the low watermark', async () => {
        const topic = await newTopic({ partitions: 1 });
        const group = `g.${randomUUID()}`;
        await log.append(topic, numbered(10, 1));
        await harness.expire(topic, 0, 6n);
        await harness.setCommitted(group, topic, 0, 2n);
        const collector = await Collector.start(await open(), { group, topic });
        await collector.untilValues(['v6', 'v9']);
        expect(collector.batches[0]).toMatchObject({ partition: 0, records: [], lowWatermark: 6n, highWatermark: 10n });
        expect(collector.values).toEqual(['v6', 'v7', 'v8', 'v9']);
      }, patience);

      it('goes no further while the handler refuses, and other partitions go on', async () => {
        const topic = await newTopic({ partitions: 2 });
        const group = `g.${randomUUID()}`;
        await log.append(topic, [record(keyIn(0, 2), 'stopped'), record(keyIn(1, 2), 'goes on')]);
        await harness.setCommitted(group, topic, 0, 100n);
        const collector = await Collector.start(await open(), {
          group,
          topic,
          onBatch: async (batch) => {
            if (batch.highWatermark < 100n && batch.partition === 0) throw new Fatal('the log is shorter than what was worked off');
            return endOf(batch);
          },
        });
        await collector.untilValues(['goes on']);
        await eventually(() => collector.batches.filter(({ partition }) => partition === 0).length >= 3, () => 'the partition was not offered again');
        expect(collector.values).toEqual(['goes on']);
        expect((await log.committed(group, topic)).get(0)).toBe(100n);
      }, patience);

      it('says so when the records are lost under a running consumer', async () => {
        const topic = await newTopic({ partitions: 1 });
        const collector = await Collector.start(await open(), { group: `g.${randomUUID()}`, topic });
        await log.append(topic, numbered(5, 1));
        await collector.untilWorked(5);
        const before = collector.batches.length;
        await harness.wipe(topic);
        await eventually(() => collector.batches.length > before, () => 'the consumer was told nothing', 60_000);
        expect(collector.batches[before]).toMatchObject({ partition: 0, records: [], lowWatermark: 0n, highWatermark: 0n });
        await log.append(topic, [record('account-0', 'after the loss')]);
        await collector.untilValues(['after the loss'], 60_000);
      }, 150_000);
    });

    describe('when the log goes away', () => {
      itGoesAway('fails Transient or waits, and goes on when it is back', async () => {
        const topic = await newTopic({ partitions: 2 });
        const group = `g.${randomUUID()}`;
        const writer = await open();
        const collector = await Collector.start(await open(), { group, topic });
        const acknowledged = valuesOf(numbered(20, 5, 'before'));
        await writer.append(topic, numbered(20, 5, 'before'));
        await collector.untilValues(acknowledged);

        await harness.away();
        const during = writer.append(topic, [record('account-1', 'during')]).then(
          () => 'stored' as const,
          (error: unknown) => error,
        );
        await sleep(3_000);
        await harness.back();
        const outcome = await during;
        if (outcome === 'stored') acknowledged.push('during');
        else expect(outcome).toBeInstanceOf(Transient);

        await eventually(
          () =>
            writer.append(topic, [record('account-2', 'after')]).then(
              () => true,
              (error: unknown) => {
                expect(error).toBeInstanceOf(Transient);
                return false;
              },
            ),
          () => 'append does not work again',
          60_000,
        );
        await collector.untilValues([...acknowledged, 'after'], 60_000);
      }, 180_000);

      itGoesAway('closes in bounded time while the log is away', async () => {
        const topic = await newTopic({ partitions: 1 });
        const one = await harness.open();
        const collector = await Collector.start(one, { group: `g.${randomUUID()}`, topic });
        await one.append(topic, numbered(3, 1));
        await collector.untilWorked(3);
        await harness.away();
        const startedAt = Date.now();
        await one.close();
        expect(Date.now() - startedAt).toBeLessThan(20_000);
        await harness.back();
      }, 120_000);
    });
  });
}
