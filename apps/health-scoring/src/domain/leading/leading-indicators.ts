import { words } from '../words.js';
import type { Figure, LeadingFigures } from './leading-figures.js';

export type Direction = 'up' | 'down' | 'flat';

export interface LeadingIndicator {
  readonly id: 'plan_progress' | 'usage_by_role' | 'ticket_trend' | 'executive_contact' | 'stakeholder_sentiment';
  readonly unit: 'share' | 'contacts' | 'tickets' | 'of 10';
  readonly value: number | null;
  /** 28 days before. */
  readonly before: number | null;
  /** Null: one of the two is not known. */
  readonly trend: Direction | null;
  /** The direction that is good news. */
  readonly better: 'up' | 'down';
  readonly text: string;
  /** Of usage_by_role alone: a fall in one role may be hidden by growth in another. */
  readonly byRole?: readonly { readonly role: string; readonly value: number | null; readonly before: number | null; readonly trend: Direction | null }[];
}

/** Least change that is told as one: of a share, of answers, of contacts as a share of before, and in standard deviations of a count of tickets. */
const leastShare = 0.05;
const leastAnswer = 0.5;
const leastContacts = 0.2;
const leastTickets = 2;

const direction = (change: number, least: number): Direction => (change >= least ? 'up' : change <= -least ? 'down' : 'flat');
const trendOf = ({ now, before }: Figure, change: (now: number, before: number) => Direction): Direction | null => (now === null || before === null ? null : change(now, before));
const ofContacts = (now: number, before: number): Direction => direction(now === before ? 0 : (now - before) / Math.max(1, before), leastContacts);
/** Of two Poisson counts. */
const ofTickets = (now: number, before: number): Direction => direction((now - before) / Math.sqrt(Math.max(1, now + before)), leastTickets);
const by = (least: number) => (now: number, before: number): Direction => direction(Math.round((now - before) * 10_000) / 10_000, least);
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10_000) / 10_000 + 0);

/** The five, each with its trend over 28 days, in the words of one account (`null`) or of a book of so many. */
export function leadingIndicatorsOf(figures: LeadingFigures, accounts: number | null): LeadingIndicator[] {
  const { plan, active, byRole, tickets, executive, sentiment } = figures;
  const one = (id: LeadingIndicator['id'], unit: LeadingIndicator['unit'], { now, before }: Figure, trend: Direction | null, better: 'up' | 'down'): LeadingIndicator => {
    const [value, then] = [rounded(now), rounded(before)];
    return { id, unit, value, before: then, trend, better, text: words.leading[id](value, then, accounts) };
  };
  return [
    one('plan_progress', 'share', plan, trendOf(plan, by(leastShare)), 'up'),
    {
      ...one('usage_by_role', 'contacts', active, trendOf(active, ofContacts), 'up'),
      byRole: byRole.map(({ role, now, before }) => ({ role, value: now, before, trend: trendOf({ now, before }, ofContacts) })),
    },
    one('ticket_trend', 'tickets', tickets, trendOf(tickets, ofTickets), 'down'),
    one('executive_contact', 'share', executive, trendOf(executive, by(leastShare)), 'up'),
    one('stakeholder_sentiment', 'of 10', sentiment, trendOf(sentiment, by(leastAnswer)), 'up'),
  ];
}
