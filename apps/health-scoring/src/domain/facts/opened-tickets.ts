import { dayOf, type EpochDay } from '../time/day.js';
import type { Mark } from './mark.js';
import { addTo, emptyRing, type Ring } from './ring.js';

/** How many tickets were opened on each day. One that is forgotten stays counted. */
export interface OpenedTickets {
  /** Day of the first ticket; null without any. */
  firstDay: EpochDay | null;
  /** Its newest day is that of the newest word on a ticket. */
  days: Ring;
}

/** Twice the 20 weeks that can be looked at, one more for the look before, the one under way, and a fortnight of lateness. */
export const openedDays = 44 * 7;

export const emptyOpened = (): OpenedTickets => ({ firstDay: null, days: emptyRing(openedDays) });

/** Takes note of a word on a ticket: `before` is when it was opened as far as was known, null for one that nobody had told of, and `after` is when it was as is known now. */
export function countOpened(opened: OpenedTickets, word: Mark, before: Mark | null, after: Mark): void {
  addTo(opened.days, dayOf(word.at), 0);
  if (before !== null) addTo(opened.days, dayOf(before.at), -1);
  const day = dayOf(after.at);
  addTo(opened.days, day, 1);
  if (opened.firstDay === null || day < opened.firstDay) opened.firstDay = day;
}
