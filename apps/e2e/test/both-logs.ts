import { testKafka } from '@perennial/testing/kafka';

export interface LogUnderTest {
  readonly name: 'Postgres log' | 'Kafka';
  /** Null for the Postgres log. */
  readonly brokers: string | null;
}

/**
 * Registers the same scenarios on the Postgres log and on a Kafka of their own. Where no Kafka is to be had
 * its scenarios are reported as skipped, and the suite's name says why.
 */
export async function describeOnBothLogs(name: string, body: (log: LogUnderTest) => void): Promise<void> {
  describe(`${name} (Postgres log)`, () => body({ name: 'Postgres log', brokers: null }));
  // Each system begins with empty databases, so its topics have to be its own: a broker that others share will not do.
  const kafka = await testKafka({ ...process.env, KAFKA_BROKERS: '' });
  if ('unavailable' in kafka) {
    const suite = describe.skip;
    suite(`${name} (no Kafka: ${kafka.unavailable})`, () => body({ name: 'Kafka', brokers: '' }));
    return;
  }
  describe(`${name} (Kafka)`, () => {
    body({ name: 'Kafka', brokers: kafka.brokers.join(',') });
    // After the body's own: hooks run in the order they are given, and the system leaves its groups in peace.
    afterAll(() => kafka.stop(), 30_000);
  });
}
