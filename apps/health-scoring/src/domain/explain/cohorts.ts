import type { Applicant } from '../scorecard/choose-scorecard.js';

/** Accounts that are compared: judged by the same scorecard (points of two cannot be held against each other), of one segment and about one age. */
export interface Cohort {
  readonly scorecardId: string;
  /** Null: accounts without a segment. */
  readonly segment: string | null;
  readonly tenure: Tenure;
}

const tenures = [[90, 'under_3_months'], [365, '3_to_12_months'], [730, '12_to_24_months'], [Infinity, 'over_24_months']] as const;
export type Tenure = (typeof tenures)[number][1];

export const cohortOf = (scorecardId: string, { segment, ageDays }: Pick<Applicant, 'segment' | 'ageDays'>): Cohort => ({ scorecardId, segment, tenure: tenures.find(([end]) => ageDays < end)![1] });

/** Points of one measure in one cohort on one day. */
export interface CohortQuantiles extends Cohort {
  readonly measure: string;
  /** Accounts with data for the measure. */
  readonly accounts: number;
  /** Points, two decimals: a quarter, half, three quarters of the accounts have at most this. */
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
}

/** Gathers the points of all accounts, and answers the quantiles of every cohort and measure. */
export class CohortTable {
  private readonly points = new Map<string, { readonly cohort: Cohort; readonly measure: string; readonly values: number[] }>();

  /** `pointsBp`: basis points; measures without data are left out. */
  add(cohort: Cohort, measure: string, pointsBp: number): void {
    const key = JSON.stringify([cohort.scorecardId, cohort.segment, cohort.tenure, measure]);
    const known = this.points.get(key);
    if (known) known.values.push(pointsBp);
    else this.points.set(key, { cohort, measure, values: [pointsBp] });
  }

  get isEmpty(): boolean {
    return this.points.size === 0;
  }

  /** Of those with at least `fewest` accounts: of fewer it would be these accounts themselves. */
  quantiles(fewest: number): CohortQuantiles[] {
    return [...this.points.values()].flatMap(({ cohort, measure, values }) => {
      if (values.length < fewest) return [];
      const sorted = Float64Array.from(values).sort();
      return [{ ...cohort, measure, accounts: sorted.length, q25: quantile(sorted, 0.25), q50: quantile(sorted, 0.5), q75: quantile(sorted, 0.75) }];
    });
  }
}

/** Linear between neighbours, as PostgreSQL's percentile_cont; points with two decimals. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return Math.round(low + (high - low) * (place - below)) / 100;
}
