import { countAt, type Ring } from '../facts/ring.js';
import type { AccountWeek } from '../time/account-week.js';

/** A judged total covers four account-weeks; references go back 26 weeks from its end; a year is 52. */
export const windowWeeks = 4;
export const referenceWeeks = 26;
export const yearWeeks = 52;

/** Total of the four account-weeks that end with `end`. */
export function windowTotal(weeks: Ring, end: AccountWeek): number {
  return countAt(weeks, end) + countAt(weeks, end - 1) + countAt(weeks, end - 2) + countAt(weeks, end - 3);
}

/**
 * Ends of the earlier four-week windows that a window ending with `end` is held against: stepped by a
 * week, none overlapping it, none reaching back before `firstWeek` or 26 weeks.
 */
export function earlierEnds(end: AccountWeek, firstWeek: AccountWeek): AccountWeek[] {
  const ends: AccountWeek[] = [];
  const oldest = Math.max(firstWeek, end - referenceWeeks + 1);
  for (let earlier = end - windowWeeks; earlier - windowWeeks + 1 >= oldest; earlier -= 1) ends.push(earlier);
  return ends;
}

/**
 * What a number of the four account-weeks up to `end` is held against: that of the same weeks of last year where `first`,
 * the first week of history, lies far enough back, else the median of earlier windows; null while there is no history.
 */
export function ownReference(numberAt: (end: AccountWeek) => number, end: AccountWeek, first: AccountWeek): number | null {
  const lastYear = lastYearsNumber(numberAt, end, first);
  if (lastYear !== null) return lastYear;
  const ends = earlierEnds(end, first);
  return ends.length === 0 ? null : median(ends.map(numberAt));
}

/** The number of the same four account-weeks of last year; null where it is 0, or they lie before the history. */
export function lastYearsNumber(numberAt: (end: AccountWeek) => number, end: AccountWeek, first: AccountWeek): number | null {
  if (end - yearWeeks - windowWeeks + 1 < first) return null;
  const number = numberAt(end - yearWeeks);
  return number > 0 ? number : null;
}

/** Median; 0 of nothing. Does not change its argument. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/**
 * Robust standard score of `x` against `values` (for usage_drop). Units are events, not thousandths. The spread is at least
 * `leastSpread` of the median: windows that overlap are more alike than the account is to itself.
 */
export function robustZ(x: number, values: readonly number[], leastSpread: number): number {
  const middle = median(values);
  const spread = median(values.map((value) => Math.abs(value - middle)));
  return (x - middle) / Math.max(1.4826 * spread, Math.sqrt(middle), Math.max(0.05, leastSpread) * middle, Number.MIN_VALUE);
}
