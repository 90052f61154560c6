import type { SignalData, SignalOf } from '@perennial/contracts/signal';
import { dayMs, dayOf, type EpochMs } from '../time/day.js';
import { keepOpen, mostIn, type Standing } from './keep-open.js';
import { earliest, isAfter, latest, type Mark } from './mark.js';
import { countOpened, emptyOpened, type OpenedTickets } from './opened-tickets.js';

export type Priority = SignalData['ticket']['priority'];

/** One ticket, built so that its signals may come in any order. */
export interface TicketFacts {
  /** Earliest signal: when it was opened. */
  opened: Mark;
  /** Latest signal that opens it (opened, reopened, escalated), and latest that solves it. */
  opening: Mark | null;
  solved: Mark | null;
  escalated: Mark | null;
  /** Since when it has been urgent or escalated. */
  urgentSince: Mark | null;
  priority: Mark & { readonly value: Priority };
  complaint: (Mark & { readonly value: boolean }) | null;
  /** A signal said `opened`; taken for granted in rows that did not keep it. */
  begun: boolean;
}

const room = { settled: 1000, others: 2000 };
export const mostTickets = mostIn(room);
/** Solved tickets are remembered this long, so that a late word about one does not open it again. */
const solvedMemory = 200 * dayMs;

export function foldTicket(tickets: Map<string, TicketFacts>, opened: OpenedTickets, signal: SignalOf<'ticket'>, mark: Mark): void {
  const { ticketId, status, priority, complaint } = signal.data;
  const stated = { ...mark, value: priority };
  let ticket = tickets.get(ticketId);
  const before = ticket?.opened ?? null;
  if (ticket === undefined) {
    ticket = { opened: mark, opening: null, solved: null, escalated: null, urgentSince: null, priority: stated, complaint: null, begun: false };
    tickets.set(ticketId, ticket);
  } else {
    ticket.opened = earliest(ticket.opened, mark);
    ticket.priority = latest(ticket.priority, stated);
  }
  countOpened(opened, mark, before, ticket.opened);
  if (status === 'opened') ticket.begun = true;
  if (status === 'solved') ticket.solved = latest(ticket.solved, mark);
  else if (status !== 'updated') ticket.opening = latest(ticket.opening, mark);
  if (status === 'escalated') ticket.escalated = latest(ticket.escalated, mark);
  if (status === 'escalated' || (priority === 'urgent' && status !== 'solved')) ticket.urgentSince = earliest(ticket.urgentSince, mark);
  if (complaint !== undefined) ticket.complaint = latest(ticket.complaint, { ...mark, value: complaint });
  keepOpen(tickets, room, standingOf, lastHeardOf);
}

const lastHeardOf = (ticket: TicketFacts): Mark => [ticket.opening, ticket.solved].reduce<Mark>((a, b) => (b !== null && isAfter(b, a) ? b : a), ticket.priority);

/** Open until a solving signal is the latest of those that open or solve it. */
export const isOpen = (ticket: TicketFacts): boolean => ticket.solved === null || (ticket.opening !== null && isAfter(ticket.opening, ticket.solved));

/** One that was only spoken of goes with the settled ones: a rating after closing, of one that is forgotten, would stay open for good. */
const standingOf = (ticket: TicketFacts): Standing => (ticket.opening === null && ticket.solved === null ? 'settled' : isOpen(ticket) ? 'open' : ticket.begun ? 'settled' : 'ended');

/** Escalated since it was last solved. */
export const isEscalated = (ticket: TicketFacts): boolean => ticket.escalated !== null && (ticket.solved === null || isAfter(ticket.escalated, ticket.solved));

export const isComplaint = (ticket: TicketFacts): boolean => ticket.complaint?.value ?? false;

/** Forgets tickets solved long before `asOf`. */
export function forgetSolved(tickets: Map<string, TicketFacts>, asOf: EpochMs): void {
  for (const [id, ticket] of tickets) {
    if (ticket.solved !== null && ticket.solved.at < asOf - solvedMemory && !isOpen(ticket)) tickets.delete(id);
  }
}

/** What `tickets`, some of those that are remembered, tell of how many were opened: since the day after which none of them is forgotten. */
export function openedOf(tickets: ReadonlyMap<string, TicketFacts>, remembered: ReadonlyMap<string, TicketFacts>): OpenedTickets {
  const found = emptyOpened();
  for (const ticket of tickets.values()) countOpened(found, lastHeardOf(ticket), null, ticket.opened);
  const settled = [...remembered.values()].filter((ticket) => standingOf(ticket) === 'settled').map((ticket) => dayOf(lastHeardOf(ticket).at));
  if (found.firstDay !== null && settled.length >= room.settled) found.firstDay = Math.max(found.firstDay, Math.min(...settled) + 1);
  return found;
}
