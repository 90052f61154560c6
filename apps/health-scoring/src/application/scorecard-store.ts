import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Scorecard } from '../domain/scorecard/scorecard.js';
import type { Band, RiskLevel } from '../domain/state.js';

/** A document that was kept; it never changes. */
export interface ScorecardRevision {
  readonly scorecardId: string;
  readonly revision: number;
  readonly document: Scorecard;
  /** Of the shipped document; null: a person made it. */
  readonly edition: number | null;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export type PublicationAction = 'publish' | 'roll_back' | 'retire';

/** What was put in force, by whom and why. Generations rise by one over all scorecards. */
export interface Publication {
  readonly generation: number;
  readonly scorecardId: string;
  /** Null: the scorecard is no longer in force. */
  readonly revision: number | null;
  /** The revision that was in force before. */
  readonly replaced: number | null;
  readonly action: PublicationAction;
  readonly reason: string;
  readonly at: Date;
  readonly by: string;
}

/** A scorecard as lists show it: the revision in force, else the newest. */
export interface ScorecardEntry {
  readonly document: Scorecard;
  readonly newestRevision: number;
  /** What was last done with it; null: it was never in force. */
  readonly publication: Publication | null;
}

/** An account whose band or risk level a publication changed. */
export interface Move {
  readonly accountId: string;
  readonly fromBand: Band;
  readonly toBand: Band;
  readonly fromRisk: RiskLevel;
  readonly toRisk: RiskLevel;
}

/** How far a publication has come. */
export interface Rollout {
  /** Accounts that are still judged by what was in force before. */
  readonly waiting: number;
  /** Changes of band and of risk level, the most frequent first. */
  readonly bands: readonly MoveCount[];
  readonly riskLevels: readonly MoveCount[];
}
export interface MoveCount {
  readonly from: string;
  readonly to: string;
  readonly accounts: number;
}

/** Scorecards with every revision and publication there ever was. */
export abstract class ScorecardStore {
  /** Keeps others from adding revisions or publications until the transaction ends. */
  abstract lock(tx: Transaction): Promise<void>;
  abstract newestGeneration(sql: Sql): Promise<number>;
  /** What was in force as of a generation. */
  abstract inForceAt(sql: Sql, generation: number): Promise<ScorecardRevision[]>;
  /** Every revision that ever judged. */
  abstract everInForce(sql: Sql): Promise<ScorecardRevision[]>;
  /** By id. */
  abstract list(limit: number, startingAfter: string | null): Promise<ScorecardEntry[]>;
  abstract find(sql: Sql, scorecardId: string, revision: number): Promise<ScorecardRevision | null>;
  /** Newest first. */
  abstract revisions(sql: Sql, scorecardId: string, limit: number, before: number | null): Promise<ScorecardRevision[]>;
  /** Newest first. */
  abstract publications(sql: Sql, scorecardId: string, limit: number): Promise<Publication[]>;
  abstract newestEdition(sql: Sql, scorecardId: string): Promise<ScorecardRevision | null>;
  abstract addRevision(tx: Transaction, revision: ScorecardRevision): Promise<void>;
  /** Of a scorecard's drafts that people made and that were never in force keeps the newest, and those that a backtest names. */
  abstract forgetDrafts(tx: Transaction, scorecardId: string, kept: number): Promise<void>;
  abstract count(sql: Sql): Promise<number>;
  /** `told`: nobody has to hear of it. */
  abstract addPublication(tx: Transaction, publication: Publication, told: boolean): Promise<void>;
  abstract addMoves(tx: Transaction, generation: number, moves: readonly Move[]): Promise<void>;
  /** True when a publication up to the generation is not told of and no account is behind it. */
  abstract canTell(sql: Sql, generation: number): Promise<boolean>;
  /** Takes those publications for told, oldest first: of several replicas one gets each. */
  abstract takeUntold(tx: Transaction, generation: number, at: Date): Promise<Publication[]>;
  abstract rollout(sql: Sql, generation: number): Promise<Rollout>;
}
