import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import kafkajs, { CompressionTypes, Kafka, logLevel, type Consumer, type ITopicConfig, type Message, type Producer } from 'kafkajs';
import { SignalStream } from '../load/signal-stream.js';
import { answer } from './answer.js';

/** B2, B3, and the events of B4: kafkajs and nothing else, on topics of its own that hold what ours hold, in the codec that ours are in. */
const partitions = 12;
const perSend = 500;
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer, fast),
  decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
});

const topicOf = (topic: string): ITopicConfig => ({ topic, numPartitions: partitions, replicationFactor: 1, configEntries: [{ name: 'compression.type', value: 'zstd' }] });

let kafka: Kafka;
let producer: Producer;
let turn = 0;

const stream = new SignalStream({ kind: 'signals', topic: 'raw', accounts: 100_000 });
const messages = (count: number, from: SignalStream): Message[] => Array.from({ length: count }, () => {
  const { key, value, headers } = from.next();
  return { key, value, headers };
});

answer(
  {
    async connect({ brokers }: { brokers: string[] }) {
      kafka = new Kafka({ brokers, clientId: 'raw', logLevel: logLevel.NOTHING });
      producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ waitForLeaders: true, topics: ['raw-sent', 'raw-read'].map(topicOf) });
      await admin.disconnect();
      await producer.connect();
    },
    /** B2: events/s of awaited sends of 500, acks from all. */
    async sendRate({ forMs }: { forMs: number }): Promise<number> {
      const batch = messages(perSend, stream);
      const start = performance.now();
      let sent = 0;
      for (; performance.now() - start < forMs; sent += perSend) await producer.send({ topic: 'raw-sent', acks: -1, compression: CompressionTypes.ZSTD, messages: batch });
      return (sent * 1000) / (performance.now() - start);
    },
    /** Lays up `count` events of as many days as the fold counts, on a topic of their own. */
    async layFor({ topic, accounts, count }: { topic: string; accounts: number; count: number }) {
      const admin = kafka.admin();
      await admin.connect();
      // The producer tries again until the topic has its leaders.
      await admin.createTopics({ waitForLeaders: false, topics: [topicOf(topic)] });
      await admin.disconnect();
      await layUp(topic, count, new SignalStream({ kind: 'signals', topic, accounts, days: 28 }));
    },
    lay: ({ count }: { count: number }) => layUp('raw-read', count, stream),
    /** B3: events/s of `eachBatch` and JSON.parse over everything laid up, three partitions at once. */
    async readRate({ count }: { count: number }): Promise<number> {
      const consumer = kafka.consumer({ groupId: `raw-${turn++}`, allowAutoTopicCreation: false });
      await consumer.connect();
      await consumer.subscribe({ topics: ['raw-read'], fromBeginning: true });
      try {
        return await readAll(consumer, count);
      } finally {
        await consumer.disconnect();
      }
    },
  },
  async () => {
    await producer?.disconnect();
  },
);

async function layUp(topic: string, count: number, events: SignalStream): Promise<void> {
  for (let left = count; left > 0; left -= perSend) await producer.send({ topic, acks: -1, compression: CompressionTypes.ZSTD, messages: messages(Math.min(perSend, left), events) });
}

function readAll(consumer: Consumer, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let read = 0;
    let start = 0;
    consumer.on(consumer.events.GROUP_JOIN, () => (start = performance.now()));
    const run = consumer.run({
      partitionsConsumedConcurrently: 3,
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) if (value) JSON.parse(value.toString('utf8'));
        read += batch.messages.length;
        if (read >= count) resolve((read * 1000) / (performance.now() - start));
      },
    });
    run.catch(reject);
  });
}
