import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { patchKafkajs, type RequestQueue } from './kafkajs-patches.js';

interface Pending {
  readonly expectResponse: boolean;
  readonly correlationId: number;
  readonly pendingDuration: number;
  send(): void;
  completed(): void;
}

type Queue = RequestQueue & { pending: Pending[]; throttledUntil: number; destroy(): void };
type QueueClass = new (options: object) => Queue;

const RequestQueueClass = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as QueueClass;

const queues: Queue[] = [];

function newQueue(): Queue {
  const logger = { debug: () => undefined, warn: () => undefined };
  const queue = new RequestQueueClass({ maxInFlightRequests: null, requestTimeout: 1000, enforceRequestTimeout: false, clientId: 'c', broker: 'b', logger });
  queues.push(queue);
  return queue;
}

const request = (sent: number[], correlationId: number): Pending => ({
  expectResponse: false,
  correlationId,
  pendingDuration: 0,
  send: () => void sent.push(correlationId),
  completed: () => undefined,
});

describe('the request queue of kafkajs', () => {
  beforeAll(() => patchKafkajs());
  // Without the patch a timer would set itself again for ever, and the test run would not end.
  afterEach(() => queues.splice(0).forEach((queue) => queue.destroy()));

  it('sets no timer while there is nothing to send', () => {
    const queue = newQueue();
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('still sends what was held back, as soon as the broker lets it', async () => {
    const queue = newQueue();
    const sent: number[] = [];
    queue.throttledUntil = Date.now() + 50;
    queue.pending.push(request(sent, 1), request(sent, 2));
    queue.checkPendingRequests();
    expect(sent).toEqual([]);
    await sleep(120);
    expect(sent).toEqual([1, 2]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
