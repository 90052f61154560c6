import type { Admin, Producer, RetryOptions } from 'kafkajs';
import { Fatal, Transient } from '../errors.js';
import type { EventLog, LogRecord, OutgoingRecord, SubscribeOptions, Subscription, TopicSpec, Watermarks } from '../event-log.js';
import { partitionOf } from '../partitioner.js';
import { Coalescer, defaultLimits, sizeOf } from './coalescer.js';
import { codecOf } from './codecs.js';
import { KafkaClient, type ClientOptions } from './kafka-client.js';
import { brokerCodes, translated } from './kafka-errors.js';
import { KafkaReader } from './kafka-reader.js';
import { toMessage } from './kafka-records.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { createMissingTopics, partitionsOf, topicLimits, type TopicLimits } from './kafka-topics.js';
import { WatermarkReader } from './watermark-reader.js';

export interface KafkaEventLogOptions extends ClientOptions {
  /** Membership of a consumer group without a sign of life, ms; default 12,000. */
  readonly sessionTimeoutMs?: number;
  /** Records that may wait for acknowledgement, bytes; above it `append` answers `Transient` at once. Default 32 MB. */
  readonly bufferBytes?: number;
}

const acksFromAll = -1;
const ackTimeoutMs = 7_000;
const sendTimeoutMs = 8_000;
/** 2 s while nothing answers, 40 s while a broker hangs; when a send has failed nothing more of it is sent. */
const sendRetry: RetryOptions = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1_000, retries: 4 };

interface TopicWriter {
  readonly limits: TopicLimits;
  readonly coalescer: Coalescer;
}

/** The event log on Apache Kafka. The only place that knows kafkajs. */
export class KafkaEventLog implements EventLog {
  /** A record cannot be taken out of a partition. */
  readonly erases = false;
  readonly #options: KafkaEventLogOptions;
  readonly #client: KafkaClient;
  /** Of its own: sends must fail sooner than other requests. */
  readonly #sender: KafkaClient;
  readonly #admin: Admin;
  readonly #watermarks: WatermarkReader;
  readonly #producer: Producer;
  readonly #reader: KafkaReader;
  readonly #writers = new Map<string, Promise<TopicWriter>>();
  readonly #subscriptions = new Set<KafkaSubscription>();
  readonly #appending = new Set<Promise<void>>();
  #bufferedBytes = 0;
  #closed: Promise<void> | null = null;

  /** Connects. Throws `Transient`, with words for whoever starts it, when no broker answers within some seconds. */
  static async connect(options: KafkaEventLogOptions): Promise<EventLog> {
    const log = new KafkaEventLog(options);
    try {
      await Promise.all([log.#admin.connect(), log.#watermarks.connect(), log.#producer.connect(), log.#reader.connect()]);
    } catch (error) {
      log.#client.cut();
      log.#sender.cut();
      throw new Transient(`no Kafka broker answers at ${options.brokers.join(', ')}: start it or mend the address`, { cause: error });
    }
    return log;
  }

  private constructor(options: KafkaEventLogOptions) {
    this.#options = options;
    this.#client = new KafkaClient(options);
    this.#sender = new KafkaClient(options, sendTimeoutMs);
    this.#admin = this.#client.kafka.admin();
    this.#watermarks = new WatermarkReader(this.#client.kafka);
    this.#producer = this.#sender.kafka.producer({
      retry: sendRetry,
      allowAutoTopicCreation: false,
      // Its idempotent mode ends for good after one sequence error: consumers drop repeats instead.
      idempotent: false,
      createPartitioner: () => {
        // Records without a key go round, one send after the other.
        let turn = 0;
        return ({ partitionMetadata, message }) => {
          const count = partitionMetadata.length;
          return message.key === null || message.key === undefined ? turn++ % count : partitionOf(message.key.toString(), count);
        };
      },
    });
    this.#reader = new KafkaReader(this.#client.kafka, `${options.clientId}.reader`, options.logger);
  }

  identity(): Promise<string> {
    return this.#ask('read the cluster id', async () => (await this.#admin.describeCluster()).clusterId);
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#ask('create topics', () => createMissingTopics(this.#admin, this.#watermarks, specs));
  }

