import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { BacktestDifference } from '../../domain/backtest/backtest-difference.js';
import type { Scorecard } from '../../domain/scorecard/scorecard.js';
import type { AccountOutcome } from '../../domain/simulation/simulate-account.js';
import type { Tally } from '../../domain/simulation/tally.js';
import type { EpochDay } from '../../domain/time/day.js';
import type { AccountJson } from './simulator.js';

export type SimulationState = 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';

/** A draft against what was in force when it was asked for. */
export interface Simulation {
  readonly id: string;
  readonly scorecardId: string;
  /** Null: a document that is not kept as a revision. */
  readonly revision: number | null;
  readonly document: Scorecard;
  /** Publication up to which scorecards are in force. */
  readonly generation: number;
  /** Both included. */
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly state: SimulationState;
  /** Of so many accounts, as many as there were when it began. */
  readonly accounts: number;
  /** Last account that was counted; null: none yet. */
  readonly after: string | null;
  readonly tally: Tally;
  /** Every account is counted. */
  readonly isCounted: boolean;
  /** The draft held against how terms ended; null until it is completed, and where it could not be. */
  readonly difference: BacktestDifference | null;
  /** Why it failed; of a completed one why the draft could not be held against how terms ended. */
  readonly fault: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** An account that differs: without the weeks and days, which the tally has. */
export type SimulatedAccount = { readonly accountId: string } & Pick<AccountOutcome, 'inForce' | 'draft' | 'differingDays' | 'bandChanges' | 'days'>;

/** Simulations and what became of them. */
export abstract class SimulationStore {
  abstract add(tx: Transaction, simulation: Simulation): Promise<void>;
  /** Queued and running ones. */
  abstract unfinished(sql: Sql): Promise<number>;
  abstract find(sql: Sql, scorecardId: string, id: string): Promise<Simulation | null>;
  /** Newest first; null where there is none `startingAfter`. */
  abstract list(scorecardId: string, limit: number, startingAfter: string | null): Promise<Simulation[] | null>;
  /** Those that differ, by id. */
  abstract accounts(id: string, limit: number, startingAfter: string | null): Promise<SimulatedAccount[]>;
  /** Locks the oldest that is not finished and that no other replica works at. */
  abstract claim(tx: Transaction): Promise<Simulation | null>;
  abstract accountsOfBook(sql: Sql): Promise<number>;
  /** Saves how far a claimed one has come, and what came up of its accounts. */
  abstract save(tx: Transaction, simulation: Simulation, differing: readonly AccountJson[], terms: readonly AccountJson[]): Promise<void>;
  /** Ends it with what was found, or why nothing was; nothing where it was cancelled meanwhile. */
  abstract complete(tx: Transaction, id: string, found: Pick<Simulation, 'difference' | 'fault'>, at: Date): Promise<void>;
  /** False where it is over already; else what was kept of its terms goes. */
  abstract cancel(tx: Transaction, id: string, at: Date): Promise<boolean>;
  /** Nothing where it is over already. */
  abstract fail(tx: Transaction, id: string, fault: string, at: Date): Promise<void>;
  /** When the first of those that are kept ended. */
  abstract oldestEnd(): Promise<Date | null>;
  /** Forgets those that ended before. */
  abstract forgetBefore(sql: Sql, instant: Date): Promise<void>;
}
