import fc from 'fast-check';
import { rhythmOf, type Rhythm } from './source-rhythm.js';

const hourMs = 3_600_000;
/** Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 0, 5);
const at = (day: number, hour: number) => monday + (day * 24 + hour) * hourMs;
const days = (count: number, hours: readonly number[], fits: (weekday: number) => boolean = () => true) =>
  Array.from({ length: count }, (_, day) => day).filter((day) => fits(day % 7)).flatMap((day) => hours.map((hour) => at(day, hour)));
const allDay = Array.from({ length: 24 }, (_, hour) => hour);
const office = [8, 9, 10, 11, 12, 13, 14, 15, 16];
const quietAfterHours = (rhythm: Rhythm, last: number) => (rhythm.kind === 'regular' ? (rhythm.quietAt - last) / hourMs - 1 : rhythm.kind);

describe('the rhythm of a source', () => {
  it('is not known before it was seen for a week', () => {
    expect(rhythmOf([]).kind).toBe('learning');
    expect(rhythmOf(days(6, allDay)).kind).toBe('learning');
    expect(rhythmOf(days(8, allDay)).kind).toBe('regular');
  });

  it('of a product used around the clock is broken by three silent hours', () => {
    expect(quietAfterHours(rhythmOf(days(28, allDay)), at(27, 23))).toBe(3);
  });

  it('of office hours knows nights and weekends', () => {
    const weekdays = days(26, office, (weekday) => weekday < 5);
    // The last receipt is on Friday at 16:00: nothing is expected until Monday at 8:00.
    const rhythm = rhythmOf(weekdays);
    if (rhythm.kind !== 'regular') throw new Error(rhythm.kind);
    expect(new Date(rhythm.quietAt).getUTCDay()).toBe(1);
    expect(new Date(rhythm.quietAt).getUTCHours()).toBeGreaterThanOrEqual(10);
    expect(new Date(rhythm.quietAt).getUTCHours()).toBeLessThanOrEqual(13);
  });

  it('of one batch a night is broken by days, not hours', () => {
    const hours = quietAfterHours(rhythmOf(days(28, [2])), at(27, 2));
    expect(hours).toBeGreaterThan(48);
    expect(hours).toBeLessThan(24 * 7);
  });

  it('of a few hours in four weeks says nothing', () => {
    expect(rhythmOf([at(0, 3), at(12, 5), at(27, 1)]).kind).toBe('irregular');
  });

  it('calls no source quiet within the silence that it has each week anyway', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 167 }), { minLength: 1, maxLength: 168 }), (hoursOfWeek) => {
      const active = Array.from({ length: 4 }, (_, week) => hoursOfWeek.map((hour) => at(week * 7, hour))).flat();
      const rhythm = rhythmOf(active);
      if (rhythm.kind !== 'regular') return;
      const last = Math.max(...active);
      const next = Math.min(...hoursOfWeek) * hourMs + at(28, 0);
      expect(rhythm.quietAt).toBeGreaterThan(Math.min(next, last + hourMs));
      // At least two hours that are active each week were silent.
      const missed = hoursOfWeek.flatMap((hour) => [at(28, hour), at(35, hour), at(42, hour), at(49, hour)]).filter((hour) => hour + hourMs <= rhythm.quietAt);
      expect(missed.length).toBeGreaterThanOrEqual(2);
    }));
  });
});
