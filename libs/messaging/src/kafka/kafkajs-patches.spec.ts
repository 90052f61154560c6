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

describe('a record of kafkajs', () => {
  beforeAll(() => patchKafkajs());

  it('is encoded into one buffer of its size', () => {
    const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: object) => { readonly buf: Buffer; readonly buffer: Buffer };
    const { buf, buffer } = encode({ value: Buffer.from('value'), headers: { a: 'b' } });
    expect(buf.length).toBe(buffer.length);
    // What is not ours is left to kafkajs, which takes 512 bytes at least.
    expect(encode({ value: Buffer.from('value'), headers: { a: ['b', 'c'] } }).buf.length).toBeGreaterThanOrEqual(512);
  });
});

describe('a consumer of kafkajs whose partitions are all paused', () => {
  beforeAll(() => patchKafkajs());

  it('fetches again as soon as one is resumed', async () => {
    const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as { prototype: object };
    const paused = new Set([0]);
    const active = () => [{ topic: 't', partitions: [0].filter((partition) => !paused.has(partition)) }];
    const group = Object.assign(Object.create(prototype) as object, {
      maxWaitTime: 60_000,
      cluster: { refreshMetadataIfNecessary: () => Promise.resolve() },
      logger: { info: () => undefined },
      offsetManager: { committedOffsets: () => ({ t: { 0: '0' } }) },
      subscriptionState: { assigned: () => [{ topic: 't', partitions: [0] }], active, resume: () => paused.clear() },
      checkForStaleAssignment: () => undefined,
      filterPartitionsByNode: (_node: string, partitions: object) => partitions,
      seekOffsets: () => Promise.resolve(),
    }) as unknown as { readonly maxWaitTime: number; fetch(node: string): Promise<readonly unknown[]>; resume(partitions: readonly object[]): void };
    // Twice: what was resumed once does not keep it awake.
    for (let round = 0; round < 2; round++) {
      paused.add(0);
      let answered = false;
      const fetched = group.fetch('1').finally(() => (answered = true));
      await sleep(20);
      expect(answered).toBe(false);
      group.resume([{ topic: 't', partitions: [0] }]);
      expect(await fetched).toEqual([]);
    }
    expect(group.maxWaitTime).toBe(60_000);
  });
});
