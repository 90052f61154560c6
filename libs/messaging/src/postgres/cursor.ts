import type { LogRecord, Watermarks } from '../event-log.js';
import { Backoff } from '../backoff.js';

/** Records read but not worked yet: what a handler puts off comes again as it was. */
export interface Pending extends Watermarks {
  readonly records: readonly LogRecord[];
}

/** What is kept of the newest records until it is worked; beyond it they are read from the database. */
const mostAhead = 500;
const mostAheadBytes = 262_144;

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
  /** The newest records as this process appended them, without gaps: a consumer that keeps up reads nothing. */
  private ahead: LogRecord[] = [];
  private aheadBytes = 0;
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

  /** A commit of this process added `records` and moved the end to `high`. */
  appended(high: bigint, now: number, records: readonly LogRecord[]): void {
    if (high > this.high) this.high = high;
    this.heardAt = now;
    const last = this.ahead.at(-1);
    if (last !== undefined && last.offset + 1n !== records[0]?.offset) this.forgetAhead();
    this.aheadBytes += records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    if (this.ahead.length + records.length > mostAhead || this.aheadBytes > mostAheadBytes) this.forgetAhead();
    else this.ahead.push(...records);
  }

  /** Makes pending what was appended here from the position on; false when that has to be read. */
  takeAhead(): boolean {
    const [first] = this.ahead;
    const records = first !== undefined && first.offset <= this.position ? this.ahead.slice(Number(this.position - first.offset)) : [];
    const last = records.at(-1);
    if (last === undefined) return false;
    this.forgetAhead();
    this.notBefore = new Date(last.timestamp.getTime() - marginMs);
    this.pending = { partition: this.partition, low: this.low, high: this.high, records };
    return true;
  }

  /** The database was asked at `askedAt`. What a commit told since then is newer than its answer. */
  hear({ low, high }: { readonly low: bigint; readonly high: bigint }, askedAt: number): void {
    if (high < this.high && this.heardAt < askedAt) this.forgetAhead();
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

  private forgetAhead(): void {
    this.ahead = [];
    this.aheadBytes = 0;
  }
}
