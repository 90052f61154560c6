import type { RecordBatch, SubscribeOptions } from '../event-log.js';
import { Backoff } from '../backoff.js';
import type { Cursor, Pending } from './cursor.js';
import type { Lease } from './lease.js';
import type { LogReader } from './log-reader.js';
import type { LogTopic } from './log-topics.js';
import type { OffsetWriter } from './offset-writer.js';

export interface BatchLoopParts extends Pick<SubscribeOptions, 'onBatch'> {
  readonly topic: LogTopic;
  readonly reader: LogReader;
  readonly offsets: OffsetWriter;
  readonly partitionsAtOnce: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Reads the partitions held and hands their records out, a few partitions at once, each in order. */
export class BatchLoop {
  /** By partition; whose turn comes first stands first. */
  readonly cursors = new Map<number, Cursor>();
  private readonly atWork = new Set<Promise<unknown>>();
  private readonly fetchBackoff = new Backoff();
  private fetching = false;
  private slots: number;
  /** Aborted when the partitions change hands; until `begin` there is nothing to do. */
  private signal: AbortSignal = AbortSignal.abort();

  constructor(
    private readonly parts: BatchLoopParts,
    private readonly lease: Lease,
  ) {
    this.slots = parts.partitionsAtOnce;
  }

  /** Works until `signal` is aborted. */
  begin(signal: AbortSignal): void {
    this.signal = signal;
    this.pump();
  }

  /** Resolves when nothing is in hand; the signal must have been aborted. */
  async idle(): Promise<void> {
    while (this.atWork.size > 0) await Promise.allSettled(this.atWork);
  }

  /** `work` belongs to what `idle` waits for. */
  track(work: Promise<unknown>): void {
    const tracked = work.catch(() => undefined).finally(() => this.atWork.delete(tracked));
    this.atWork.add(tracked);
  }

  /** Reads for the partitions that have work and a slot, by one statement; called whenever something changes. */
  pump(): void {
    if (this.fetching || this.signal.aborted || !this.lease.holds() || this.slots === 0) return;
    const ready = [...this.cursors.values()].filter((cursor) => cursor.hasWork).slice(0, this.slots);
    if (ready.length === 0) return;
    for (const cursor of ready) {
      cursor.busy = true;
      // Last in line next time, so that a busy partition leaves room to the others.
      this.cursors.delete(cursor.partition);
      this.cursors.set(cursor.partition, cursor);
    }
    this.slots -= ready.length;
    this.fetching = true;
    this.track(this.fetchAndWork(ready, this.signal));
  }

  private async fetchAndWork(ready: readonly Cursor[], signal: AbortSignal): Promise<void> {
    try {
      await this.fetch(ready.filter(({ pending }) => pending === null));
      this.fetchBackoff.reset();
    } catch {
      await this.fetchBackoff.pause(signal);
    } finally {
      this.fetching = false;
    }
    for (const cursor of ready) this.track(this.work(cursor, signal));
    this.pump();
  }

  private async fetch(idle: readonly Cursor[]): Promise<void> {
    const cursors = idle.filter((cursor) => !cursor.takeAhead());
    if (cursors.length < idle.length) this.lease.progressed();
    if (cursors.length === 0) return;
    const from = cursors.map(({ partition, position, notBefore }) => ({ partition, offset: position, notBefore }));
    const askedAt = performance.now();
    const slices = await this.parts.reader.read(this.parts.topic, from, this.parts.maxRecords, this.parts.maxBytes);
    this.lease.progressed();
    for (const [i, cursor] of cursors.entries()) {
      const slice = slices.get(cursor.partition);
      // A seek that came meanwhile makes it worthless.
      if (slice === undefined || cursor.position !== from[i]?.offset) continue;
      if (!cursor.take(slice, askedAt)) continue;
      if (cursor.isOutside(slice)) cursor.pending = { ...slice, records: [] };
      else if (slice.records.length > 0) cursor.pending = slice;
      // Everything up to the end was compacted away.
      else cursor.position = slice.high;
    }
  }

  /** Hands out what is pending of one partition, then gives the slot to the next. */
  private async work(cursor: Cursor, signal: AbortSignal): Promise<void> {
    const { pending } = cursor;
    let rests = false;
    if (pending !== null && !signal.aborted) {
      cursor.sought = false;
      try {
        const next = await this.parts.onBatch(this.batch(pending, signal));
        rests = !this.advance(cursor, pending, next);
      } catch {
        rests = true;
      }
    }
    this.slots++;
    if (rests && !cursor.sought) {
      // Rests without a slot: other partitions go on.
      this.track(cursor.backoff.pause(signal).then(() => this.freed(cursor)));
      this.pump();
    } else this.freed(cursor);
  }

  private freed(cursor: Cursor): void {
    cursor.busy = false;
    this.pump();
  }

  /** Moves on to `next`; false when that is no progress. */
  private advance(cursor: Cursor, pending: Pending, next: bigint): boolean {
    if (cursor.sought) return true;
    const stuck = next === cursor.position;
    cursor.pending = null;
    cursor.position = next;
    if (cursor.isOutside(pending)) return false;
    this.parts.offsets.set(this.lease.membership, cursor.partition, next);
    if (stuck) return false;
    cursor.backoff.reset();
    return true;
  }

  private batch({ partition, records, high, low }: Pending, signal: AbortSignal): RecordBatch {
    return {
      partition, records, highWatermark: high, lowWatermark: low,
      isCurrent: () => !signal.aborted && this.lease.holds(),
      heartbeat: () => this.lease.heartbeat(),
    };
  }
}
