import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { PoisonRecord } from './batch-consumer.js';
import type { ChunkItem } from './chunk.js';
import { FenceMissed, type ChunkTransaction } from './chunk-transaction.js';
import type { ConsumerMetrics } from './consumer-metrics.js';
import type { RefusedRecord } from './dead-letter-writer.js';
import { errorClass } from './error-class.js';
import { Fatal, Transient } from './errors.js';
import type { RecordBatch } from './event-log.js';
import { inTraceOf } from './event-traces.js';
import type { PartitionState } from './partition-state.js';
import { redactedMessage } from './redact.js';

/** Tries of a chunk that fails for an unknown reason before its record is searched, and the pauses between them. */
const triesOfUnknown = 3;
const pauseMs = 100;

/** Works chunks off, one transaction each, and finds the records that can never be applied. */
export class ChunkWorker {
  private readonly logger = new Logger(ChunkWorker.name);

  constructor(
    private readonly topic: string,
    private readonly group: string,
    private readonly transaction: ChunkTransaction,
    private readonly metrics: ConsumerMetrics,
  ) {}

  /** Applies the chunk whatever single records do; throws only what concerns all of it. */
  async work(partition: PartitionState, items: readonly ChunkItem[], batch: RecordBatch, tries = triesOfUnknown): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { refused } = await this.transaction.run(partition, items, batch.highWatermark);
        if (refused.length > 0) this.refused(partition, refused);
        return;
      } catch (error) {
        if (error instanceof PoisonRecord && this.condemn(items, error)) {
          attempt--;
          continue;
        }
        const kind = errorClass(error);
        if (error instanceof FenceMissed || kind === 'transient' || kind === 'fatal') throw error;
        if (attempt < tries) {
          await batch.heartbeat();
          await sleep(pauseMs * attempt);
          continue;
        }
        await this.bisect(partition, items, batch, error);
        return;
      }
    }
  }

  /** The record is looked for by halves, each committed as soon as it goes through: 2 log n transactions per record found. */
  private async bisect(partition: PartitionState, items: readonly ChunkItem[], batch: RecordBatch, error: unknown): Promise<void> {
    await batch.heartbeat();
    const [first] = items;
    if (items.length === 1 && first) {
      if (first.refusal) throw new Fatal(`a dead letter cannot be written: ${redactedMessage(error)}`, { cause: error });
      const message = redactedMessage(error);
      first.refusal = { class: 'unknown', code: error instanceof Error ? error.name : 'unknown', message };
      inTraceOf(first.record, () => this.logger.error({ msg: message, alarm: 'unknown_failure', topic: this.topic, group: this.group, partition: partition.partition, offset: String(first.record.offset), err: error }));
      await this.work(partition, items, batch, 1);
      return;
    }
    const half = Math.ceil(items.length / 2);
    await this.work(partition, items.slice(0, half), batch, 1);
    if (!batch.isCurrent()) throw new Transient('the partition was revoked');
    await this.work(partition, items.slice(half), batch, 1);
  }

  /** Marks the record that the handler named; false when it is not in the chunk or was named before. */
  private condemn(items: readonly ChunkItem[], poison: PoisonRecord): boolean {
    const item = items.find(({ record }) => record.offset === poison.event.offset);
    if (!item || item.refusal) return false;
    item.refusal = { class: 'poison', code: poison.code, message: redactedMessage(poison) };
    return true;
  }

  private refused(partition: PartitionState, refused: readonly RefusedRecord[]): void {
    this.metrics.deadLetters(this.topic, this.group, refused.length);
    const [first] = refused;
    if (first) inTraceOf(first.record, () => this.logger.warn({ msg: 'records went to the dead letters', topic: this.topic, partition: partition.partition, offset: String(first.record.offset), records: refused.length, code: first.refusal.code }));
  }
}
