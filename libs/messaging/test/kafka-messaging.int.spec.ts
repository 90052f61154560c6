import { describeWithKafka } from '@perennial/testing/kafka-suite';
import { kafkaHarness } from './kafka.harness.js';
import { messagingContract } from './messaging.contract.js';
import { rebuildContract } from './rebuild.contract.js';

await describeWithKafka('messaging on Kafka', (kafka) => {
  messagingContract('Kafka', () => kafkaHarness(kafka), { canGoAway: kafka.controllable, canSweep: kafka.controllable });
  rebuildContract('Kafka', () => kafkaHarness(kafka));
});
