import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { PartitionAssigners, type Assigner, type PartitionAssigner } from 'kafkajs';
import { encodeRecord, type EncodedRecord, type RecordToEncode } from './encode-record.js';

// kafkajs 2.2.4 is pinned, so its inner modules can be relied on; the specs of this folder fail without the patches.
const inner = createRequire(import.meta.url);

/** How often a request queue that holds back requests is looked at when nothing says when it may go on, ms. */
const recheckMs = 10;

export interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

interface ConsumerGroup {
  lastRequest: number;
  heartbeat(options: { interval: number }): Promise<void>;
  readonly assigners: readonly Assigner[];
  readonly subscriptionState: {
    pause(partitions: { topic: string; partitions: number[] }[]): void;
    active(): { readonly partitions: readonly number[] }[];
  };
  /** Longest wait of a fetch, ms. */
  maxWaitTime: number;
  fetch(nodeId: string): Promise<readonly unknown[]>;
  resume(partitions: readonly { topic: string; partitions?: number[] }[]): void;
  readonly offsetManager: { nextOffset(topic: string, partition: number): { toString(): string } };
  hasSeekOffset(where: TopicPartition): boolean;
  recoverFromOffsetOutOfRange(error: TopicPartition): Promise<void>;
}

/** Told when the broker says that a partition has no record at `position`. */
export type OutOfRangeListener = (partition: number, position: bigint) => void;

const listeners = new WeakMap<Assigner, OutOfRangeListener>();
let patched = false;

/** Mends what kafkajs does not let us configure. Safe to call again. */
export function patchKafkajs(): void {
  if (patched) return;
  patched = true;
  calmIdleQueues();
  reportOutOfRange();
  beatWhenTheClockIsSetBack();
  fetchWhenResumed();
  encodeRecordsAtOnce();
}

/** kafkajs' own assigner, tagged so that its consumer reports out-of-range offsets instead of resetting them. */
export function reportingAssigner(listener: OutOfRangeListener): PartitionAssigner {
  return (config) => {
    const assigner = PartitionAssigners.roundRobin(config);
    listeners.set(assigner, listener);
    return assigner;
  };
}

/**
 * As shipped a queue with nothing to send sets a timer after every answer, for a negative time: a warning on
 * Node 24 and a timer that fires every millisecond for as long as the client lives (issues 1604, 1751).
 */
function calmIdleQueues(): void {
  const { prototype } = inner('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const throttledFor = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledFor > 0 ? throttledFor : recheckMs,
    );
  };
}

/**
 * As shipped an out-of-range position is replaced by the oldest offset, in the group's stored offset too: a
 * lost log would look like a rewind, and an empty one like nothing at all. Here the partition pauses, the
 * stored offset stays, and the subscription is told.
 */
function reportOutOfRange(): void {
  const { prototype } = inner('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup };
  const reset: ConsumerGroup['recoverFromOffsetOutOfRange'] = Reflect.get(prototype, 'recoverFromOffsetOutOfRange');
  prototype.recoverFromOffsetOutOfRange = async function (this: ConsumerGroup, error: TopicPartition) {
    const listener = this.assigners.map((assigner) => listeners.get(assigner)).find((one) => one !== undefined);
    if (!listener) return reset.call(this, error);
    const { topic, partition } = error;
    if (this.hasSeekOffset({ topic, partition })) return;
    this.subscriptionState.pause([{ topic, partitions: [partition] }]);
    listener(partition, BigInt(this.offsetManager.nextOffset(topic, partition).toString()));
  };
}

/**
 * As shipped the next heartbeat is due at an instant of the machine's clock. When that is set back by more than the
 * session, the member is thrown out of the group without noticing, and says nothing until the clock has caught up.
 */
function beatWhenTheClockIsSetBack(): void {
  const group = (inner('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup }).prototype;
  const beat: ConsumerGroup['heartbeat'] = Reflect.get(group, 'heartbeat');
  group.heartbeat = async function (this: ConsumerGroup, options) {
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return beat.call(this, options);
  };
}

/**
 * As shipped a consumer whose partitions are all paused sleeps as long as a fetch may wait, whatever is resumed meanwhile.
 */
function fetchWhenResumed(): void {
  const group = (inner('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup }).prototype;
  const fetch: ConsumerGroup['fetch'] = Reflect.get(group, 'fetch');
  const resume: ConsumerGroup['resume'] = Reflect.get(group, 'resume');
  const asleep = new WeakMap<ConsumerGroup, { readonly longestMs: number; resumed: AbortController }>();
  group.resume = function (this: ConsumerGroup, partitions) {
    resume.call(this, partitions);
    asleep.get(this)?.resumed.abort();
  };
  group.fetch = async function (this: ConsumerGroup, nodeId) {
    if (this.subscriptionState.active().some(({ partitions }) => partitions.length > 0)) return fetch.call(this, nodeId);
    const state = asleep.get(this) ?? { longestMs: this.maxWaitTime, resumed: new AbortController() };
    asleep.set(this, state);
    if (state.resumed.signal.aborted) state.resumed = new AbortController();
    const { signal } = state.resumed;
    // It does all else that belongs to a fetch, and does not sleep.
    this.maxWaitTime = 0;
    const batches = await fetch.call(this, nodeId).finally(() => (this.maxWaitTime = state.longestMs));
    if (batches.length === 0) await sleep(state.longestMs, undefined, { signal }).catch(() => undefined);
    return batches;
  };
}

/**
 * Its requests load what encodes a record when the first one is sent, so what it is taken from can be replaced until then: the
 * exports, and the second reference to them that require-in-the-middle (OpenTelemetry's) keeps on the module and hands out instead.
 */
function encodeRecordsAtOnce(): void {
  const path = inner.resolve('kafkajs/src/protocol/recordBatch/record/v0/index.js');
  const original = inner(path) as (record: RecordToEncode) => EncodedRecord;
  const module = inner.cache[path]!;
  const replacement = (record: RecordToEncode): EncodedRecord => encodeRecord(record) ?? original(record);
  for (const key of Reflect.ownKeys(module)) if (Reflect.get(module, key) === original) Reflect.set(module, key, replacement);
}
