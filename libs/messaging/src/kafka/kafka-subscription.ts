import type { Consumer } from 'kafkajs';
import type { SubscribeOptions, Subscription, Watermarks } from '../event-log.js';
import { Assignment } from './assignment.js';
import { Backoff } from '../backoff.js';
import { FetchedBatch, type PartitionControl } from './fetched-batch.js';
import { KafkaClient, retry, type ClientOptions } from './kafka-client.js';
import { lostMembership, translated } from './kafka-errors.js';
import { reportingAssigner } from './kafkajs-patches.js';
import { lookAfter } from './outside-of-log.js';
import { OffsetHints } from './offset-hints.js';
import { Positions } from './positions.js';
import { PutOffs } from './put-offs.js';

/** What a subscription needs besides its own connection. */
export interface SubscriptionSurroundings {
  readonly client: ClientOptions;
  readonly sessionTimeoutMs: number;
  watermarks(topic: string): Promise<Watermarks[]>;
  closed(subscription: KafkaSubscription): void;
}

const defaultPartitionsAtOnce = 2;
/** As they are stored: large batches are packed and some eight times larger when decoded, single records are not (ADR 35). */
const fetchBytesPerPartition = 768 * 1024;
const fetchBytes = 3 * 1024 * 1024;
/** Heartbeats go between fetches, and `close` waits for the fetch under way. */
const fetchWaitMs = 1_000;
/** How long the group waits in a rebalance for a member that is still at work. */
const rebalanceTimeoutMs = 60_000;

/**
 * One consumer of one topic in one group. A handler's throw is answered by trying again, a lost membership by
 * leaving the batch where it is, and a consumer that ended all the same by a new one.
 */
export class KafkaSubscription implements Subscription {
  readonly #options: SubscribeOptions;
  readonly #around: SubscriptionSurroundings;
  readonly #sessionTimeoutMs: number;
  readonly #control: PartitionControl;
  readonly #positions: Positions;
  readonly #closing = new AbortController();
  readonly #atWork = new Set<Promise<unknown>>();
  readonly #putOffs = new PutOffs();
  /** Seeks that came while no consumer was there to take them. */
  readonly #heldSeeks = new Map<number, bigint>();
  readonly #hints: OffsetHints;
  #client!: KafkaClient;
  #consumer!: Consumer;
  #assignment = new Assignment([]);
  /** What was owned when `close` came: the batches in hand still count. */
  #closedWith: Assignment | null = null;
  #lastProgress = new Date();
  #closed: Promise<void> | null = null;

  /** Joins the group. Throws `Transient` when no broker answers, `Fatal` when the topic is unknown. */
  static async start(options: SubscribeOptions, around: SubscriptionSurroundings): Promise<KafkaSubscription> {
    const subscription = new KafkaSubscription(options, around);
    try {
      await subscription.#join();
    } catch (error) {
      subscription.#hints.end();
      subscription.#client.cut();
      throw translated(error, `subscribe to ${options.topic}`);
    }
    return subscription;
  }

