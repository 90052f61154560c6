import type { Band } from '../domain/state.js';
import type { JudgementRow } from './judgement-record.js';

/** Whose score was nearer to what became of the contract: a renewal is 100, a loss 0. */
export type Nearer = 'override' | 'computed' | 'same';

export interface JudgementEntry {
  readonly id: string;
  readonly action: JudgementRow['action'];
  readonly indicatorId: string | null;
  readonly reason: string;
  readonly until: Date | null;
  readonly by: string;
  readonly at: Date;
  /** Of an override only. */
  readonly override: {
    readonly healthScore: number;
    readonly band: Band | null;
    readonly computedScore: number | null;
    readonly computedBand: Band | null;
    /** How the first term ended that was decided after the day it was set on; null: none has. */
    readonly outcome: { readonly renewalId: string; readonly renewalOn: string; readonly result: 'renewed' | 'churned' } | null;
    readonly nearer: Nearer | null;
  } | null;
}

/** Overrides of one person; null: of everybody. */
export interface OverrideScore {
  readonly by: string | null;
  readonly overrides: number;
  /** Those of which a term's end is known, and the facts gave a score. */
  readonly decided: number;
  readonly overrideNearer: number;
  readonly computedNearer: number;
  readonly same: number;
}

/** What people judged, and how right they were. */
export abstract class JudgementQueries {
  /** Newest first. Null where no judgement `startingAfter` is on the account's record. */
  abstract list(accountId: string, limit: number, startingAfter: string | null): Promise<JudgementEntry[] | null>;
  /** Of everybody first, then by person. */
  abstract overrideScores(): Promise<OverrideScore[]>;
}
