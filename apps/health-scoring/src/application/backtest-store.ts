import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { BacktestReport } from '../domain/backtest/backtest-report.js';

export type BacktestState = 'waiting' | 'running' | 'done' | 'failed';

/** What a backtest rests on, and what it found. */
export interface FoundByBacktest extends BacktestReport {
  /** Of these accounts outcomes are known; some may have no readings. */
  readonly accountsWithOutcomes: number;
  /** Measures that nobody read with this revision's settings on some of the days: there they count as unknown. */
  readonly unreadMeasures: readonly string[];
}

export interface Backtest {
  readonly id: string;
  readonly scorecardId: string;
  readonly revision: number;
  readonly state: BacktestState;
  readonly askedAt: Date;
  readonly askedBy: string;
  readonly finishedAt: Date | null;
  /** Accounts to go through; null until it began. */
  readonly accounts: number | null;
  readonly accountsDone: number;
  /** Why it failed. */
  readonly problem: string | null;
}

/** Work that this process holds. */
export interface LeasedBacktest extends Pick<Backtest, 'id' | 'scorecardId' | 'revision'> {
  readonly lease: string;
}

export abstract class BacktestStore {
  abstract add(tx: Transaction, backtest: Pick<Backtest, 'id' | 'scorecardId' | 'revision' | 'askedAt' | 'askedBy'>): Promise<void>;
  /** Backtests that wait or run. */
  abstract countOpen(sql: Sql): Promise<number>;
  /** Newest first; null where there is none `startingAfter`. */
  abstract list(scorecardId: string, limit: number, startingAfter: string | null): Promise<Backtest[] | null>;
  abstract find(id: string): Promise<(Backtest & { readonly report: FoundByBacktest | null }) | null>;
  /** True when one waits, or its lease ran out. */
  abstract canLease(sql: Sql): Promise<boolean>;
  /** The oldest one that nobody works at; null without one. */
  abstract lease(): Promise<LeasedBacktest | null>;
  /** Says how far it is and holds it on; false when another process has taken it over. */
  abstract hold(leased: LeasedBacktest, accounts: number, accountsDone: number): Promise<boolean>;
  /** Keeps what was found, or why nothing was; nothing when another process has taken it over. */
  abstract finish(leased: LeasedBacktest, now: Date, outcome: { readonly report: FoundByBacktest } | { readonly problem: string }): Promise<void>;
}
