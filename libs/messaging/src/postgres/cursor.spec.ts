import { Cursor } from './cursor.js';

const record = (offset: bigint, ms: number) => ({ offset, timestamp: new Date(ms), key: 'a', value: null, headers: {} });

describe('Cursor', () => {
  it('does not let an answer asked for earlier hide a commit', () => {
    const cursor = new Cursor(0, 8n, { low: 0n, high: 8n });
    cursor.appended(10n, 100, []);
    cursor.hear({ low: 0n, high: 8n }, 99);
    expect(cursor.hasWork).toBe(true);
    cursor.take({ partition: 0, low: 0n, high: 9n, records: [] }, 99);
    expect(cursor.high).toBe(10n);
  });

  it('believes an answer asked for later, also when the log became shorter', () => {
    const cursor = new Cursor(0, 8n, { low: 0n, high: 8n });
    cursor.appended(10n, 100, []);
    cursor.hear({ low: 0n, high: 3n }, 101);
    expect(cursor.high).toBe(3n);
    expect(cursor.hasWork).toBe(true);
    expect(cursor.isOutside(cursor)).toBe(true);
  });

  it('hands on what was appended here to a consumer that keeps up, and has the rest read', () => {
    const cursor = new Cursor(0, 8n, { low: 0n, high: 8n });
    cursor.appended(10n, 1, [record(8n, 0), record(9n, 0)]);
    cursor.appended(11n, 2, [record(10n, 0)]);
    expect(cursor.takeAhead()).toBe(true);
    expect(cursor.pending).toMatchObject({ partition: 0, low: 0n, high: 11n });
    expect(cursor.pending?.records.map(({ offset }) => offset)).toEqual([8n, 9n, 10n]);
    expect(cursor.takeAhead()).toBe(false);

    // Two commits told in the wrong order, then one of another process in between.
    cursor.position = 11n;
    cursor.appended(14n, 3, [record(13n, 0)]);
    cursor.appended(13n, 4, [record(12n, 0)]);
    expect(cursor.takeAhead()).toBe(false);
    cursor.position = 12n;
    expect(cursor.takeAhead()).toBe(true);
    expect(cursor.pending?.records.map(({ offset }) => offset)).toEqual([12n]);
    expect(cursor.high).toBe(14n);
  });

  it('keeps no more ahead than a consumer that keeps up needs, and nothing of a log that became shorter', () => {
    const cursor = new Cursor(0, 0n, { low: 0n, high: 0n });
    for (let n = 0n; n < 600n; n++) cursor.appended(n + 1n, 1, [record(n, 0)]);
    expect(cursor.takeAhead()).toBe(false);
    cursor.position = 600n;
    cursor.appended(601n, 2, [record(600n, 0)]);
    cursor.hear({ low: 0n, high: 600n }, 3);
    expect(cursor.takeAhead()).toBe(false);
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
