import type { LogRecord, Watermarks } from '../event-log.js';
import { Backoff } from '../kafka/backoff.js';

/** Records read but not worked yet: what a handler puts off comes again as it was. */
export interface Pending extends Watermarks {
  readonly records: readonly LogRecord[];
}

/** How far behind the newest record of a partition others may still be committed, by record time, ms. */
const marginMs = 3_600_000;

/** Where one owned partition stands. */
export class Cursor {
  pending: Pending | null = null;
  /** Being fetched, worked, or resting after a throw. */
  busy = false;
  /** Set by a seek: the batch in hand does not move the position any more. */
  sought = false;
  /** Ends of the log as last heard, and when (`performance.now()`). */
  high: bigint;
  low: bigint;
  private heardAt = -Infinity;
  notBefore: Date | null = null;
  readonly backoff = new Backoff();

  constructor(
    readonly partition: number,
    public position: bigint,
    ends: { readonly low: bigint; readonly high: bigint },
  ) {
    this.low = ends.low;
    this.high = ends.high;
  }

  /** Something to hand out: records, or the news that the position lies outside of the log. */
  get hasWork(): boolean {
    return !this.busy && (this.pending !== null || this.position !== this.high || this.position < this.low);
  }

  isOutside({ low, high }: { readonly low: bigint; readonly high: bigint }): boolean {
    return this.position < low || this.position > high;
  }

  seek(offset: bigint): void {
    this.position = offset;
    this.pending = null;
    this.sought = true;
    this.notBefore = null;
  }

  /** A commit of this process moved the end to `high`. */
  appended(high: bigint, now: number): void {
    if (high > this.high) this.high = high;
    this.heardAt = now;
  }

  /** The database was asked at `askedAt`. What a commit told since then is newer than its answer. */
  hear({ low, high }: { readonly low: bigint; readonly high: bigint }, askedAt: number): void {
    if (this.heardAt < askedAt || high > this.high) this.high = high;
    this.low = low;
  }

  /** Takes over what was read; false when records must be there that the time bound hid. */
  take(read: Pending, askedAt: number): boolean {
    const { low, high, records } = read;
    this.hear(read, askedAt);
    const last = records.at(-1);
    if (last === undefined && this.position < high && this.notBefore !== null && !this.isOutside({ low, high })) {
      this.notBefore = null;
      return false;
    }
    if (last !== undefined) this.notBefore = new Date(last.timestamp.getTime() - marginMs);
    return true;
  }
}
