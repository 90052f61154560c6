import { useByDay, useByWeek } from '../facts/fold-usage.js';
import { countAt } from '../facts/ring.js';
import { firstDayOf, weekOf } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { contactReferenceAt, firstFullWeek, isByYear, referenceAt } from './usage-track.js';
import { windowTotal } from './usage-windows.js';

/** Use of 28 completed days against what is usual for this account. Totals are in thousandths of an event. */
export interface UsageView {
  /** Days of history up to the last completed day; 0 without any use. */
  readonly historyDays: number;
  /** Held against the same weeks of last year: the 28 days are the last four completed account-weeks, else the last completed days. */
  readonly isByYear: boolean;
  /** Last of the 28 days. */
  readonly end: EpochDay;
  readonly total: number;
  /** Total of the 28 days before those. */
  readonly earlierTotal: number;
  readonly reference: number | null;
  /** total / reference; null without one. */
  readonly level: number | null;
  /** Contacts active in 28 days, and usually. */
  readonly contacts: number;
  readonly contactReference: number | null;
}

const windowDays = 28;

/**
 * The references are those of the track while a fall is raised, else of the last completed account-week. Last year's use is kept by account-week
 * only, so this year's is then counted by account-week too: by days on one side alone the edges of a season would not meet.
 */
export function usageViewOf(view: AccountView): UsageView {
  const { usage, cohort } = view.facts;
  const track = view.state.memory.usageTrack;
  const today = view.dayFor('usage');
  const first = firstFullWeek(usage, view.weekday);
  const week = weekOf(today, view.weekday) - 1;
  const byYear = first !== null && track.raised === null && isByYear(usage, week, first, track);
  const end = byYear ? firstDayOf(week + 1, view.weekday) - 1 : today - 1;
  // Weeks are kept for longer than days, so that days of before can be read again too.
  const total = byYear ? windowTotal(usage.weeks, week) : useByDay(usage, end - windowDays + 1, end);
  const reference = first === null ? null : (track.raised?.reference ?? referenceAt(usage, week, first, track));
  return {
    historyDays: usage.firstDay === null ? 0 : Math.max(0, today - usage.firstDay),
    isByYear: byYear,
    end,
    total,
    earlierTotal: useByWeek(usage, end - 2 * windowDays + 1, end - windowDays, view.weekday),
    reference,
    level: reference !== null && reference > 0 ? total / reference : null,
    contacts: byYear ? countAt(cohort.activeInFourWeeks, week) : view.activeContacts(windowDays),
    contactReference: first === null ? null : (track.raised?.contacts ?? contactReferenceAt(cohort, week, first, track)),
  };
}
