import type { ConsumerOffsets, StoredOffset } from './consumer-offsets.js';
import { erasedHeader, type EventLog } from './event-log.js';
import { PartitionState } from './partition-state.js';

/**
 * Reads the stored offsets of partitions about to be worked. A partition never worked before begins at the
 * low watermark. Where the log is another one than the offsets are of, or the last record applied is no
 * longer the record it was, the partition is unusable: going on would skip or repeat silently.
 */
export async function openPartitions(log: EventLog, offsets: ConsumerOffsets, topic: string, group: string, partitions: readonly number[]): Promise<PartitionState[]> {
  if (partitions.length === 0) return [];
  const identity = await log.identity();
  let stored = await offsets.load(topic);
  const fresh = partitions.filter((partition) => !stored.offsets.has(partition));
  if (fresh.length > 0) {
    const lows = new Map((await log.watermarks(topic)).map(({ partition, low }) => [partition, low]));
    await offsets.begin(topic, identity, fresh.map((partition) => ({ partition, next: lows.get(partition) ?? 0n })));
    stored = await offsets.load(topic);
  }
  const told = await offsets.toldBefore(topic);
  return Promise.all(
    partitions.map(async (partition) => {
      const found = stored.offsets.get(partition);
      if (!found) throw new Error(`offset row of ${topic}/${partition} is missing (group ${group})`);
      return new PartitionState(partition, found, await mismatch(log, topic, found, identity), stored.epoch, told.get(partition));
    }),
  );
}

/** Why the log is not the one that the offset is of, or the topic not the one; null where they are. */
export async function mismatch(log: EventLog, topic: string, stored: StoredOffset, identity: string): Promise<string | null> {
  if (stored.logIdentity !== identity) {
    return `offsets are of log ${stored.logIdentity}, this is log ${identity}: point the service at its log or rebuild it`;
  }
  if (stored.lastOffset === null || stored.lastEventId === null) return null;
  const [record] = await log.read(topic, stored.partition, stored.lastOffset, 1);
  // Compaction and retention may have taken it; watermarks tell the rest.
  if (!record || record.offset !== stored.lastOffset || record.headers[erasedHeader] !== undefined) return null;
  const found = record.headers['ce_id']?.replaceAll('\0', '') ?? null;
  // Without the ids: senders chose them, and what is said here is logged.
  return found === stored.lastEventId ? null : `offset ${stored.lastOffset} is no longer the event that was applied: the topic was made anew`;
}
