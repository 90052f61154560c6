import { DateHolidaysCalendar } from './date-holidays-calendar.js';

describe('public holidays', () => {
  const calendar = new DateHolidaysCalendar();
  beforeAll(() => calendar.prepare(['us', ' DE ', 'GB', 'AE', 'IL', 'Atlantis']));

  it.each([
    ['DE', '2026-12-25', true],
    ['DE', '2026-12-24', false],
    ['US', '2026-11-26', true],
    ['US', '2026-12-26', false],
    // Observed on the Monday after.
    ['GB', '2026-12-28', true],
    // Three days; it begins at sunset of the day before.
    ['AE', '2026-03-19', false],
    ['AE', '2026-03-20', true],
    ['AE', '2026-03-22', true],
    ['AE', '2026-03-23', false],
    ['IL', '2026-09-21', true],
  ])('%s on %s: %s', (country, day, free) => {
    expect(calendar.daysOff(country, 2026).has(day)).toBe(free);
  });

  it('knows none of an unknown country, and says when one was not prepared', () => {
    expect(calendar.daysOff('ATLANTIS', 2026).size).toBe(0);
    expect(() => calendar.daysOff('FR', 2026)).toThrow('not prepared');
  });
});
