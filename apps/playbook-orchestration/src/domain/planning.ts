import { daysBefore, type BusinessCalendar } from './business-calendar.js';
import type { Due, Until } from './playbook-document.js';
import type { Thread } from './run.js';

/**
 * Due day of a task opened on `openedOn`. What was to be done before it could be opened is due at once:
 * on the day of opening or the next business day, yet never after the notice date because of that.
 */
export function dueDay(due: Due, thread: Thread, openedOn: string, calendar: BusinessCalendar): string {
  const { noticeOn } = thread.facts;
  if ('businessDaysAfterTrigger' in due) return later(calendar.after(thread.raisedOn, due.businessDaysAfterTrigger), calendar.after(openedOn, 0));
  const planned = calendar.before(noticeOn ?? thread.raisedOn, due.businessDaysBeforeNotice);
  if (planned >= openedOn) return planned;
  const soonest = calendar.after(openedOn, 0);
  return noticeOn !== undefined && soonest > noticeOn ? openedOn : soonest;
}

/** Instant at which a wait begun at `from` ends: the start of a day of the account. */
export function waitEnd(until: Until, thread: Thread, from: string, calendar: BusinessCalendar): string {
  if ('businessDaysLater' in until) return calendar.startOf(calendar.after(calendar.dayOf(from), until.businessDaysLater));
  return calendar.startOf(daysBefore(thread.facts.noticeOn ?? thread.raisedOn, until.daysBeforeNotice));
}

/** ISO days compare as text. */
function later(a: string, b: string): string {
  return a > b ? a : b;
}
