import { isComplaint, isEscalated, isOpen, type TicketFacts } from '../facts/fold-ticket.js';
import { isAfter, type Mark } from '../facts/mark.js';
import { addBusinessDays, dayOf, startOf, type EpochMs } from '../time/day.js';

export interface OpenTicket {
  readonly ticketId: string;
  /** Since when it is what it was asked for. */
  readonly since: Mark;
}

const bySince = (a: OpenTicket, b: OpenTicket): number => (isAfter(a.since, b.since) ? 1 : -1);

function openTickets(tickets: ReadonlyMap<string, TicketFacts>, since: (ticket: TicketFacts) => Mark | null): OpenTicket[] {
  const found: OpenTicket[] = [];
  for (const [ticketId, ticket] of tickets) {
    const mark = isOpen(ticket) ? since(ticket) : null;
    if (mark !== null) found.push({ ticketId, since: mark });
  }
  return found.sort(bySince);
}

/** Open tickets that are urgent or escalated, the oldest first. */
export const urgentTickets = (tickets: ReadonlyMap<string, TicketFacts>): OpenTicket[] =>
  openTickets(tickets, (ticket) => (ticket.priority.value === 'urgent' || isEscalated(ticket) ? (ticket.urgentSince ?? ticket.opened) : null));

/** Open complaints, the oldest first. */
export const openComplaints = (tickets: ReadonlyMap<string, TicketFacts>): OpenTicket[] => openTickets(tickets, (ticket) => (isComplaint(ticket) ? ticket.opened : null));

/** A complaint must be solved by the end of the last of these business days. */
export const complaintDeadline = (openedAt: EpochMs, businessDays: number): EpochMs => startOf(addBusinessDays(dayOf(openedAt), businessDays) + 1);
