import { Kafka, logLevel } from 'kafkajs';
import type { TestKafka } from '@perennial/testing/kafka';
import { KafkaEventLog } from '../src/kafka/kafka-event-log.js';
import type { LogSink } from '../src/kafka/kafka-logging.js';
import type { EventLogHarness } from './event-log.harness.js';
import { eventually } from './collected.js';

export const silent: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The contract's faults, done to a real broker with a client of its own. */
export async function kafkaHarness(kafka: TestKafka, logger: LogSink = silent): Promise<EventLogHarness> {
  const admin = new Kafka({ brokers: kafka.brokers, clientId: 'harness', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  return {
    open: () => KafkaEventLog.connect({ brokers: kafka.brokers, clientId: 'contract', logger, sessionTimeoutMs: 8_000 }),
    away: () => kafka.kill(),
    back: () => kafka.restart(),
    setCommitted: (groupId, topic, partition, offset) => admin.setOffsets({ groupId, topic, partitions: [{ partition, offset: String(offset) }] }),
    expire: async (topic, partition, low) => {
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(low) }] });
    },
    wipe: async (topic) => {
      const before = await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.deleteTopics({ topics: [topic] });
      await eventually(async () => !(await admin.listTopics()).includes(topic), () => `${topic} is still there`);
      // kafkajs waits for leaders itself, but takes a broker that has not heard of the topic yet for a failure.
      await admin.createTopics({ topics: [{ topic, numPartitions: before.topics[0]!.partitions.length }], waitForLeaders: false });
      await eventually(() => admin.fetchTopicOffsets(topic).then(() => true, () => false), () => `${topic} is not there again`);
    },
    sweep: async () => undefined,
    sweepShowsWithinMs: 30_000,
    stop: () => admin.disconnect(),
  };
}
