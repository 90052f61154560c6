import type { EventLog } from '../src/event-log.js';

/**
 * What an adapter's spec gives to `eventLogContract`. All logs opened from one harness look at the same
 * stored log, as several processes would.
 */
export interface EventLogHarness {
  /** A new client of the log; the contract closes it. */
  open(): Promise<EventLog>;
  /** Takes the broker or database away, hard. */
  away(): Promise<void>;
  /** Brings it back with its data, at the same address; resolves when it answers. */
  back(): Promise<void>;
  /** Sets the stored offset of a group without members, as an operator or a restored backup would. */
  setCommitted(group: string, topic: string, partition: number, offset: bigint): Promise<void>;
  /** Records below `low` are gone, as retention leaves it: the low watermark is `low`. */
  expire(topic: string, partition: number, low: bigint): Promise<void>;
  /** Every record of the topic is lost and its partitions start at 0 again, while consumers may be running. */
  wipe(topic: string): Promise<void>;
  /** Runs retention and compaction now, where the log does not do so by itself. */
  sweep(): Promise<void>;
  /** How long after `sweep` retention may take to show, ms. */
  readonly sweepShowsWithinMs: number;
  /** Stops what the harness started. */
  stop(): Promise<void>;
}

/** What a harness cannot do on a log that is not its own; the tests that need it are reported as skipped. */
export interface HarnessLimits {
  readonly canGoAway: boolean;
  readonly canSweep: boolean;
}
