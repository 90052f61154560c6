import type { SignalOf } from '@perennial/contracts/signal';
import { firstDayOf, weekOf } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import { addTo, countAt, emptyRing, sumOf, type Ring } from './ring.js';

/** Use in thousandths (quantities may be fractions), so that sums are exact. */
export interface UsageFacts {
  /** First day with use; null without any. */
  firstDay: EpochDay | null;
  /** Daily totals: the window of 28 days and a fortnight of lateness. */
  days: Ring;
  /** Totals by account-week: 26 weeks of references and the same weeks of last year. */
  weeks: Ring;
  /** Oldest account-week changed since the weekly track was last brought up to date; null when none was. */
  changedWeek: number | null;
}

export const usageDays = 44;
export const usageWeeks = 64;

export const emptyUsage = (): UsageFacts => ({ firstDay: null, days: emptyRing(usageDays), weeks: emptyRing(usageWeeks), changedWeek: null });

export function foldUsage(usage: UsageFacts, signal: SignalOf<'usage'>, day: EpochDay, weekday: number): void {
  const thousandths = Math.round((signal.data.quantity ?? 1) * 1000);
  if (thousandths === 0) return;
  const week = weekOf(day, weekday);
  if (usage.firstDay === null || day < usage.firstDay) usage.firstDay = day;
  if (usage.changedWeek === null || week < usage.changedWeek) usage.changedWeek = week;
  addTo(usage.days, day, thousandths);
  addTo(usage.weeks, week, thousandths);
}

/** Use in the days [from, to] within the last weeks kept by day, thousandths. */
export const useByDay = (usage: UsageFacts, from: EpochDay, to: EpochDay): number => sumOf(usage.days, from, to);

/**
 * Use in the days [from, to] from weekly totals, thousandths: weeks that lie inside only in part count by
 * their share of days (for days that are no longer kept one by one).
 */
export function useByWeek(usage: UsageFacts, from: EpochDay, to: EpochDay, weekday: number): number {
  let sum = 0;
  for (let week = weekOf(from, weekday); week <= weekOf(to, weekday); week += 1) {
    const first = firstDayOf(week, weekday);
    const days = Math.min(to, first + 6) - Math.max(from, first) + 1;
    sum += (countAt(usage.weeks, week) * days) / 7;
  }
  return sum;
}
