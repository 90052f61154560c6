import type { EachBatchPayload } from 'kafkajs';
import type { RecordBatch, SubscribeOptions } from '../event-log.js';
import type { Assignment } from './assignment.js';
import { Backoff } from '../backoff.js';
import { lostMembership } from './kafka-errors.js';
import type { LogSink } from './kafka-logging.js';
import { fitting, toRecord } from './kafka-records.js';
import type { Positions } from './positions.js';

/** What work on the partitions of a subscription needs of it. */
export interface PartitionControl {
  readonly options: SubscribeOptions;
  readonly positions: Positions;
  readonly logger: LogSink;
  readonly heartbeatMs: number;
  seek(partition: number, offset: bigint): void;
  pause(partition: number): void;
  resume(partitions: readonly number[]): void;
  /** Leaves a partition alone for a while; then it is fetched again from where it stands. */
  putOff(assignment: Assignment, partition: number): void;
  /** The handler took a batch of the partition: everything below `offset` is worked. */
  reached(assignment: Assignment, partition: number, offset: bigint): void;
}

const defaultMaxRecords = 2_000;
const defaultMaxBytes = 1_048_576;
/** Within 0.7 s: enough for a deadlock or a lost connection. */
const triesInHand = 4;

/**
 * One fetch of one partition: handed to the owner in batches within its bounds. Nothing
 * here throws into kafkajs, which would end its consumer for good over an error that is not its own.
 */
export class FetchedBatch {
  constructor(
    private readonly control: PartitionControl,
    private readonly assignment: Assignment,
    private readonly payload: EachBatchPayload,
  ) {}

  /** Keeps the membership while work is under way, however long a handler, a backoff or a database takes. */
  async work(): Promise<void> {
    const timer = setInterval(() => void this.#heartbeat(), this.control.heartbeatMs);
    try {
      await this.assignment.welcomed;
      await this.#workOff();
    } catch (error) {
      this.control.logger.error({ ...this.#where(), err: error }, 'a batch was left where it is: it comes again');
      await new Backoff().pause(this.assignment.signal);
    } finally {
      clearInterval(timer);
    }
  }

  async #workOff(): Promise<void> {
    const { batch } = this.payload;
    const { partition, messages } = batch;
    const { maxRecords = defaultMaxRecords, maxBytes = defaultMaxBytes } = this.control.options;
    const behindLast = BigInt(batch.lastOffset()) + 1n;
    const backoff = new Backoff();
    if (!this.#goOn()) return;
    const firstFetched = BigInt(messages[0]!.offset);
    await this.control.positions.noticeGap(partition, firstFetched);

    let index = 0;
    let reached: bigint | null = null;
    while (index < messages.length && this.#goOn()) {
      const count = fitting(messages, index, maxRecords, maxBytes);
      const records = messages.slice(index, index + count).map(toRecord);
      const next = await this.#tryAFewTimes(this.#batchOf(records));
      if (next === null || this.payload.isStale()) break;
      this.control.reached(this.assignment, partition, next);
      reached = next;
      this.control.positions.move(partition, next);
      if (next < firstFetched || next > behindLast) {
        this.control.seek(partition, next);
        break;
      }
      index = next === records.at(-1)!.offset + 1n ? index + count : indexFrom(messages, next);
      if (next <= records[0]!.offset) await backoff.pause(this.assignment.signal);
      else backoff.reset();
    }
    if (reached === null) return;
    // The fetch may end in records that are not handed out (control records): they are done with it.
    if (index === messages.length && reached < behindLast) reached = behindLast;
    this.control.reached(this.assignment, partition, reached);
    if (!this.payload.isStale()) this.payload.resolveOffset(String(reached - 1n));
  }

  #goOn(): boolean {
    return this.assignment.current && !this.payload.isStale() && !this.assignment.outside.has(this.payload.batch.partition);
  }

  /**
   * Hands the batch over until the handler takes it; null when it is not ours any more, or when the handler
   * refused it `triesInHand` times: then the partition is put off, since its neighbours are only fetched when
   * every batch of the last fetch is given back.
   */
  async #tryAFewTimes(batch: RecordBatch): Promise<bigint | null> {
    const backoff = new Backoff();
    for (let attempt = 1; this.#goOn(); attempt++) {
      try {
        return await this.control.options.onBatch(batch);
      } catch (error) {
        this.control.logger.warn({ ...this.#where(), offset: String(batch.records[0]?.offset), err: error }, 'the handler put a batch off: it comes again');
      }
      if (attempt === triesInHand) {
        this.control.putOff(this.assignment, batch.partition);
        return null;
      }
      await backoff.pause(this.assignment.signal);
    }
    return null;
  }

  #batchOf(records: RecordBatch['records']): RecordBatch {
    const { partition, highWatermark } = this.payload.batch;
    return {
      partition,
      records,
      highWatermark: BigInt(highWatermark),
      lowWatermark: this.control.positions.low(partition),
      heartbeat: () => this.#heartbeat(),
      isCurrent: () => this.assignment.current,
    };
  }

  async #heartbeat(): Promise<void> {
    try {
      await this.payload.heartbeat();
    } catch (error) {
      if (lostMembership(error)) this.assignment.end();
    }
  }

  #where(): object {
    const { group, topic } = this.control.options;
    return { group, topic, partition: this.payload.batch.partition };
  }
}

function indexFrom(messages: EachBatchPayload['batch']['messages'], offset: bigint): number {
  const index = messages.findIndex((message) => BigInt(message.offset) >= offset);
  return index === -1 ? messages.length : index;
}
