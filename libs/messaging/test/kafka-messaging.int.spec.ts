import { describeWithKafka } from '@perennial/testing/kafka-suite';
import { kafkaHarness } from './kafka.harness.js';
import { messagingContract } from './messaging.contract.js';

await describeWithKafka('messaging on Kafka', (kafka) => {
  messagingContract('Kafka', () => kafkaHarness(kafka), { canGoAway: kafka.controllable, canSweep: kafka.controllable });
});