  partitionCount(topic: string): Promise<number> {
    return this.#ask(`look up ${topic}`, () => partitionsOf(this.#admin, topic));
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closed) throw new Fatal('this event log is closed');
    if (records.length === 0) return;
    const sizes = records.map(sizeOf);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const { bufferBytes = 32 * 1024 * 1024 } = this.#options;
    if (this.#bufferedBytes > 0 && this.#bufferedBytes + bytes > bufferBytes) {
      throw new Transient(`${this.#bufferedBytes} bytes wait for the broker already: try again later`);
    }
    this.#bufferedBytes += bytes;
    const appending = this.#write(topic, records, Math.max(...sizes), bytes);
    this.#appending.add(appending);
    try {
      await appending;
    } finally {
      this.#appending.delete(appending);
      this.#bufferedBytes -= bytes;
    }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closed) throw new Fatal('this event log is closed');
    await this.partitionCount(options.topic);
    const subscription = await KafkaSubscription.start(options, {
      client: this.#options,
      sessionTimeoutMs: this.#options.sessionTimeoutMs ?? 12_000,
      watermarks: (topic) => this.watermarks(topic),
      closed: (one) => this.#subscriptions.delete(one),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  erase(): Promise<null> {
    return Promise.resolve(null);
  }

  read(topic: string, partition: number, offset: bigint, limit: number): Promise<LogRecord[]> {
    return this.#ask(`read ${topic}`, async () => {
      const mark = (await this.watermarks(topic)).find((one) => one.partition === partition);
      if (!mark) throw new Fatal(`topic ${topic} has no partition ${partition}`);
      return this.#reader.read(topic, partition, offset > mark.low ? offset : mark.low, mark.high, limit);
    });
  }

  watermarks(topic: string): Promise<Watermarks[]> {
    return this.#ask(`look up ${topic}`, async () => {
      await partitionsOf(this.#admin, topic);
      return this.#watermarks.read(topic);
    });
  }

  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.#ask(`read the offsets of ${group}`, async () => {
      const stored = (await this.#admin.fetchOffsets({ groupId: group, topics: [topic] })).find((one) => one.topic === topic)?.partitions ?? [];
      return new Map(stored.flatMap(({ partition, offset }) => (BigInt(offset) >= 0n ? [[partition, BigInt(offset)] as const] : [])));
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await Promise.all([
      this.#sender.end(async () => {
        await Promise.allSettled(this.#appending);
        await this.#producer.disconnect();
      }),
      this.#client.end(() => Promise.all([this.#admin.disconnect(), this.#watermarks.disconnect(), this.#reader.disconnect()])),
    ]);
  }

  async #write(topic: string, records: readonly OutgoingRecord[], largest: number, bytes: number): Promise<void> {
    const { limits, coalescer } = await this.#writer(topic);
    if (largest > limits.maxBytes) throw new Fatal(`a record of ${largest} bytes is larger than ${topic} takes (${limits.maxBytes}): send less or raise max.message.bytes`);
    await coalescer.add(records, bytes);
  }

  #writer(topic: string): Promise<TopicWriter> {
    let writer = this.#writers.get(topic);
    if (!writer) {
      writer = this.#ask(`look up ${topic}`, async () => {
        const partitions = await partitionsOf(this.#admin, topic);
        const limits = await topicLimits(this.#admin, topic);
        const bounds = { ...defaultLimits, maxBytes: Math.min(defaultLimits.maxBytes, limits.maxBytes) };
        return { limits, coalescer: new Coalescer((records, bytes) => this.#send(topic, limits, bytes / Math.min(batchesOf(records), partitions), records), bounds) };
      });
      this.#writers.set(topic, writer);
      writer.catch(() => this.#writers.delete(topic));
    }
    return writer;
  }

  async #send(topic: string, { compressionType }: TopicLimits, batchBytes: number, records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.#producer.send({ topic, acks: acksFromAll, timeout: ackTimeoutMs, compression: codecOf(compressionType, batchBytes), messages: records.map(toMessage) });
    } catch (error) {
      // The next call looks whether the topic is still there.
      if (brokerCodes(error).has('UNKNOWN_TOPIC_OR_PARTITION')) this.#writers.delete(topic);
      throw translated(error, `append to ${topic}`);
    }
  }

  async #ask<T>(doing: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw translated(error, doing);
    }
  }
}

/** Into how many batches records fall where partitions abound: each key has one of its own, records without a key go round. */
const batchesOf = (records: readonly OutgoingRecord[]): number => new Set(records.map(({ key }, i) => key ?? i)).size;
