import { Cursor } from './cursor.js';

const record = (offset: bigint, ms: number) => ({ offset, timestamp: new Date(ms), key: 'a', value: null, headers: {} });

describe('Cursor', () => {
  it('does not let an answer asked for earlier hide a commit', () => {
    const cursor = new Cursor(0, 8n, { low: 0n, high: 8n });
    cursor.appended(10n, 100);
    cursor.hear({ low: 0n, high: 8n }, 99);
    expect(cursor.hasWork).toBe(true);
    cursor.take({ partition: 0, low: 0n, high: 9n, records: [] }, 99);
    expect(cursor.high).toBe(10n);
  });

  it('believes an answer asked for later, also when the log became shorter', () => {
    const cursor = new Cursor(0, 8n, { low: 0n, high: 8n });
    cursor.appended(10n, 100);
    cursor.hear({ low: 0n, high: 3n }, 101);
    expect(cursor.high).toBe(3n);
    expect(cursor.hasWork).toBe(true);
    expect(cursor.isOutside(cursor)).toBe(true);
  });

  it('looks again without a time bound when the bound may have hidden records', () => {
    const cursor = new Cursor(0, 0n, { low: 0n, high: 2n });
    expect(cursor.take({ partition: 0, low: 0n, high: 2n, records: [record(0n, 10_000_000)] }, 1)).toBe(true);
    cursor.position = 1n;
    expect(cursor.notBefore).toEqual(new Date(10_000_000 - 3_600_000));
    expect(cursor.take({ partition: 0, low: 0n, high: 2n, records: [] }, 2)).toBe(false);
    expect(cursor.notBefore).toBeNull();
    expect(cursor.take({ partition: 0, low: 0n, high: 2n, records: [] }, 3)).toBe(true);
  });

  it('forgets what was read ahead when told to go elsewhere', () => {
    const cursor = new Cursor(0, 5n, { low: 0n, high: 9n });
    cursor.pending = { partition: 0, low: 0n, high: 9n, records: [record(5n, 0)] };
    cursor.seek(2n);
    expect(cursor).toMatchObject({ position: 2n, pending: null, sought: true, notBefore: null });
  });
});
