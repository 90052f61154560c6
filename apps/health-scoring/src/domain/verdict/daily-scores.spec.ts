import { initialState } from '../account-health.js';
import { noteDailyScore } from './daily-scores.js';

const noted = (days: readonly (readonly [day: number, healthBp: number | null])[]): (number | null)[] => {
  const { memory } = initialState('a');
  return days.map(([day, healthBp]) => noteDailyScore(memory, day, healthBp)).at(-1)!;
};
const run = (from: number, to: number): [number, number][] => Array.from({ length: to - from + 1 }, (_, i) => [from + i, (from + i) * 10]);

describe('the scores of the last days', () => {
  it.each<[string, [number, number | null][], (number | null)[]]>([
    ['the first day stands alone', [[100, 7050]], [70.5]],
    ['one a day, newest last', [[100, 7050], [101, 6000], [102, 6100]], [70.5, 60, 61]],
    ['the last look of a day stays', [[100, 7050], [101, 6000], [101, 5000]], [70.5, 50]],
    ['days without a look have none, nor have those without a score', [[100, 7050], [103, 6000], [104, null]], [70.5, null, null, 60, null]],
    ['after 33 days the first is still there', [[100, 7050], [133, 6000]], [70.5, ...Array.from({ length: 32 }, () => null), 60]],
    ['after 34 days they begin anew', [[100, 7050], [134, 6000]], [60]],
    ['a look that comes late counts for the newest day', [[100, 7050], [101, 6000], [100, 5000], [102, 4000]], [70.5, 50, 40]],
  ])('%s', (_, days, scores) => expect(noted(days)).toEqual(scores));

  it('34 are kept, the oldest goes first', () => {
    const all = (from: number, to: number): number[] => run(from, to).map(([, bp]) => bp / 100);
    expect(noted(run(100, 133))).toEqual(all(100, 133));
    expect(noted(run(100, 134))).toEqual(all(101, 134));
    expect(noted([...run(100, 133), [136, 1000]])).toEqual([...all(103, 133), null, null, 10]);
  });
});
