import { describeWithKafka } from '@perennial/testing/kafka-suite';

export interface LogUnderTest {
  readonly name: 'Postgres log' | 'Kafka';
  /** Null for the Postgres log. */
  readonly brokers: string | null;
}

/**
 * Registers the same scenarios on the Postgres log and on a Kafka of their own: each system begins with empty
 * databases, so its topics have to be its own.
 */
export async function describeOnBothLogs(name: string, body: (log: LogUnderTest) => void): Promise<void> {
  describe(`${name} (Postgres log)`, () => body({ name: 'Postgres log', brokers: null }));
  await describeWithKafka(
    `${name} (Kafka)`,
    (kafka) =>
      body({
        name: 'Kafka',
        // Asked for by the tests alone: without a broker they are registered too, and skipped.
        get brokers() {
          return kafka.brokers.join(',');
        },
      }),
    { own: true },
  );
}
