import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionCodecs, CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { describeWithKafka } from '@perennial/testing/kafka-suite';
import { Transient } from '../src/errors.js';
import type { EventLog, TopicSpec } from '../src/event-log.js';
import { KafkaEventLog } from '../src/kafka/kafka-event-log.js';
import { Collector, endOf, eventually } from './collected.js';
import { silent } from './kafka.harness.js';

await describeWithKafka('KafkaEventLog beyond the contract', (kafka) => {
  const patience = 90_000;
  const errors: string[] = [];
  const logger = { ...silent, error: (_fields: object, message: string) => void errors.push(message) };
  const foreign = () => new Kafka({ brokers: kafka.brokers, clientId: 'foreign', logLevel: logLevel.NOTHING });
  let log: EventLog;

  const newTopic = async (spec: Partial<TopicSpec> = {}): Promise<string> => {
    const topic = `faults.${randomUUID()}`;
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false, retentionMs: null, compression: 'internal', maxRecordBytes: 1_048_576, ...spec }]);
    return topic;
  };
  const texts = (...values: string[]) => values.map((value) => ({ key: 'k', value: Buffer.from(value), headers: {} }));

  beforeAll(async () => {
    log = await KafkaEventLog.connect({ brokers: kafka.brokers, clientId: 'faults', logger, sessionTimeoutMs: 8_000 });
  }, patience);
  beforeEach(() => void errors.splice(0));
  afterAll(async () => {
    await log?.close();
  }, patience);

  it('creates topics that other clients can read: as it was sent inside, gzip outside, the log’s own time', async () => {
    const admin = foreign().admin();
    await admin.connect();
    try {
      for (const [compression, codec] of [['internal', 'producer'], ['public', 'gzip']] as const) {
        const topic = await newTopic({ compression });
        const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic, configNames: ['compression.type', 'message.timestamp.type'] }] });
        const settings = Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
        expect(settings).toEqual({ 'compression.type': codec, 'message.timestamp.type': 'LogAppendTime' });
      }
    } finally {
      await admin.disconnect();
    }
  }, patience);

  it('reads what a stock producer wrote, in any codec', async () => {
    const topic = await newTopic();
    const producer = foreign().producer();
    await producer.connect();
    const codecs = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const;
    const values = codecs.map((name) => name.repeat(500));
    for (const [i, name] of codecs.entries()) await producer.send({ topic, compression: CompressionTypes[name], messages: [{ key: 'k', value: values[i]! }] });
    await producer.disconnect();
    expect((await log.read(topic, 0, 0n, 10)).map(({ value }) => String(value))).toEqual(values);
  }, patience);

  it('packs large batches and leaves small ones as they are', async () => {
    const topic = await newTopic();
    const packed: number[] = [];
    const codec = CompressionCodecs[CompressionTypes.ZSTD] as () => { compress(encoder: { buffer: Buffer }): Promise<Buffer> };
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({ ...codec(), compress: (encoder: { buffer: Buffer }) => (packed.push(encoder.buffer.length), codec().compress(encoder)) });
    try {
      await log.append(topic, texts('s'.repeat(200)));
      await log.append(topic, texts('l'.repeat(100_000)));
    } finally {
      CompressionCodecs[CompressionTypes.ZSTD] = codec;
    }
    expect(packed).toEqual([expect.any(Number)]);
    expect(packed[0]).toBeGreaterThan(100_000);
    expect((await log.read(topic, 0, 0n, 10)).map(({ value }) => value?.length)).toEqual([200, 100_000]);
  }, patience);

  it('reads what a stock producer wrote in a transaction, by whatever clock', async () => {
    const topic = await newTopic();
    const producer = foreign().producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const longAgo = String(Date.UTC(2001, 0, 1));
    for (const [value, kept] of [['kept', true], ['given up', false], ['kept too', true]] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, compression: CompressionTypes.GZIP, messages: [{ key: 'k', value, timestamp: longAgo }] });
      await (kept ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();

    const { high } = (await log.watermarks(topic))[0]!;
    const read = await log.read(topic, 0, 0n, 10);
    expect(read.map(({ value }) => String(value))).toEqual(['kept', 'kept too']);
    expect(read.every(({ timestamp }) => Date.now() - timestamp.getTime() < 600_000)).toBe(true);
    const group = `g.${randomUUID()}`;
    const collector = await Collector.start(log, { group, topic });
    await collector.untilWorked(2);
    expect(collector.values).toEqual(['kept', 'kept too']);
    // The marks of the transactions take offsets of their own: no lag stays behind because of them.
    await eventually(async () => (await log.committed(group, topic)).get(0) === high, () => `the hint is not at ${high}`);
    await collector.subscription.close();
  }, patience);

  it('starts a new consumer when kafkajs gives one up for good', async () => {
    const topic = await newTopic();
    const collector = await Collector.start(log, { group: `g.${randomUUID()}`, topic });
    await log.append(topic, texts('before'));
    await collector.untilValues(['before']);
    const after = 'after'.repeat(400);
    const codec = CompressionCodecs[CompressionTypes.ZSTD] as () => object;
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({
      ...codec(),
      decompress: () => Promise.reject(new TypeError('planted')),
    });
    // Its next join takes so long that the offset it reached falls due to be stored meanwhile.
    const broker = (createRequire(import.meta.url)('kafkajs/src/broker/index.js') as { prototype: { joinGroup(request: object): Promise<object> } }).prototype;
    const joinGroup: typeof broker.joinGroup = Reflect.get(broker, 'joinGroup');
    broker.joinGroup = async function (this: typeof broker, request) {
      await sleep(1_500);
      return joinGroup.call(this, request);
    };
    try {
      // Large enough to be packed.
      await log.append(topic, texts(after));
      await eventually(() => errors.includes('the consumer ended: starting a new one'), () => 'the consumer did not end');
      expect(collector.subscription.assigned()).toEqual([]);
    } finally {
      CompressionCodecs[CompressionTypes.ZSTD] = codec;
    }
    await collector.untilValues([after]).finally(() => (broker.joinGroup = joinGroup));
    expect(collector.values).toEqual(['before', after]);
    await collector.subscription.close();
  }, patience);

  it('keeps the membership for a handler that takes longer than the session and never says a word', async () => {
    const topic = await newTopic();
    await log.append(topic, texts('slow'));
    const collector = await Collector.start(log, {
      group: `g.${randomUUID()}`,
      topic,
      sessionTimeoutMs: 6_000,
      onBatch: async (batch) => {
        await sleep(9_000);
        return batch.records.at(-1)!.offset + 1n;
      },
    });
    await collector.untilWorked(1);
    await sleep(1_500);
    expect(collector.values).toEqual(['slow']);
    expect(collector.assignments).toHaveLength(1);
    await collector.subscription.close();
  }, patience);

  it('keeps the membership when the clock is set back', async () => {
    const topic = await newTopic();
    const real = Date.now;
    const group = `g.${randomUUID()}`;
    const collector = await Collector.start(log, { group, topic, sessionTimeoutMs: 6_000 });
    const admin = foreign().admin();
    await admin.connect();
    const members = async () => (await admin.describeGroups([group])).groups[0]!.members.map(({ memberId }) => memberId);
    try {
      const [member] = await members();
      Date.now = () => real() + 3_600_000;
      await log.append(topic, texts('ahead'));
      await collector.untilValues(['ahead']);
      // A heartbeat of that hour.
      await sleep(3_000);
      Date.now = real;
      await sleep(9_000);
      expect(await members()).toEqual([member]);
      await log.append(topic, texts('back'));
      await collector.untilValues(['ahead', 'back']);
    } finally {
      Date.now = real;
      await admin.disconnect();
      await collector.subscription.close();
    }
  }, patience);

  it('answers Transient at once when too much waits for the broker', async () => {
    const small = await KafkaEventLog.connect({ brokers: kafka.brokers, clientId: 'small', logger: silent, bufferBytes: 2_000 });
    const topic = await newTopic();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => small.append(topic, texts('x'.repeat(500)))));
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(Transient);
    expect(await log.read(topic, 0, 0n, 100)).toHaveLength(20 - refused.length);
    await small.append(topic, texts('fits again'));
    await small.close();
  }, patience);

  it('says in one line where no broker answers', async () => {
    await expect(KafkaEventLog.connect({ brokers: ['127.0.0.1:1'], clientId: 'nobody', logger: silent })).rejects.toThrow('no Kafka broker answers at 127.0.0.1:1');
  }, patience);

  it('logs nothing as an error over a first join on a fresh group', async () => {
    const topic = await newTopic();
    const collector = await Collector.start(log, { group: `fresh.${randomUUID()}`, topic });
    await log.append(topic, texts('a'));
    await collector.untilWorked(1);
    await collector.subscription.close();
    expect(errors).toEqual([]);
  }, patience);

  (kafka.controllable ? it : it.skip)('stands a broker that hangs for longer than the session', async () => {
    const topic = await newTopic();
    const collector = await Collector.start(log, { group: `g.${randomUUID()}`, topic });
    await log.append(topic, texts('before'));
    await collector.untilValues(['before']);
    await kafka.pause();
    const during = log.append(topic, texts('during')).then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(Transient);
        return false;
      },
    );
    await sleep(12_000);
    await kafka.resume();
    const stored = await during;
    await log.append(topic, texts('after'));
    await collector.untilValues(stored ? ['before', 'during', 'after'] : ['before', 'after'], 60_000);
    await collector.subscription.close();
  }, 150_000);

  it('goes on when a rebalance was announced and its coordinator then forgets it', async () => {
    const topic = await newTopic();
    const gate = Promise.withResolvers<void>();
    const collector = await Collector.start(log, {
      group: `g.${randomUUID()}`,
      topic,
      sessionTimeoutMs: 6_000,
      onBatch: async (batch) => {
        await gate.promise;
        return endOf(batch);
      },
    });
    await log.append(topic, texts('held'));
    await eventually(() => collector.batches.length === 1, () => 'the handler has nothing in hand');
    const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as { prototype: { heartbeat(): Promise<void> } };
    const beat = Reflect.get(prototype, 'heartbeat');
    prototype.heartbeat = () => Promise.reject(Object.assign(new Error('planted'), { type: 'REBALANCE_IN_PROGRESS' }));
    try {
      await eventually(() => collector.subscription.assigned().length === 0, () => 'the announcement was not heard');
    } finally {
      prototype.heartbeat = beat;
    }
    gate.resolve();
    await log.append(topic, texts('after'));
    await collector.untilValues(['held', 'after']);
    expect(collector.subscription.assigned()).toEqual([0]);
    await collector.subscription.close();
  }, patience);
});
