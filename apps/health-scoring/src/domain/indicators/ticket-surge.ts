import { Type } from 'typebox';
import { weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const ticketSurge = defineIndicator({
  kind: 'ticket_surge',
  group: 'support',
  dismissable: true,
  settings: Type.Object({ weeks: Type.Integer({ minimum: 3 }), z: Type.Number(), cleared: Type.Number(), fewestTickets: Type.Integer() }, { additionalProperties: false }),
  judge(view, { weeks, z, cleared, fewestTickets }, { active }) {
    if (view.facts.tickets.size < fewestTickets && active === null) return null;
    // The weekly looks are at the ends of account-weeks, so what they saw is read from the weeks again.
    const last = weekOf(view.dayFor('ticket'), view.weekday) - 1;
    const opened = new Map<AccountWeek, string[]>();
    for (const { opened: mark } of [...view.facts.tickets.values()].sort((a, b) => a.opened.at - b.opened.at || (a.opened.id < b.opened.id ? -1 : 1))) {
      const week = weekOf(dayOf(mark.at), view.weekday);
      opened.set(week, [...(opened.get(week) ?? []), mark.id]);
    }
    const countsUpTo = (week: AccountWeek): number[] => Array.from({ length: weeks }, (_, i) => opened.get(week - weeks + 1 + i)?.length ?? 0);
    // History begins with the first ticket: weeks before it may only mean that no ticket system was connected.
    const firstWeek = Math.min(...opened.keys());
    const surges = (week: AccountWeek): boolean => {
      if (week - weeks + 1 < firstWeek) return false;
      const counts = countsUpTo(week);
      return counts.reduce((a, b) => a + b, 0) >= fewestTickets && poissonTrendZ(counts) > z;
    };
    const counts = countsUpTo(last);
    const holds = active !== null ? poissonTrendZ(counts) >= cleared : surges(last) && surges(last - 1);
    if (!holds) return null;
    const evidence = Array.from({ length: weeks }, (_, i) => opened.get(last - weeks + 1 + i) ?? []).flat();
    return { severe: false, text: words.tickets.surge(counts[0] ?? 0, counts.at(-1) ?? 0), evidence: evidence.slice(-20) };
  },
});

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
