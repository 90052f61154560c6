import { Temporal } from 'temporal-polyfill';

/** A UTC calendar day as the number of days since 1970-01-01. */
export type EpochDay = number;
/** An instant in milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

export const dayMs = 86_400_000;

/** The UTC day in which `at` lies. */
export const dayOf = (at: EpochMs): EpochDay => Math.floor(at / dayMs);

/** 00:00 UTC of `day`. */
export const startOf = (day: EpochDay): EpochMs => day * dayMs;

/** ISO date of `day`, e.g. `2026-03-31`. */
export const isoDay = (day: EpochDay): string => isoInstant(startOf(day)).slice(0, 10);

/** RFC 3339 in UTC with milliseconds. */
export const isoInstant = (at: EpochMs): string => new Date(at).toISOString();

/** The day written as an ISO date. Throws RangeError on anything else. */
export const parseDay = (iso: string): EpochDay => dayOf(Temporal.PlainDate.from(iso).toZonedDateTime('UTC').epochMilliseconds);

/** The instant written as RFC 3339 (an offset is allowed). Throws RangeError on anything else. */
export function parseInstant(text: string): EpochMs {
  const at = Date.parse(text);
  return Number.isNaN(at) ? Temporal.Instant.from(text).epochMilliseconds : at;
}

/** Monday to Friday; holidays differ by country and are left to the tasks. 1970-01-01 was a Thursday. */
const isBusinessDay = (day: EpochDay): boolean => {
  const weekday = (((day + 3) % 7) + 7) % 7;
  return weekday < 5;
};

/** The `count`-th business day after `day`. */
export function addBusinessDays(day: EpochDay, count: number): EpochDay {
  let left = count;
  let at = day;
  while (left > 0) {
    at += 1;
    if (isBusinessDay(at)) left -= 1;
  }
  return at;
}

/** The instant when `ms` milliseconds of Monday to Friday (UTC) have passed since `from`. */
export function afterWeekdayTime(from: EpochMs, ms: number): EpochMs {
  let at = from;
  let left = ms;
  for (;;) {
    const day = dayOf(at);
    const room = startOf(day + 1) - at;
    if (isBusinessDay(day)) {
      if (left <= room) return at + left;
      left -= room;
    }
    at += room;
  }
}
