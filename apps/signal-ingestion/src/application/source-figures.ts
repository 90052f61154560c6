import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { SourceTally } from '../domain/source-tally.js';

/** What came from one source since some hour. */
export interface Figures {
  readonly accepted: number;
  readonly repeated: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly clamped: number;
  readonly late: number;
  readonly newestEventAt: Date | null;
  readonly newestReceivedAt: Date | null;
  /** Mean of receipt minus sending, ms; null: nobody said when it was sent. */
  readonly skewMs: number | null;
}

export interface HourFigures {
  readonly hour: Date;
  readonly accepted: number;
  readonly repeated: number;
  readonly rejected: number;
}

/** `quiet`: silent against its own rhythm. */
export interface WatchedSource {
  readonly sourceId: string;
  readonly state: 'active' | 'quiet';
  readonly since: Date;
}

/** What came, by source and hour; each chunk of telemetry adds its part in its own transaction. */
export abstract class SourceFigures {
  /** True when a source among them is new or was quiet: it is to be looked at. */
  abstract add(tx: Transaction, partition: number, tally: SourceTally): Promise<boolean>;
  abstract since(sourceId: string, from: Date): Promise<Figures>;
  /** Hours in which anything came, oldest first. */
  abstract hours(sourceId: string, from: Date): Promise<HourFigures[]>;
  /** Accepted in the whole minutes from `from` to `to`, of the last 59. */
  abstract accepted(sourceId: string, from: Date, to: Date): Promise<number>;
  /** Rejected items that are still listed, by code. */
  abstract rejectedByCode(sourceId: string, from: Date): Promise<ReadonlyMap<string, number>>;

  abstract watched(sourceId: string): Promise<WatchedSource | null>;
  /** When the first source is to be looked at; null: none. Those that are quiet and came back, at once. */
  abstract nextLookAt(now: Date): Promise<Date | null>;
  /** Takes one whose time has come for this transaction; null: none that no other one holds. */
  abstract claim(tx: Transaction, now: Date): Promise<WatchedSource | null>;
  /** Hours since `from` in which something was accepted, and the newest receipt. */
  abstract activity(sql: Sql, sourceId: string, from: Date): Promise<{ readonly hours: readonly Date[]; readonly newestReceivedAt: Date | null }>;
  abstract watch(tx: Transaction, source: WatchedSource, nextLookAt: Date): Promise<void>;
  abstract unwatch(tx: Transaction, sourceId: string): Promise<void>;
  /** How many are in each state. */
  abstract countByState(): Promise<ReadonlyMap<string, number>>;

  abstract oldest(): Promise<Date | null>;
  abstract forgetBefore(instant: Date): Promise<void>;
}
