/** Where public holidays come from. */
export abstract class HolidayCalendar {
  /** Has to be called with the countries concerned (ISO 3166 alpha-2) before their days are asked for. */
  abstract prepare(countries: Iterable<string>): Promise<void>;
  /** ISO days of public holidays of a prepared country (upper case) in a year; none where unknown. */
  abstract daysOff(country: string, year: number): ReadonlySet<string>;
}