  private constructor(options: SubscribeOptions, around: SubscriptionSurroundings) {
    this.#options = options;
    this.#around = around;
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? around.sessionTimeoutMs;
    this.#positions = new Positions(() => around.watermarks(options.topic));
    this.#control = {
      options,
      positions: this.#positions,
      logger: around.client.logger,
      heartbeatMs: Math.min(3_000, Math.floor(this.#sessionTimeoutMs / 4)),
      seek: (partition, offset) => this.seek(partition, offset),
      pause: (partition) => this.#consumer.pause([{ topic: options.topic, partitions: [partition] }]),
      resume: (partitions) => this.#consumer.resume([{ topic: options.topic, partitions: [...partitions] }]),
      putOff: (assignment, partition) => void this.#track(this.#putOff(assignment, partition)),
      reached: (assignment, partition, offset) => {
        this.#putOffs.succeeded(partition);
        if (assignment.current || assignment === this.#closedWith) this.#hints.reached(partition, offset);
      },
    };
    this.#assignment.end();
    this.#hints = new OffsetHints((offsets) => this.#commit(offsets));
  }

  assigned(): readonly number[] {
    return this.#assignment.current ? this.#assignment.partitions : [];
  }

  lastProgress(): Date {
    return this.#lastProgress;
  }

  seek(partition: number, offset: bigint): void {
    this.#hints.forget(partition);
    this.#moveTo(partition, offset);
  }

  #moveTo(partition: number, offset: bigint): void {
    if (this.#closing.signal.aborted) return;
    this.#positions.move(partition, offset);
    try {
      this.#consumer.seek({ topic: this.#options.topic, partition, offset: String(offset) });
    } catch {
      // Between two consumers: the next one is told when it has joined.
      this.#heldSeeks.set(partition, offset);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    if (this.#assignment.current) this.#closedWith = this.#assignment;
    this.#assignment.end();
    while (this.#atWork.size > 0) await Promise.allSettled(this.#atWork);
    this.#hints.end();
    await this.#client.end(async () => {
      await this.#hints.store();
      await this.#consumer.disconnect();
    });
    this.#around.closed(this);
  }

  async #join(): Promise<void> {
    const { group, topic, partitionsAtOnce = defaultPartitionsAtOnce } = this.#options;
    const { heartbeatMs } = this.#control;
    const client = new KafkaClient(this.#around.client);
    const consumer = client.kafka.consumer({
      groupId: group,
      allowAutoTopicCreation: false,
      sessionTimeout: this.#sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: Math.min(fetchWaitMs, heartbeatMs),
      maxBytesPerPartition: fetchBytesPerPartition,
      maxBytes: fetchBytes,
      partitionAssigners: [reportingAssigner((partition) => void this.#track(lookAfter(this.#control, this.#assignment, partition)))],
      retry: { ...retry, restartOnFailure: async () => !this.#closing.signal.aborted },
    });
    this.#client = client;
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#joined(consumer, payload.memberAssignment[topic] ?? []));
    consumer.on(consumer.events.REBALANCING, () => {
      void this.#hints.store();
      this.#assignment.end();
    });
    consumer.on(consumer.events.HEARTBEAT, () => this.#alive());
    consumer.on(consumer.events.FETCH_START, () => this.#goesOn(consumer));
    consumer.on(consumer.events.CRASH, ({ payload }) => this.#crashed(consumer, payload.error, payload.restart));
    await consumer.connect();
    // Without `fromBeginning` kafkajs would put an unknown position at the end.
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => {
        this.#alive();
        return this.#track(new FetchedBatch(this.#control, this.#assignment, payload).work());
      },
    });
  }

  async #commit(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const assignment = this.#assignment;
    const consumer = this.#consumer;
    // One that has ended, or has not joined yet, answers as if it had stored them.
    let stored = false;
    const unlisten = consumer.on(consumer.events.COMMIT_OFFSETS, () => (stored = true));
    try {
      await consumer.commitOffsets([...offsets].map(([partition, offset]) => ({ topic: this.#options.topic, partition, offset: String(offset) })));
      if (!stored) throw new Error('the consumer is not running');
    } catch (error) {
      this.#around.client.logger.debug({ ...this.#where(), err: error }, 'the offsets were not stored');
      if (!lostMembership(error)) throw error;
      // Whoever owns the partitions now may be further on.
      assignment.end();
    } finally {
      unlisten();
    }
  }

  /** `close` waits for it. */
  #track<T>(work: Promise<T>): Promise<T> {
    this.#atWork.add(work);
    void work.finally(() => this.#atWork.delete(work)).catch(() => undefined);
    return work;
  }

  #alive(): void {
    this.#lastProgress = new Date();
  }

  #joined(consumer: Consumer, partitions: readonly number[]): void {
    this.#assignment.end();
    if (consumer !== this.#consumer || this.#closing.signal.aborted) return;
    this.#alive();
    const assignment = new Assignment([...partitions].sort((a, b) => a - b));
    this.#assignment = assignment;
    this.#control.resume(consumer.paused().flatMap((one) => one.partitions));
    // The group may not know yet how far this member came.
    const held = new Map([...this.#hints.keep(partitions), ...this.#heldSeeks]);
    this.#heldSeeks.clear();
    for (const [partition, offset] of held) if (partitions.includes(partition)) this.#moveTo(partition, offset);
    assignment.welcomed = this.#track(this.#welcome(assignment));
  }

  /**
   * A rebalance that was announced may never come: a coordinator that starts anew knows the group as it was last
   * complete, takes this member's heartbeats again, and kafkajs fetches on without a join. Where the place is lost
   * after all, the next heartbeat says so, and until then the owner's own fence holds.
   */
  #goesOn(consumer: Consumer): void {
    if (!this.#assignment.current) this.#joined(consumer, this.#assignment.partitions);
  }

  /** Tells the owner which partitions it has, before their first batch, and compares them with the log. */
  async #welcome(assignment: Assignment): Promise<void> {
    const remembered = this.#positions.remembered();
    const backoff = new Backoff();
    for (; assignment.current; await backoff.pause(assignment.signal)) {
      try {
        const marks = await this.#positions.refresh();
        if (!assignment.current) return;
        await this.#options.onAssigned?.(assignment.partitions, this);
        // A topic that was lost and made anew loses its stored offsets too: kafkajs would start it over silently.
        for (const { partition, low, high } of marks) {
          const stood = remembered.get(partition);
          const next = this.#positions.next(partition);
          // What is behind it was worked by somebody who could not say so any more, and nothing may come after it.
          if (next !== undefined && next > low && next <= high && assignment.partitions.includes(partition)) this.#hints.reached(partition, next);
          const lost = stood !== undefined && stood === next && stood > high;
          if (!lost || !assignment.partitions.includes(partition)) continue;
          this.#control.pause(partition);
          void this.#track(lookAfter(this.#control, assignment, partition));
        }
        return;
      } catch (error) {
        this.#around.client.logger.warn({ ...this.#where(), err: error }, 'the assigned partitions could not be taken up yet: trying again');
      }
    }
  }

  async #putOff(assignment: Assignment, partition: number): Promise<void> {
    if (!assignment.current) return;
    this.#control.pause(partition);
    await this.#putOffs.pause(partition, assignment.signal);
    if (assignment.current && !assignment.outside.has(partition)) this.#control.resume([partition]);
  }

  #crashed(consumer: Consumer, error: Error, restarts: boolean): void {
    if (consumer !== this.#consumer) return;
    this.#assignment.end();
    if (restarts || this.#closing.signal.aborted) return;
    this.#around.client.logger.error({ ...this.#where(), err: error }, 'the consumer ended: starting a new one');
    void this.#track(this.#startOver());
  }

  async #startOver(): Promise<void> {
    const backoff = new Backoff();
    const { signal } = this.#closing;
    for (await backoff.pause(signal); !signal.aborted; await backoff.pause(signal)) {
      this.#client.cut();
      try {
        return await this.#join();
      } catch (error) {
        this.#around.client.logger.warn({ ...this.#where(), err: error }, 'the consumer does not start yet: trying again');
      }
    }
  }

  #where(): object {
    return { group: this.#options.group, topic: this.#options.topic };
  }
}
