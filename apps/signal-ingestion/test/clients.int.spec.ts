import { KafkaEventLog } from '@perennial/messaging/kafka/kafka-event-log';
import { describeWithKafka } from '@perennial/testing/kafka-suite';
import { startTestService, type TestService } from '@perennial/testing/service';
import type { EventLog } from '@perennial/messaging/event-log';
import { signalIngestion } from '../src/service.js';
import { noBrowser } from './clients/browser.js';
import { eventNames, tryAll, type Outcome } from './clients/compatibility.js';
import { compatibilityLine } from './clients/compatibility-table.js';
import { setUps } from './clients/set-ups.js';

const count = 20;
const longestMs = 180_000;

/** One test for each set-up, on what came of all of them together. */
function eachSetUp(title: string, start: () => Promise<TestService>, withFaults: boolean): void {
  let service: TestService;
  let outcomes: Outcome[] = [];
  beforeAll(async () => {
    service = await start();
    outcomes = await tryAll(service, setUps, count, withFaults);
  }, longestMs);
  afterAll(async () => {
    process.stderr.write(`\n${title}\n${outcomes.map((outcome) => compatibilityLine(outcome, count)).join('\n')}\n`);
    await service?.stop();
  }, 30_000);

  for (const setUp of setUps) {
    const test = setUp.runsIn === 'browser' && noBrowser !== null ? it.skip : it;
    test(`${setUp.name}${setUp.runsIn === 'browser' && noBrowser !== null ? ` (${noBrowser})` : ''}`, () => {
      const { events, error, faultsLeft } = outcomes.find((outcome) => outcome.setUp === setUp)!;
      expect({ error, events, faultsLeft }).toEqual({ error: null, events: eventNames(count), faultsLeft: 0 });
    });
  }
}

describe('every client delivers every event once, whatever happens to its requests', () => {
  eachSetUp('Clients through lost replies, 429, 503 and cut connections (Postgres log)', () => startTestService(signalIngestion), true);
});

describe('every client works by its host alone, on the log in Postgres', () => {
  eachSetUp('Clients (Postgres log)', () => startTestService(signalIngestion), false);
});

await describeWithKafka('every client works by its host alone, on Kafka', (kafka) => {
  let eventLog: EventLog | undefined;
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  eachSetUp('Clients (Kafka)', async () => {
    eventLog = await KafkaEventLog.connect({ brokers: kafka.brokers, clientId: 'clients', logger: quiet });
    return startTestService(signalIngestion, { eventLog });
  }, false);
  afterAll(() => eventLog?.close());
}, { own: true });
