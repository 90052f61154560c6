import { earlierEnds, lastYearsNumber, median, ownReference } from './usage-windows.js';

describe('the windows that one of four weeks is held against', () => {
  it('end a week apart, overlap it nowhere and lie within 26 weeks', () => {
    // Weeks 97 to 100 are judged: of the 22 weeks 75 to 96 before them every four in a row count.
    expect(earlierEnds(100, 0)).toEqual([96, 95, 94, 93, 92, 91, 90, 89, 88, 87, 86, 85, 84, 83, 82, 81, 80, 79, 78]);
  });

  it('do not reach back before the history', () => {
    expect(earlierEnds(100, 92)).toEqual([96, 95]);
    expect([earlierEnds(100, 93), earlierEnds(100, 94), earlierEnds(100, 100)]).toEqual([[96], [], []]);
  });
});

describe('what a number is held against', () => {
  /** 10 a week more from week to week, so that each window tells which it was. */
  const rising = (end: number): number => 10 * end;

  it('is that of the same weeks of last year, from the first history on that holds all four of them', () => {
    expect([lastYearsNumber(rising, 100, 45), lastYearsNumber(rising, 100, 46)]).toEqual([480, null]);
    expect([ownReference(rising, 100, 45), ownReference(rising, 100, 46)]).toEqual([480, 870]);
  });

  it('is the median of earlier windows where there was no use a year ago, and nothing without any', () => {
    expect(ownReference((end) => (end === 48 ? 0 : rising(end)), 100, 0)).toBe(870);
    expect([ownReference(rising, 100, 92), ownReference(rising, 100, 94)]).toEqual([955, null]);
  });
});

describe('a median', () => {
  it.each([
    [[], 0],
    [[7], 7],
    [[9, 100, 10], 10],
    [[4, 1, 3, 2], 2.5],
    [[5, 1, 5, 0, 2, 0, 9], 2],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('leaves the values as they are', () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });
});
