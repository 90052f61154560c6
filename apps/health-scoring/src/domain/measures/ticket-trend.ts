import { Type } from 'typebox';
import { TicketWeeks } from '../scorecard/setting-types.js';
import { weeklyTickets } from '../tickets/weekly-tickets.js';
import { weekOf, firstDayOf } from '../time/account-week.js';
import { isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const ticketTrend = defineMeasure({
  id: 'ticket_trend',
  family: 'support',
  unit: 'z',
  restsOn: ['ticket'],
  settings: Type.Object({ weeks: TicketWeeks, fewestTickets: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  read(view, { weeks, fewestTickets }) {
    if (view.facts.opened.firstDay === null && view.sourceOf('ticket') === 'absent') return missing(words.noSource('tickets'));
    const last = weekOf(view.dayFor('ticket'), view.weekday) - 1;
    const opened = weeklyTickets(view, weeks);
    const z = opened.trendZ(last, fewestTickets);
    if (z === null) return notApplicable(words.tickets.noTrend(fewestTickets, weeks));
    const counts = opened.counts(last);
    return { found: true, value: z, text: words.tickets.trend(counts), evidence: { query: `kind=ticket&from=${isoDay(firstDayOf(last - weeks + 1, view.weekday))}` } };
  },
  goesBy: () => ['opened_tickets'],
});
