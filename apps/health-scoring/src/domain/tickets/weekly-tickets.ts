import { weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf } from '../time/day.js';
import { median } from '../usage/usage-windows.js';
import type { AccountView } from '../verdict/account-view.js';

/** Tickets by the account-week in which they were opened, looked at `weeks` weeks at a time. */
export interface WeeklyTickets {
  /** Tickets opened in each of the weeks that end with `last`, oldest first. */
  counts(last: AccountWeek): number[];
  /** Signals that opened them, oldest first. */
  evidence(last: AccountWeek): string[];
  /** Standard score of their trend; null with fewer tickets than `fewest`, or before as many full weeks of history. */
  trendZ(last: AccountWeek, fewest: number): number | null;
  /**
   * Standard score of the newer half of the weeks against the median week before them; null without as many weeks before.
   * Low after a dip that only ends: those weeks rise, and stay what is usual.
   */
  aboveUsual(last: AccountWeek): number | null;
}

/** Weeks before, to know what is usual; solved tickets are remembered for 28. */
const usualWeeks = 20;

export function weeklyTickets(view: AccountView, weeks: number): WeeklyTickets {
  const opened = new Map<AccountWeek, string[]>();
  for (const { opened: mark } of [...view.facts.tickets.values()].sort((a, b) => a.opened.at - b.opened.at || (a.opened.id < b.opened.id ? -1 : 1))) {
    const week = weekOf(dayOf(mark.at), view.weekday);
    const known = opened.get(week);
    if (known === undefined) opened.set(week, [mark.id]);
    else known.push(mark.id);
  }
  // History begins with the first ticket: weeks before it may only mean that no ticket system was connected.
  const firstWeek = Math.min(...opened.keys());
  const marks = (last: AccountWeek): string[][] => Array.from({ length: weeks }, (_, i) => opened.get(last - weeks + 1 + i) ?? []);
  const counts = (last: AccountWeek): number[] => marks(last).map((week) => week.length);
  return {
    counts,
    evidence: (last) => marks(last).flat(),
    trendZ(last, fewest) {
      if (last - weeks + 1 < firstWeek) return null;
      const seen = counts(last);
      return seen.reduce((a, b) => a + b, 0) < fewest ? null : poissonTrendZ(seen);
    },
    aboveUsual(last) {
      const before = Math.min(usualWeeks, last - weeks + 1 - firstWeek);
      if (before < weeks) return null;
      const newer = Math.floor(weeks / 2);
      const usual = newer * median(Array.from({ length: before }, (_, i) => opened.get(last - weeks - i)?.length ?? 0));
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
