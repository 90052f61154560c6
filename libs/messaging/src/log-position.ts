/** Where a partition's stored offset lies against what the log has just delivered. */
export interface LogPosition {
  /** Next offset by the database. */
  readonly next: bigint;
  /** First record delivered at or above `next`; null when there is none. */
  readonly first: bigint | null;
  readonly lowWatermark: bigint;
  readonly highWatermark: bigint;
  /** The offset that the log was last asked to read from again because of a gap. */
  readonly soughtAt: bigint | null;
}

export type PositionVerdict =
  | { readonly kind: 'work' }
  | { readonly kind: 'nothing' }
  /** Ask the log once to read from `next` again. */
  | { readonly kind: 'seek' }
  | { readonly kind: 'stop'; readonly reason: string };

/**
 * Gaps and resets. Records that are gone before they were read, and a log that is shorter than what was
 * applied, stop the partition: never a silent skip or replay. A gap that stays after one seek is legal
 * (compaction, control records).
 */
export function judgePosition({ next, first, lowWatermark, highWatermark, soughtAt }: LogPosition): PositionVerdict {
  if (highWatermark < next) {
    return { kind: 'stop', reason: `the log ends at ${highWatermark}, but everything below ${next} was applied: the topic was lost or made anew` };
  }
  if (lowWatermark > next) {
    return { kind: 'stop', reason: `the log starts at ${lowWatermark}, but ${next} was to be read: ${lowWatermark - next} offsets expired unread` };
  }
  if (first === null) return { kind: 'nothing' };
  if (first > next && soughtAt !== next) return { kind: 'seek' };
  return { kind: 'work' };
}
