import { Type } from 'typebox';
import { urgentTickets } from '../tickets/open-tickets.js';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const urgentTicketOpen = defineIndicator({
  kind: 'urgent_ticket_open',
  group: 'support',
  dismissable: true,
  settings: Type.Object({ severeDays: Type.Number() }, { additionalProperties: false }),
  judge(view, { severeDays }) {
    const urgent = urgentTickets(view.facts.tickets);
    const [oldest] = urgent;
    if (oldest === undefined) return null;
    const severeAt = oldest.since.at + severeDays * dayMs;
    view.changesAt(severeAt);
    return {
      severe: view.asOf >= severeAt,
      text: words.tickets.urgent(urgent.map((ticket) => ticket.ticketId)),
      evidence: urgent.map((ticket) => ticket.since.id),
      newsAt: Math.max(...urgent.map((ticket) => ticket.since.at)),
    };
  },
});
