import { describe } from '@jest/globals';
import { testKafka, type TestKafka } from './kafka.js';

/**
 * Registers a suite that needs Kafka. Call it with `await` at the top of a spec: the broker is looked for
 * before the tests are registered. Where there is none every test of the suite is reported as skipped, and
 * the suite's name says why.
 */
export async function describeWithKafka(name: string, body: (kafka: TestKafka) => void): Promise<void> {
  const kafka = await testKafka();
  if (!('unavailable' in kafka)) {
    describe(name, () => body(kafka));
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
