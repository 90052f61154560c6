import type { HealthState } from '@perennial/contracts/health';
import type { ScorecardRef } from '../domain/scorecard/compile-scorecard.js';
import type { TreeAccount } from '../domain/hierarchy/roll-up.js';
import type { Band, RiskLevel } from '../domain/state.js';
import type { ShadowScore } from '../domain/verdict/shadow-score.js';

export interface AccountRow {
  readonly id: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly arrMinor: number | null;
  readonly currency: string | null;
  readonly renewalOn: string | null;
  readonly noticeOn: string | null;
  readonly healthScore: number | null;
  readonly band: Band;
  readonly riskLevel: RiskLevel;
  readonly strikes: number;
  readonly trend: HealthState['trend'];
}

export interface PortfolioFilter {
  readonly riskLevel?: RiskLevel | undefined;
  readonly band?: Band | undefined;
  readonly ownerId?: string | undefined;
  readonly segment?: string | undefined;
  /** Part of name or id, upper or lower case. */
  readonly q?: string | undefined;
}

export interface HealthDay {
  readonly day: string;
  readonly healthScore: number | null;
  readonly rawScore: number | null;
  readonly band: Band;
  readonly riskLevel: RiskLevel;
  readonly dataCoverage: number;
  readonly strikes: number;
  readonly scorecard: ScorecardRef;
  /** What the scorecards in shadow made of it. */
  readonly shadows: readonly ShadowScore[];
}

/** A day as it is known now. */
export interface HealthDayNow extends HealthDay {
  /** Null: no signal came late for it; what was known then is known now. */
  readonly restated: {
    /** A number, the band or the risk level is another one than was shown; null: nobody can say. */
    readonly differs: boolean | null;
    /** What stands as it was shown, since what is kept cannot tell it again. */
    readonly unknown: readonly string[];
  } | null;
}

/** What can be read of stored verdicts. */
export abstract class HealthQueries {
  /** Worst first: risk level, then ARR descending, then id. Null where no account `startingAfter` is listed. */
  abstract portfolio(filter: PortfolioFilter, limit: number, startingAfter: string | null): Promise<AccountRow[] | null>;
  /** The stored verdict; null for an account that scoring does not know. */
  abstract health(accountId: string): Promise<HealthState | null>;
  /** The account and all that stand below it, parents before their children, at most `limit`; empty for one that scoring does not know. */
  abstract tree(accountId: string, limit: number): Promise<TreeAccount[]>;
  /** Days from `from` to `to` (ISO, inclusive), oldest first. */
  abstract history(accountId: string, from: string | null, to: string | null, limit: number, startingAfter: string | null): Promise<HealthDay[]>;
  /** The same days as they are known now. */
  abstract historyNow(accountId: string, from: string | null, to: string | null, limit: number, startingAfter: string | null): Promise<HealthDayNow[]>;
}
