import { afterAll, beforeAll, describe } from '@jest/globals';
import { testKafka, type TestKafka } from './kafka.js';

/**
 * Registers a suite that needs Kafka. Call it with `await` at the top of a spec: the broker is looked for
 * before the tests are registered. Where there is none every test of the suite is reported as skipped, and
 * the suite's name says why. With `own` the broker is never one that others use, and ends with the suite; the
 * next such suite of the spec gets another, so its address is to be asked for by hooks and tests alone.
 */
export async function describeWithKafka(name: string, body: (kafka: TestKafka) => void, { own = false }: { readonly own?: boolean } = {}): Promise<void> {
  const env = own ? { ...process.env, KAFKA_BROKERS: '' } : process.env;
  const kafka = await testKafka(env);
  if (!('unavailable' in kafka)) {
    describe(name, () => (own ? withItsOwn(kafka, env, body) : body(kafka)));
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

/** All suites of a spec are registered before the first runs: `found` may have ended with an earlier one by then. */
function withItsOwn(found: TestKafka, env: NodeJS.ProcessEnv, body: (kafka: TestKafka) => void): void {
  let kafka = found;
  beforeAll(async () => {
    const running = await testKafka(env);
    if ('unavailable' in running) throw new Error(`no Kafka any more: ${running.unavailable}`);
    kafka = running;
  }, 200_000);
  body(new Proxy(found, { get: (_found, property) => Reflect.get(kafka, property) as unknown }));
  // After the body's own: hooks run in the order they are given, and whoever uses the broker leaves it in peace.
  afterAll(() => kafka.stop(), 30_000);
}
