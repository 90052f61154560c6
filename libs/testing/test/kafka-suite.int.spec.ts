import { Kafka, logLevel } from 'kafkajs';
import { describeWithKafka } from '../src/kafka-suite.js';

// Both are registered before the first one ends its broker.
for (const turn of ['first', 'second']) {
  await describeWithKafka(`the ${turn} suite of a spec with a broker of its own`, (kafka) => {
    it('finds one that answers, without what the suite before left behind', async () => {
      const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } }).admin();
      await admin.connect();
      expect(await admin.listTopics()).not.toContain('left-behind');
      await admin.createTopics({ topics: [{ topic: 'left-behind', numPartitions: 1, replicationFactor: 1 }] });
      await admin.disconnect();
    });
  }, { own: true });
}
