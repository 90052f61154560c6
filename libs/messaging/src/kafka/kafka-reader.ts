import { createRequire } from 'node:module';
import { PartitionAssigners, type Batch, type Cluster, type Consumer, type Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '../event-log.js';
import { brokerCodes } from './kafka-errors.js';
import type { LogSink } from './kafka-logging.js';
import { toRecord } from './kafka-records.js';

/** What kafkajs makes of a fetched partition: drops control records, aborted ones and those below the offset. */
type BatchClass = new (topic: string, fetchOffset: string, data: object) => Batch;
const FetchedBatch = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as BatchClass;

interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly object[] }[];
}

const readCommitted = 1;
const fetchBytes = 1_048_576;
const tries = 5;

/**
 * Reads partitions without a group. kafkajs has no such call: it gives its cluster to the assigner of a
 * consumer, and this one never joins.
 */
export class KafkaReader {
  readonly #consumer: Consumer;
  #cluster!: Cluster;

  constructor(kafka: Kafka, groupId: string, private readonly logger: LogSink) {
    this.#consumer = kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      partitionAssigners: [
        (config) => {
          this.#cluster = config.cluster;
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
  }

  connect(): Promise<void> {
    return this.#consumer.connect();
  }

  disconnect(): Promise<void> {
    return this.#consumer.disconnect();
  }

  /** At most `limit` records from `offset` on, up to `high`. */
  async read(topic: string, partition: number, offset: bigint, high: bigint, limit: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let at = offset; at < high && records.length < limit; ) {
      const batch = await this.#fetch(topic, partition, at);
      records.push(...batch.messages.slice(0, limit - records.length).map(toRecord));
      const next = BigInt(batch.lastOffset()) + 1n;
      // Compaction and control records leave gaps, so a fetch may bring nothing and still get on.
      at = next > at ? next : at + 1n;
    }
    return records;
  }

  async #fetch(topic: string, partition: number, offset: bigint): Promise<Batch> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#cluster.addMultipleTargetTopics([topic]);
        await this.#cluster.refreshMetadataIfNecessary();
        const [leader] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]));
        if (leader === undefined) throw new Error(`partition ${partition} of ${topic} has no leader`);
        const broker = await this.#cluster.findBroker({ nodeId: leader });
        const request = { partition, fetchOffset: String(offset), maxBytes: fetchBytes };
        const { responses } = (await broker.fetch({ isolationLevel: readCommitted, maxWaitTime: 500, minBytes: 1, maxBytes: fetchBytes, topics: [{ topic, partitions: [request] }] })) as FetchResponse;
        const data = responses[0]?.partitions[0];
        if (!data) throw new Error(`the broker sent nothing of partition ${partition} of ${topic}`);
        return new FetchedBatch(topic, String(offset), data);
      } catch (error) {
        if (attempt === tries || brokerCodes(error).has('OFFSET_OUT_OF_RANGE')) throw error;
        this.logger.warn({ topic, partition, offset: String(offset), err: error }, 'a record could not be read: trying again');
        await sleep(100 * attempt);
        await this.#cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }
}
