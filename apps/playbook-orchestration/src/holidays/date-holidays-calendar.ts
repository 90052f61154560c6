import { Injectable } from '@nestjs/common';
import type Library from 'date-holidays';
import { HolidayCalendar } from '../application/holiday-calendar.js';

type Country = InstanceType<typeof Library>;


const dayMs = 86_400_000;
const none: ReadonlySet<string> = new Set();

/**
 * Public holidays by date-holidays (bank holidays are working days for most: half of Christmas Eve in Germany). The library costs 40 MB and is loaded only once an account with
 * a country is met.
 */
@Injectable()
export class DateHolidaysCalendar extends HolidayCalendar {
  private library: Promise<typeof Library> | null = null;
  private readonly countries = new Map<string, Country>();
  private readonly years = new Map<string, ReadonlySet<string>>();

  async prepare(countries: Iterable<string>): Promise<void> {
    const missing = [...new Set(countries)].map((country) => country.trim().toUpperCase()).filter((country) => !this.countries.has(country));
    if (missing.length === 0) return;
    this.library ??= import('date-holidays').then((module) => module.default);
    const Holidays = await this.library;
    for (const country of missing) this.countries.set(country, new Holidays(country));
  }

  daysOff(country: string, year: number): ReadonlySet<string> {
    const key = `${country} ${year}`;
    let days = this.years.get(key);
    if (!days) this.years.set(key, (days = this.read(country, year)));
    return days;
  }

  private read(country: string, year: number): ReadonlySet<string> {
    const known = this.countries.get(country);
    if (!known) throw new Error(`the holidays of ${country} were not prepared`);
    // A country the library does not know has none at all: its weekends still count.
    const days = known.getHolidays(year).filter((holiday) => holiday.type === 'public').flatMap(({ date, start, end }) => {
      // The library names the day of the country; the instants only tell how many days it lasts.
      const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
      const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / dayMs));
      return Array.from({ length: count }, (_, n) => new Date(first + n * dayMs).toISOString().slice(0, 10));
    });
    return days.length > 0 ? new Set(days) : none;
  }
}
