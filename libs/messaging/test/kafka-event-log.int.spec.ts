import { describeWithKafka } from '@perennial/testing/kafka-suite';
import { eventLogContract } from './event-log.contract.js';
import { kafkaHarness } from './kafka.harness.js';

await describeWithKafka('KafkaEventLog', (kafka) => {
  eventLogContract('Kafka', () => kafkaHarness(kafka), { canGoAway: kafka.controllable, canSweep: kafka.controllable });
});
