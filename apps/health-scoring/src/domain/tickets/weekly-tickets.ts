import { isAfter } from '../facts/mark.js';
import { sumOf } from '../facts/ring.js';
import { firstDayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf } from '../time/day.js';
import { median } from '../usage/usage-windows.js';
import type { AccountView } from '../verdict/account-view.js';

/** Tickets by the account-week in which they were opened, looked at `weeks` weeks at a time. */
export interface WeeklyTickets {
  /** Tickets opened in each of the weeks that end with `last`, oldest first. */
  counts(last: AccountWeek): number[];
  /** Signals that opened those of them that are remembered, oldest first. */
  evidence(last: AccountWeek): string[];
  /** Standard score of their trend; null with fewer tickets than `fewest`, or before as many full weeks of history. */
  trendZ(last: AccountWeek, fewest: number): number | null;
  /**
   * Standard score of the newer half of the weeks against the median week before them; null without as many weeks before.
   * Low after a dip that only ends: those weeks rise, and stay what is usual.
   */
  aboveUsual(last: AccountWeek): number | null;
}

/** Weeks before, to know what is usual. */
const usualWeeks = 20;

export function weeklyTickets(view: AccountView, weeks: number): WeeklyTickets {
  const { opened, tickets } = view.facts;
  const openedIn = (week: AccountWeek): number => sumOf(opened.days, firstDayOf(week, view.weekday), firstDayOf(week + 1, view.weekday) - 1);
  // History begins with the first ticket: weeks before it may only mean that no ticket system was connected.
  const firstWeek = opened.firstDay === null ? Infinity : weekOf(opened.firstDay, view.weekday);
  const counts = (last: AccountWeek): number[] => Array.from({ length: weeks }, (_, i) => openedIn(last - weeks + 1 + i));
  return {
    counts,
    evidence(last) {
      const marks = [...tickets.values()].map((ticket) => ticket.opened).filter(({ at }) => dayOf(at) >= firstDayOf(last - weeks + 1, view.weekday) && dayOf(at) < firstDayOf(last + 1, view.weekday));
      return marks.sort((a, b) => (isAfter(a, b) ? 1 : -1)).map(({ id }) => id);
    },
    trendZ(last, fewest) {
      if (last - weeks + 1 < firstWeek) return null;
      const seen = counts(last);
      return seen.reduce((a, b) => a + b, 0) < fewest ? null : poissonTrendZ(seen);
    },
    aboveUsual(last) {
      const before = Math.min(usualWeeks, last - weeks + 1 - firstWeek);
      if (before < weeks) return null;
      const newer = Math.floor(weeks / 2);
      const usual = newer * median(Array.from({ length: before }, (_, i) => openedIn(last - weeks - i)));
      const seen = counts(last).slice(-newer).reduce((a, b) => a + b, 0);
      return (seen - usual) / Math.sqrt(Math.max(1, usual));
    },
  };
}

/**
 * Standard score of a linear trend in Poisson counts: sum (t - mean t) y over its standard deviation given the
 * total, which is multinomial with equal shares when there is none (the score test of Cox and Lewis, in weeks).
 */
export function poissonTrendZ(counts: readonly number[]): number {
  const middle = (counts.length - 1) / 2;
  let trend = 0;
  let total = 0;
  let spread = 0;
  counts.forEach((count, t) => {
    trend += (t - middle) * count;
    total += count;
    spread += (t - middle) ** 2;
  });
  return total === 0 ? 0 : trend / Math.sqrt((total * spread) / counts.length);
}
