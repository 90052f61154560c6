import { businessCalendar, daysBefore, type Holidays } from './business-calendar.js';

const newYear: Holidays = (country, year) => new Set(country === 'DE' ? [`${year}-01-01`] : []);
const calendar = (country: string | null, timeZone: string | null = null) => businessCalendar({ country, timeZone }, newYear);

describe('business days', () => {
  it.each([
    ['the next one after a Friday is Monday', 'after', null, '2026-11-20', 1, '2026-11-23'],
    ['the first after a Saturday is Monday', 'after', null, '2026-11-21', 1, '2026-11-23'],
    ['none after a Saturday rolls to Monday', 'after', null, '2026-11-21', 0, '2026-11-23'],
    ['none after a Tuesday stays', 'after', null, '2026-11-24', 0, '2026-11-24'],
    ['ten are two weeks', 'after', null, '2026-11-24', 10, '2026-12-08'],
    ['a holiday of the country does not count', 'after', 'DE', '2026-12-31', 1, '2027-01-04'],
    ['a holiday of another country does', 'after', 'FR', '2026-12-31', 1, '2027-01-01'],
    ['lower case names the same country', 'after', 'de', '2026-12-31', 1, '2027-01-04'],
    ['one before a Saturday is Friday', 'before', null, '2027-01-30', 1, '2027-01-29'],
    ['five before a Saturday', 'before', null, '2027-01-30', 5, '2027-01-25'],
    ['back over the new year', 'before', 'DE', '2027-01-04', 1, '2026-12-31'],
    ['Friday and Saturday are free in Israel', 'after', 'IL', '2026-11-19', 1, '2026-11-22'],
  ] as const)('%s', (_, way, country, day, count, expected) => {
    expect(calendar(country)[way](day, count)).toBe(expected);
  });

  it('begins and names days in the zone of the account', () => {
    expect(calendar(null, 'America/New_York').dayOf('2026-11-23T03:00:00.000Z')).toBe('2026-11-22');
    expect(calendar(null, 'America/New_York').startOf('2026-11-23')).toBe('2026-11-23T05:00:00.000Z');
    // The clocks go forward at midnight: the day begins at one.
    expect(calendar(null, 'Africa/Cairo').startOf('2026-04-24')).toBe('2026-04-23T22:00:00.000Z');
    expect(calendar(null, 'Not/AZone').startOf('2026-11-23')).toBe('2026-11-23T00:00:00.000Z');
  });

  it('says so when a calendar leaves no business day', () => {
    const always: Holidays = () => ({ has: () => true }) as unknown as ReadonlySet<string>;
    expect(() => businessCalendar({ country: 'DE', timeZone: null }, always).after('2026-01-01', 1)).toThrow('no business day');
  });

  it('counts calendar days over a leap day', () => {
    expect(daysBefore('2028-03-01', 1)).toBe('2028-02-29');
    expect(daysBefore('2027-03-31', 60)).toBe('2027-01-30');
  });
});
