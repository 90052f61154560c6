import { Temporal } from 'temporal-polyfill';

/** ISO 8601 calendar day, `2027-01-30`. Days compare as text: `a < b` means a is earlier. */
export type Day = string;

/** The UTC day on which an RFC 3339 instant falls. */
export function dayOf(instant: string): Day {
  return Temporal.Instant.from(instant).toZonedDateTimeISO('UTC').toPlainDate().toString();
}

/** First instant of a day in UTC, RFC 3339 with milliseconds. */
export function startOf(day: Day): string {
  return `${day}T00:00:00.000Z`;
}

/** The day `days` later (earlier when negative). */
export function addDays(day: Day, days: number): Day {
  return written(Temporal.PlainDate.from(day).add({ days }));
}

/** The day `months` later; a day that month does not have becomes its last one (31 January + 1 = 28 or 29 February). */
export function addMonths(day: Day, months: number): Day {
  return written(Temporal.PlainDate.from(day).add({ months }, { overflow: 'constrain' }));
}

/** Four digits of year only: "9999-12-31" is used for "without end", and days must go on comparing as text. */
function written(date: Temporal.PlainDate): Day {
  if (date.year > 9999) return '9999-12-31';
  return date.year < 1 ? '0001-01-01' : date.toString();
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
}

/** Calendar months between two days when `to` is exactly `from` plus whole months, else null. */
export function wholeMonthsBetween(from: Day, to: Day): number | null {
  const a = Temporal.PlainDate.from(from);
  const b = Temporal.PlainDate.from(to);
  const months = (b.year - a.year) * 12 + b.month - a.month;
  return months > 0 && addMonths(from, months) === to ? months : null;
}

export function earlierDay(a: Day, b: Day): Day {
  return a < b ? a : b;
}

export function laterDay(a: Day, b: Day): Day {
  return a > b ? a : b;
}
