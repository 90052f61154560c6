import { readCell } from './read-cell.js';
import { readDay, readInstant } from './read-date.js';
import { minorUnits, plainDecimal } from './read-number.js';

describe('numbers as spreadsheets write them', () => {
  it.each([
    ['1234.5', '1234.5'], ['1,234.50', '1234.50'], ['1.234,50', '1234.50'], ['1 234,5', '1234.5'], ["1'234.5", '1234.5'], ['1234,5', '1234.5'], ['1,234,567', '1234567'],
    ['$12,000.00', '12000.00'], ['12 000 €', '12000'], ['-3', '-3'], ['0,125', { problem: expect.stringContaining('without the comma') }],
    ['1,234', { problem: expect.stringContaining('without the comma') }], ['1,23,4', { problem: expect.any(String) }], ['1.2.3', { problem: expect.any(String) }], ['abc', { problem: expect.any(String) }], ['1e5', { problem: expect.any(String) }],
  ])('%s', (text, expected) => expect(plainDecimal(text)).toEqual(expected));

  it.each([['12000', 'EUR', 1_200_000], ['0.1', 'USD', 10], ['19.99', 'USD', 1999], ['-2.5', 'USD', -250], ['500', 'JPY', 500], ['1.2345', 'KWD', { problem: expect.any(String) }], ['1.999', 'USD', { problem: expect.any(String) }], ['9007199254740993', 'USD', { problem: 'is too large' }]])(
    'money %s %s', (text, currency, expected) => expect(minorUnits(text, currency)).toEqual(expected),
  );
});

describe('dates', () => {
  const at = (text: string, order: 'dmy' | 'mdy' | null = null) => {
    const found = readInstant(text, order);
    return typeof found === 'number' ? new Date(found).toISOString() : found.problem;
  };
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'], ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'], ['2026-01-31T09:30:00+02:00', '2026-01-31T07:30:00.000Z'], ['2026-01-31 09:30:00 UTC', '2026-01-31T09:30:00.000Z'],
    ['31.01.2026', '2026-01-31T00:00:00.000Z'], ['1.2.2026 7:05', '2026-02-01T07:05:00.000Z'], ['1769851800', '2026-01-31T09:30:00.000Z'], ['1769851800000', '2026-01-31T09:30:00.000Z'], ['31/01/2026', '2026-01-31T00:00:00.000Z'], ['01/31/2026', '2026-01-31T00:00:00.000Z'],
  ])('%s', (text, expected) => expect(at(text)).toBe(expected));

  it('asks where day and month cannot be told apart, and follows what was said', () => {
    expect(at('03/04/2026')).toContain('may be two days');
    expect(at('03/04/2026', 'dmy')).toBe('2026-04-03T00:00:00.000Z');
    expect(at('03/04/2026 1:30 PM', 'mdy')).toBe('2026-03-04T13:30:00.000Z');
    expect(at('12/31/2026 12:05 am', 'mdy')).toBe('2026-12-31T00:05:00.000Z');
    expect(at('31/12/2026', 'mdy')).toContain('no day of the calendar');
    expect(at('30.02.2026')).toContain('no day of the calendar');
    expect(readDay('2026-02-03T23:00:00Z', null)).toBe('2026-02-03');
    expect(at('yesterday')).toContain('is no date');
  });
});

describe('cells', () => {
  const priority = { is: 'enum', values: ['low', 'normal', 'high', 'urgent'] } as const;
  const roles = { is: 'enums', values: ['executive_sponsor', 'champion'] } as const;
  it('knows other words for the same, and lists', () => {
    expect(readCell('Critical', 'priority', priority, null)).toBe('urgent');
    expect(readCell('P9', 'priority', priority, null)).toEqual({ problem: 'is none of low, normal, high, urgent' });
    expect(readCell('Sponsor; champion', 'roles', roles, null)).toEqual(['executive_sponsor', 'champion']);
    expect(readCell('Sponsor; boss', 'roles', roles, null)).toEqual({ problem: 'is none of executive_sponsor, champion' });
    expect(readCell('Ann@X.com, u7', 'attendees', { is: 'people' }, null)).toEqual([{ personId: 'email:ann@x.com' }, { personId: 'u7' }]);
    expect(readCell('Yes', 'complaint', { is: 'boolean' }, null)).toBe(true);
  });
  it('takes typed values as they are, empty ones for nothing, and refuses what it cannot read', () => {
    expect(readCell(5, 'quantity', { is: 'number' }, null)).toBe(5);
    expect([readCell('', 'x', { is: 'text' }, null), readCell('  ', 'x', { is: 'number' }, null), readCell(null, 'x', { is: 'text' }, null)]).toEqual([undefined, undefined, undefined]);
    expect(readCell({ a: 1 }, 'x', { is: 'text' }, null)).toEqual({ problem: 'must be one value, not an object' });
    expect(readCell('M\uFFFDller', 'name', { is: 'text' }, null)).toEqual({ problem: expect.stringContaining('encoding') });
  });
});
