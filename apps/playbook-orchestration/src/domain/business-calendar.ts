import { Temporal } from 'temporal-polyfill';

/** Public holidays (ISO days) of a country (ISO 3166 alpha-2) that touch `year`; empty where none are known. */
export type Holidays = (country: string, year: number) => ReadonlySet<string>;

/** Where an account works: decides which days count and when a day begins. */
export interface Locale {
  readonly country: string | null;
  readonly timeZone: string | null;
}

/** Bounds the search for a business day: no calendar has this many days off in a row. */
const longestBreak = 60;

/** Business days of one account. Days are ISO days, instants RFC 3339 in UTC. */
export interface BusinessCalendar {
  /** The account's calendar day at an instant. */
  dayOf(instant: string): string;
  /** The instant at which a day begins in the account's time zone. */
  startOf(day: string): string;
  isBusinessDay(day: string): boolean;
  /** The `count`-th business day after `day`, from 1; 0 gives `day` itself or the first business day after it. */
  after(day: string, count: number): string;
  /** The `count`-th business day before `day`, from 1; 0 gives `day` itself or the last business day before it. */
  before(day: string, count: number): string;
}

export function businessCalendar(locale: Locale, holidays: Holidays): BusinessCalendar {
  const timeZone = knownTimeZone(locale.timeZone);
  const country = locale.country?.trim().toUpperCase() ?? null;
  const weekend = weekendOf(country);

  const isHoliday = (day: number) => {
    if (country === null) return false;
    const iso = isoDay(day);
    return holidays(country, Number(iso.slice(0, 4))).has(iso);
  };
  const isFree = (day: number) => weekend.includes(weekdayOf(day)) || isHoliday(day);
  const move = (from: string, count: number, direction: 1 | -1) => {
    let day = dayNumber(from);
    if (count === 0 && !isFree(day)) return from;
    for (let left = Math.max(1, count), free = 0; left > 0; ) {
      day += direction;
      if (!isFree(day)) [left, free] = [left - 1, 0];
      else if (++free > longestBreak) throw new RangeError(`no business day within ${longestBreak} days of ${isoDay(day)}: check the holidays of ${country ?? 'no country'}`);
    }
    return isoDay(day);
  };

  return {
    dayOf: (instant) => Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString(),
    startOf: (day) => wireInstant(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).toInstant()),
    isBusinessDay: (day) => !isFree(dayNumber(day)),
    after: (day, count) => move(day, count, 1),
    before: (day, count) => move(day, count, -1),
  };
}

/** `count` calendar days before `day`. */
export function daysBefore(day: string, count: number): string {
  return isoDay(dayNumber(day) - count);
}

// Walking days one by one through Temporal costs twenty times as much; in UTC every day has 24 hours.
const dayMs = 86_400_000;
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
const isoDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
/** ISO weekday, Monday 1; day 0 was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** RFC 3339 in UTC with milliseconds, as all instants on the wire. */
function wireInstant(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 3 });
}

/** An unknown zone must not stop an account's work: its days are then UTC days. */
function knownTimeZone(name: string | null): string {
  try {
    return name === null ? 'UTC' : Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return 'UTC';
  }
}

/** ISO weekdays that are free (CLDR week data of the runtime); Saturday and Sunday where the country is unknown. */
function weekendOf(country: string | null): readonly number[] {
  if (country === null || !/^[A-Z]{2}$/.test(country)) return [6, 7];
  // Not yet in TypeScript's library: https://tc39.es/proposal-intl-locale-info/
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getWeekInfo?: () => { weekend: number[] } };
  return locale.getWeekInfo?.().weekend ?? [6, 7];
}
