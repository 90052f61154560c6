import { Type } from 'typebox';
import { TicketWeeks } from '../scorecard/setting-types.js';
import { poissonTrendZ, weeklyTickets } from '../tickets/weekly-tickets.js';
import { weekOf } from '../time/account-week.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const ticketSurge = defineIndicator({
  kind: 'ticket_surge',
  group: 'support',
  dismissable: true,
  settings: Type.Object({ weeks: TicketWeeks, z: Type.Number(), cleared: Type.Number(), fewestTickets: Type.Integer(), aboveUsual: Type.Number() }, { additionalProperties: false }),
  judge(view, { weeks, z, cleared, fewestTickets, aboveUsual }, { active }) {
    // The weekly looks are at the ends of account-weeks, so what they saw is read from the weeks again.
    const last = weekOf(view.dayFor('ticket'), view.weekday) - 1;
    const opened = weeklyTickets(view, weeks);
    const surges = (week: number): boolean => (opened.trendZ(week, fewestTickets) ?? -Infinity) > z && (opened.aboveUsual(week) ?? Infinity) > aboveUsual;
    const counts = opened.counts(last);
    const holds = active !== null ? poissonTrendZ(counts) >= cleared : surges(last) && surges(last - 1);
    if (!holds) return null;
    return { severe: false, text: words.tickets.surge(counts[0] ?? 0, counts.at(-1) ?? 0), evidence: opened.evidence(last).slice(-20) };
  },
});
