import fc from 'fast-check';
import { eventTime, parseInstant } from './event-time.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const minute = 60_000;

describe('corrected time', () => {
  it('does not depend on how wrong the sender\'s clock is', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 * day }), fc.integer({ min: -9000 * day, max: 9000 * day }), (age, offset) => {
        const right = eventTime({ receivedAt, original: receivedAt - age, sentAt: receivedAt });
        const wrong = eventTime({ receivedAt, original: receivedAt - age + offset, sentAt: receivedAt + offset });
        expect(wrong).toEqual(right);
        expect(right).toEqual({ occurredAt: receivedAt - age, clamped: false });
      }),
    );
  });

  it('clamps what lies more than 5 min ahead, and says so', () => {
    expect(eventTime({ receivedAt, original: receivedAt + 5 * minute, sentAt: null })).toEqual({ occurredAt: receivedAt + 5 * minute, clamped: false });
    expect(eventTime({ receivedAt, original: receivedAt + 5 * minute + 1, sentAt: null })).toEqual({ occurredAt: receivedAt, clamped: true });
  });

  it.each(['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '9999-01-01T00:00:00Z', '2027-03-04T09:00:00Z'])('refuses %s', (text) => {
    expect(eventTime({ receivedAt, original: parseInstant(text), sentAt: null })).toMatchObject({ code: 'timestamp_out_of_range' });
  });

  it('is the receipt where none is given', () => {
    expect(eventTime({ receivedAt, original: null, sentAt: receivedAt - minute })).toEqual({ occurredAt: receivedAt, clamped: false });
  });
});

describe('instants', () => {
  it.each([
    ['2026-01-31T09:30:00.123456Z', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31T09:30:00+02:00', '2026-01-31T07:30:00.000Z'],
    ['2026-01-31T09:30:00-0130', '2026-01-31T11:00:00.000Z'],
    ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(new Date(parseInstant(text) ?? NaN).toISOString()).toBe(iso);
  });

  it.each(['', 'yesterday', '2026-02-30T00:00:00Z', '2025-02-29', '2026-13-01', '2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z', 1_767_225_600_000, null])('refuses %p', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('agrees with the platform on every instant it writes', () => {
    fc.assert(fc.property(fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 0)), noInvalidDate: true }), (date) => expect(parseInstant(date.toISOString())).toBe(date.getTime())));
  });
});
