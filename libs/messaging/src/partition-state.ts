import type { StoredOffset } from './consumer-offsets.js';
import { SlotMemory } from './partition-memory.js';
import { ToldBefore } from './told-before.js';

/** Chunk sizes, in records: small to begin with and where the work is slow, large where it is quick. */
const firstChunk = 1_000;
const largestChunk = 4_000;
const smallestChunk = 50;

/** What one member knows of one partition assigned to it. */
export class PartitionState {
  readonly memory = new SlotMemory();
  /** The database's next offset as this consumer read or moved it last. */
  next: bigint;
  appliedAt: Date | null;
  /** Next offset of the log at the last delivery. */
  highWatermark: bigint | null = null;
  soughtAt: bigint | null = null;
  chunkSize = firstChunk;
  /** Machine time of the last chunk that committed, or of the assignment. */
  movedAt = Date.now();
  /** Why the partition stands still; null while it works. */
  stopped: string | null = null;

  constructor(
    readonly partition: number,
    stored: StoredOffset,
    /** Why nothing of this partition may be worked at all until it is assigned anew. */
    readonly unusable: string | null,
    /** Of the service's database when the offset was read. */
    readonly epoch: number,
    readonly told: ToldBefore = ToldBefore.nothing,
  ) {
    this.next = stored.next;
    this.appliedAt = stored.appliedAt;
    this.stopped = unusable;
  }

  moved(to: bigint, appliedAt: Date): void {
    this.next = to;
    this.appliedAt = appliedAt;
    this.movedAt = Date.now();
    this.soughtAt = null;
  }

  /** A chunk shall stay well below `limitMs`, a third of the session. */
  adapt(records: number, tookMs: number, limitMs: number): void {
    if (tookMs > limitMs / 2) this.chunkSize = Math.max(smallestChunk, Math.floor(records / 2));
    else if (records === this.chunkSize && tookMs < limitMs / 8) this.chunkSize = Math.min(largestChunk, this.chunkSize * 2);
  }
}
