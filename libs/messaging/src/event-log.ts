import type { Headers } from '@perennial/contracts/cloud-event';
import type { AnyTopic } from '@perennial/contracts/topic';

/** A record to be appended. The partition follows from the key (murmur2, as the Java client hashes). */
export interface OutgoingRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** A record as it stands in the log. */
export interface LogRecord extends OutgoingRecord {
  readonly offset: bigint;
  /** When the log took it (record time). */
  readonly timestamp: Date;
}

/** Consecutive records of one partition, in offset order. */
export interface RecordBatch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Next offset that will be appended, as known at the fetch. */
  readonly highWatermark: bigint;
  /** Oldest offset still kept. */
  readonly lowWatermark: bigint;
  /** Keeps the group membership alive during long work. */
  heartbeat(): Promise<void>;
  /** False once the partition was revoked or the subscription is closing: stop at the next chunk. */
  isCurrent(): boolean;
}

export interface SubscribeOptions {
  /** Consumer group, `<service>.<stream>`. */
  readonly group: string;
  readonly topic: string;
  /** Partitions worked on at the same time by this member; default 2. */
  readonly partitionsAtOnce?: number;
  /** Upper bounds of one batch; default 2,000 records and 1 MB. */
  readonly maxRecords?: number;
  readonly maxBytes?: number;
  readonly sessionTimeoutMs?: number;
  /**
   * Works one batch and returns the offset to read next; the log moves the group's offset there as a hint
   * (lower than the batch's end: the rest is delivered again). A throw means "not now": the same batch
   * comes again after a backoff, membership kept.
   *
   * Where the position lies outside of the log (above the high watermark: records are lost; below the low one:
   * they expired) the batch is empty and carries the true watermarks. Reading goes on from the offset
   * returned; while that lies outside too, or the handler throws, the empty batch comes again after a backoff
   * and the group's stored offset stays as it is.
   */
  onBatch(batch: RecordBatch): Promise<bigint>;
  /**
   * The partitions this member now owns; called after every rebalance before their first batch. A `seek` in
   * here decides where that first batch starts. A throw means "not now": it is called again after a backoff.
   */
  onAssigned?(partitions: readonly number[], subscription: Subscription): Promise<void>;
}

export interface Subscription {
  /** Partitions owned now. */
  assigned(): readonly number[];
  /** Reads on from `offset` (the database knows better than the hint, which follows where that is further on). */
  seek(partition: number, offset: bigint): void;
  /** Last sign of life from the log: a fetch or heartbeat that worked. */
  lastProgress(): Date;
  /** Finishes the batch in hand, leaves the group. */
  close(): Promise<void>;
}

export interface Watermarks {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** Per-topic storage options derived from a `Topic`. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  readonly retentionMs: number | null;
  /** `public` topics are written with gzip or nothing. */
  readonly compression: 'internal' | 'public';
  readonly maxRecordBytes: number;
}

/**
 * The log all services talk over. Two adapters: Kafka and Postgres; one contract suite runs on both.
 * Errors: `Transient` when the log is away or overloaded (nothing or everything may have been written:
 * repeat the whole call), `Fatal` for what no repetition mends (unknown topic, record too large).
 */
export interface EventLog {
  /** Whether single records can be taken out of it. */
  readonly erases: boolean;
  /** Identity of this log; another one behind the same address means lost data. */
  identity(): Promise<string>;
  /** Creates what is missing; never changes the partition count of what exists. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  partitionCount(topic: string): Promise<number>;
  /** Appends in the given order per key; resolves once durable (acks from all). */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Reads without a group, from `offset`, at most `limit` records; empty at the end. */
  read(topic: string, partition: number, offset: bigint, limit: number): Promise<LogRecord[]>;
  watermarks(topic: string): Promise<Watermarks[]>;
  /**
   * Empties the records that hold one of `texts`, as key or anywhere in the value (in small or capital letters of ASCII), and of which `isAbout` says so; an
   * emptied one keeps its offset, has the header `erased` and is passed over by readers. On compacted topics the
   * newest of each key stays. Answers nothing done where there is no such topic; null: this log cannot, its records go with their retention.
   */
  erase(topic: string, texts: readonly string[], isAbout: (record: LogRecord) => boolean): Promise<Erased | null>;
  /** The group's committed hints. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  close(): Promise<void>;
}

/** What `erase` did: records emptied or deleted, and those that stay because they are the newest of their key. */
export interface Erased {
  readonly erased: number;
  readonly left: number;
}

/** Header of a record that was emptied: no event any more, and nothing is missing. */
export const erasedHeader = 'erased';

/** Nest injection token of the port. */
export const EVENT_LOG = Symbol('EventLog');

export const defaultPartitions = 12;

/** Storage options of a topic of the contracts. */
export function topicSpec(topic: AnyTopic, partitions = topic.partitions ?? defaultPartitions): TopicSpec {
  return {
    name: topic.name,
    partitions,
    compacted: topic.kind === 'state',
    retentionMs: topic.retentionDays === null ? null : topic.retentionDays * 86_400_000,
    compression: topic.public ? 'public' : 'internal',
    maxRecordBytes: 1_048_576,
  };
}
