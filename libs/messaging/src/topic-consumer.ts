import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { AnyTopic } from '@perennial/contracts/topic';
import { chunkEnd, chunkItem } from './chunk.js';
import { FenceMissed } from './chunk-transaction.js';
import type { ChunkWorker } from './chunk-worker.js';
import type { ConsumerMetrics } from './consumer-metrics.js';
import type { ConsumerOffsets } from './consumer-offsets.js';
import { errorClass } from './error-class.js';
import { Fatal, Transient } from './errors.js';
import type { EventLog, RecordBatch, Subscription } from './event-log.js';
import { killPoint } from './kill-point.js';
import { judgePosition } from './log-position.js';
import { openPartitions } from './open-partitions.js';
import type { PartitionState } from './partition-state.js';
import { redactedMessage } from './redact.js';

export interface TopicConsumerOptions {
  readonly topic: AnyTopic;
  readonly group: string;
  readonly partitionsAtOnce: number;
  readonly sessionTimeoutMs: number;
  /** Rest after a small batch; 0: none. */
  readonly restMs: number;
}

/** Upper bounds of one chunk. */
const maxBytes = 1_048_576;
const maxRecords = 4_000;
/** Records of a batch after which there is no rest: more are waiting. */
const largeBatch = 200;

/** Consumes one topic: checks where the log stands, cuts batches into chunks and has each worked in its transaction. */
export class TopicConsumer {
  readonly topic: AnyTopic;
  readonly group: string;
  private readonly logger = new Logger(TopicConsumer.name);
  private readonly partitions = new Map<number, PartitionState>();
  private subscription: Subscription | null = null;
  private closing = false;

  constructor(
    private readonly options: TopicConsumerOptions,
    private readonly log: EventLog,
    private readonly offsets: ConsumerOffsets,
    private readonly worker: ChunkWorker,
    private readonly metrics: ConsumerMetrics,
  ) {
    this.topic = options.topic;
    this.group = options.group;
  }

  async start(): Promise<void> {
    this.metrics.begin(this.topic.name, this.group);
    this.subscription = await this.log.subscribe({
      group: this.group,
      topic: this.topic.name,
      partitionsAtOnce: this.options.partitionsAtOnce,
      sessionTimeoutMs: this.options.sessionTimeoutMs,
      maxRecords,
      maxBytes,
      onAssigned: (partitions, subscription) => this.assign(partitions, subscription),
      onBatch: (batch) => this.work(batch),
    });
  }

  /** Finishes the chunk in hand and leaves the group. */
  async close(): Promise<void> {
    this.closing = true;
    await this.subscription?.close();
  }

  /** Partitions this member works, with what it knows of them. */
  assigned(): readonly PartitionState[] {
    return [...this.partitions.values()];
  }

  /** True once the log has told which partitions are this member's. */
  get joined(): boolean {
    return this.subscription !== null;
  }

  /** Last sign of life from the log. */
  lastProgress(): Date | null {
    return this.subscription?.lastProgress() ?? null;
  }

  /** Forgets what it knows of its partitions and goes by the stored offsets. A chunk in hand then misses the fence, or was first. */
  async reopen(): Promise<void> {
    if (this.subscription) await this.open(this.subscription.assigned(), this.subscription);
  }

  private async assign(partitions: readonly number[], subscription: Subscription): Promise<void> {
    this.partitions.clear();
    await this.open(partitions, subscription);
  }

  private async open(partitions: readonly number[], subscription: Subscription | null): Promise<PartitionState[]> {
    const opened = await openPartitions(this.log, this.offsets, this.topic.name, this.group, partitions);
    for (const state of opened) {
      this.partitions.set(state.partition, state);
      if (state.unusable !== null) this.alarm('partition_stopped', state, state.unusable);
      subscription?.seek(state.partition, state.next);
    }
    return opened;
  }

  /** The log's callback: returns the next offset to read; a throw makes the log offer the batch again. */
  private async work(batch: RecordBatch): Promise<bigint> {
    const partition = this.partitions.get(batch.partition);
    if (!partition) throw new Transient(`${this.topic.name}/${batch.partition} is not assigned yet`);
    if (partition.unusable !== null) throw new Fatal(partition.unusable);
    partition.highWatermark = batch.highWatermark;
    // Work that is slower than expected must not cost the membership; the next heartbeat in line reports what this one meets.
    const beat = setInterval(() => void batch.heartbeat().catch(() => undefined), this.options.sessionTimeoutMs / 4);
    try {
      const next = await this.workBatch(partition, batch);
      if (partition.stopped !== null) this.logger.log({ msg: 'partition works again', topic: this.topic.name, partition: batch.partition });
      partition.stopped = null;
      killPoint('consumer.before-hint');
      if (this.options.restMs > 0 && batch.records.length < largeBatch && !this.closing) await sleep(this.options.restMs);
      return next;
    } catch (error) {
      if (error instanceof FenceMissed) return this.goByDatabase(partition);
      const kind = errorClass(error);
      this.metrics.failed(this.topic.name, this.group, kind);
      if (kind === 'fatal') this.stop(partition, redactedMessage(error));
      else this.logger.warn({ msg: 'chunk will be repeated', topic: this.topic.name, partition: batch.partition, reason: redactedMessage(error) });
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  private async workBatch(partition: PartitionState, batch: RecordBatch): Promise<bigint> {
    const records = batch.records.filter(({ offset }) => offset >= partition.next);
    const { lowWatermark, highWatermark } = batch;
    const verdict = judgePosition({ next: partition.next, first: records[0]?.offset ?? null, lowWatermark, highWatermark, soughtAt: partition.soughtAt });
    if (verdict.kind === 'stop') throw new Fatal(verdict.reason);
    if (verdict.kind === 'seek') {
      partition.soughtAt = partition.next;
      this.subscription?.seek(partition.partition, partition.next);
      return partition.next;
    }
    for (let at = 0; at < records.length && batch.isCurrent() && !this.closing; ) {
      const end = chunkEnd(records, at, partition.chunkSize, maxBytes, partition.told);
      const items = records.slice(at, end).map((record) => chunkItem(this.topic, partition.partition, record));
      const startedAt = performance.now();
      await this.worker.work(partition, items, batch);
      const tookMs = performance.now() - startedAt;
      partition.adapt(end - at, tookMs, this.options.sessionTimeoutMs / 3);
      this.metrics.chunk(this.topic.name, this.group, end - at, tookMs / 1_000);
      await batch.heartbeat();
      at = end;
    }
    return partition.next;
  }

  private async goByDatabase(partition: PartitionState): Promise<bigint> {
    const [reopened] = await this.open([partition.partition], this.subscription);
    if (!reopened) throw new Transient('the stored offset cannot be read');
    this.logger.warn({ msg: 'another consumer worked this partition', topic: this.topic.name, partition: partition.partition, next: String(reopened.next) });
    return reopened.next;
  }

  private stop(partition: PartitionState, reason: string): void {
    if (partition.stopped === reason) return;
    partition.stopped = reason;
    this.alarm('partition_stopped', partition, reason);
  }

  private alarm(alarm: string, partition: PartitionState, reason: string, more: object = {}): void {
    this.logger.error({ msg: reason, alarm, topic: this.topic.name, group: this.group, partition: partition.partition, ...more });
  }
}
