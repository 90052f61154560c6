import type { RiskLevel } from '../state.js';
import type { EpochDay } from '../time/day.js';

/** How a term of a contract ended. */
export interface ContractOutcome {
  /** First day of the term; null where nobody told. */
  readonly startsOn: EpochDay | null;
  /** The last day on which the customer could say no. */
  readonly noticeOn: EpochDay;
  readonly lost: boolean;
  /** Day on which the decision became known (notice given, renewal signed); null: not before `noticeOn`. */
  readonly decidedOn: EpochDay | null;
}

/** What the scorecard made of the account on one day, from what had happened by the end of it. */
export interface JudgedDay {
  readonly day: EpochDay;
  /** Raw score in basis points; null where nothing was known. */
  readonly scoreBp: number | null;
  readonly riskLevel: RiskLevel;
  /** Kinds of the indicators that stood. */
  readonly indicators: readonly string[];
  /** Points of each measure in basis points, in the order of the report's `measures`; null where there was no data. */
  readonly pointsBp: readonly (number | null)[];
}

/** Everything a backtest needs of one account. All lists rise by day. */
export interface AccountHistory {
  readonly accountId: string;
  readonly segment: string | null;
  readonly readings: readonly JudgedDay[];
  readonly outcomes: readonly ContractOutcome[];
  /** Days with a held meeting, a call or an outbound mail with a contact. */
  readonly outreach: readonly EpochDay[];
  /** Last NPS answer of each day that had one, 0-10. */
  readonly nps: readonly { readonly day: EpochDay; readonly score: number }[];
}
