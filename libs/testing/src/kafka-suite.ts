import { afterAll, describe } from '@jest/globals';
import { testKafka, type TestKafka } from './kafka.js';

/**
 * Registers a suite that needs Kafka. Call it with `await` at the top of a spec: the broker is looked for
 * before the tests are registered. Where there is none every test of the suite is reported as skipped, and
 * the suite's name says why. With `own` the broker is never one that others use, and ends with the suite.
 */
export async function describeWithKafka(name: string, body: (kafka: TestKafka) => void, { own = false }: { readonly own?: boolean } = {}): Promise<void> {
  const kafka = await testKafka(own ? { ...process.env, KAFKA_BROKERS: '' } : process.env);
  if (!('unavailable' in kafka)) {
    describe(name, () => {
      body(kafka);
      // After the body's own: hooks run in the order they are given, and whoever uses the broker leaves it in peace.
      if (own) afterAll(() => kafka.stop(), 30_000);
    });
    return;
  }
  const absent = new Proxy({} as TestKafka, {
    get: (_target, property) => {
      // Read while the tests are registered: with this the suites choose which tests to register.
      if (property === 'controllable') return false;
      throw new Error(`no Kafka: ${kafka.unavailable}`);
    },
  });
  describe.skip(`${name} (no Kafka: ${kafka.unavailable})`, () => body(absent));
}
