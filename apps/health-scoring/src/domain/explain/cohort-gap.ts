import type { HealthState } from '@perennial/contracts/health';
import { words } from '../words.js';
import type { Cohort, CohortQuantiles } from './cohorts.js';

export interface MeasureGap {
  readonly measure: string;
  /** Null without data. */
  readonly points: number | null;
  /** Accounts of the cohort with data for it; null: fewer than are compared. */
  readonly accounts: number | null;
  /** Points from which the top quarter of the cohort begins; null: not enough peers. */
  readonly topQuartile: number | null;
  /** Points that are wanting to it, 0 where it is reached; null: not enough peers, or no data. */
  readonly gap: number | null;
  /** What closing the gap would add to the computed score, two decimals. */
  readonly worth: number | null;
  readonly text: string;
}

export interface CohortGap {
  readonly segment: string | null;
  readonly tenure: Cohort['tenure'];
  /** Day of the table that was used; null: there is none yet. */
  readonly table: string | null;
  /** What is worth most first, then what cannot be compared. */
  readonly measures: readonly MeasureGap[];
}

/** How far each measure is from what good looks like: the top quarter of accounts of the same segment and age. */
export function cohortGapOf({ measures }: Pick<HealthState, 'measures'>, { segment, tenure }: Cohort, table: string | null, quantiles: readonly CohortQuantiles[]): CohortGap {
  const found = new Map(quantiles.map((one) => [one.measure, one]));
  const weight = measures.reduce((sum, { points, weight: own }) => (points === null ? sum : sum + own), 0);
  const gaps = measures
    .filter(({ state }) => state !== 'not_applicable')
    .map(({ id, points, weight: own }): MeasureGap => {
      const peers = found.get(id);
      if (peers === undefined) return { measure: id, points, accounts: null, topQuartile: null, gap: null, worth: null, text: words.explain.noPeers(id) };
      const { accounts, q75 } = peers;
      if (points === null) return { measure: id, points, accounts, topQuartile: q75, gap: null, worth: null, text: words.explain.topWithout(id, q75) };
      const gap = Math.max(0, Math.round((q75 - points) * 100) / 100);
      return { measure: id, points, accounts, topQuartile: q75, gap, worth: weight === 0 ? 0 : Math.round(((gap * own) / weight) * 100) / 100, text: words.explain.top(id, points, q75) };
    });
  return { segment, tenure, table, measures: gaps.sort((a, b) => (b.worth ?? -1) - (a.worth ?? -1)) };
}
