import { useByDay, useByWeek } from '../facts/fold-usage.js';
import { weekOf, firstDayOf } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { contactReferenceAt, firstFullWeek, referenceAt } from './usage-track.js';
import { yearWeeks } from './usage-windows.js';

/** Use of the last 28 completed days against what is usual for this account. Totals are in thousandths of an event. */
export interface UsageView {
  /** Days of history up to the last completed day; 0 without any use. */
  readonly historyDays: number;
  readonly total: number;
  /** Total of the 28 days before those. */
  readonly earlierTotal: number;
  readonly reference: number | null;
  /** total / reference; null without one. */
  readonly level: number | null;
  /** Contacts active in the last 28 days, and usually. */
  readonly contacts: number;
  readonly contactReference: number | null;
  /** Last completed day. */
  readonly end: EpochDay;
}

const windowDays = 28;

/** The references are those of the track while a fall is raised, else of the last completed account-week. */
export function usageViewOf(view: AccountView): UsageView {
  const { usage, cohort } = view.facts;
  const track = view.state.memory.usageTrack;
  const end = view.dayFor('usage') - 1;
  const total = useByDay(usage, end - windowDays + 1, end);
  const earlierTotal = useByWeek(usage, end - 2 * windowDays + 1, end - windowDays, view.weekday);
  const first = firstFullWeek(usage, view.weekday);
  const historyDays = usage.firstDay === null ? 0 : Math.max(0, end - usage.firstDay + 1);
  const contacts = view.activeContacts(windowDays);
  if (first === null) return { historyDays, total, earlierTotal, reference: null, level: null, contacts, contactReference: null, end };

  const week = weekOf(end + 1, view.weekday) - 1;
  let reference = track.raised?.reference ?? referenceAt(usage, week, first, track);
  if (track.raised === null && reference !== null && firstDayOf(first, view.weekday) <= end - 7 * yearWeeks - windowDays + 1 && track.accepted === null) {
    const lastYear = useByWeek(usage, end - 7 * yearWeeks - windowDays + 1, end - 7 * yearWeeks, view.weekday);
    if (lastYear > 0) reference = lastYear;
  }
  const contactReference = track.raised?.contacts ?? contactReferenceAt(cohort, week, first, track);
  return { historyDays, total, earlierTotal, reference, level: reference !== null && reference > 0 ? total / reference : null, contacts, contactReference, end };
}
