import { chanceOf } from '../../../test/planted-terms.js';
import { aucDifference, type ScoredTwice } from './auc-difference.js';
import { aucOf, type Scored } from './auc.js';
import { normalCdf, twoSidedZ } from './normal.js';
import { shareOf } from './share.js';

/** Every pair of a lost and a renewed term, one by one. */
function byPairs(scored: readonly Scored[]): number {
  let won = 0;
  let pairs = 0;
  for (const lost of scored.filter((one) => one.lost)) {
    for (const renewed of scored.filter((one) => !one.lost)) {
      pairs += 1;
      won += lost.score < renewed.score ? 1 : lost.score === renewed.score ? 0.5 : 0;
    }
  }
  return won / pairs;
}

/** Normal scores of so many losses and renewals; those of losses lie `apart` lower. */
function drawn(seed: number, losses: number, renewals: number, apart: number, termsEach = 1): Scored[] {
  const { normal } = chanceOf(seed);
  return Array.from({ length: losses + renewals }, (_, i) => {
    const standing = normal();
    // Terms of one account are alike.
    return Array.from({ length: termsEach }, () => ({ accountId: `a${i}`, lost: i < losses, score: standing + (termsEach > 1 ? 0.2 * normal() : 0) - (i < losses ? apart : 0) }));
  }).flat();
}

describe('the area under the ROC curve', () => {
  it('equals a count of all pairs, ties included', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const scored = drawn(seed, 13, 29, 0.8).map((one) => ({ ...one, score: Math.round(3 * one.score) }));
      expect(aucOf(scored)!.value).toBeCloseTo(byPairs(scored), 12);
    }
    expect(aucOf(drawn(1, 0, 5, 1))).toBeNull();
  });

  it('lies within its interval in 95 of 100 books, be they small or large, weak or strong', () => {
    for (const [losses, renewals, apart] of [[12, 40, 0], [12, 40, 1.5], [40, 300, 0.7], [10, 10, 2.5]] as const) {
      const truth = normalCdf(apart / Math.SQRT2);
      const books = Array.from({ length: 400 }, (_, seed) => aucOf(drawn(seed + 1, losses, renewals, apart))!);
      const covered = books.filter(({ low, high }) => low <= truth && truth <= high).length / books.length;
      expect(covered).toBeGreaterThan(0.92);
      expect(covered).toBeLessThan(0.995);
    }
  }, 120_000);

  it('is not certain where no loss was missed, and many terms of an account say no more than one', () => {
    const perfect = Array.from({ length: 20 }, (_, i) => ({ accountId: `a${i}`, lost: i < 10, score: i }));
    const area = aucOf(perfect)!;
    expect(area).toMatchObject({ value: 1, high: 1 });
    expect(area.low).toBeLessThan(0.9);
    const monthly = Array.from({ length: 200 }, (_, seed) => aucOf(drawn(seed + 1, 15, 40, 0, 12))!);
    expect(monthly.filter(({ low, high }) => low <= 0.5 && 0.5 <= high).length / monthly.length).toBeGreaterThan(0.92);
  });
});

describe('what a second score adds', () => {
  const twice = (seed: number, gain: number, termsEach = 1): ScoredTwice[] =>
    drawn(seed, 40, 160, 0.6, termsEach).map(({ score, ...one }, i) => ({ ...one, before: score, after: score + 0.6 * chanceOf(seed * 1_000 + Math.floor(i / termsEach)).normal() - (one.lost ? gain : 0) }));

  it('equals the difference of two counts of pairs', () => {
    const terms = twice(5, 0.5);
    const area = (score: (term: ScoredTwice) => number): number => byPairs(terms.map((term) => ({ ...term, score: score(term) })));
    expect(aucDifference(terms)!.value).toBeCloseTo(area(({ after }) => after) - area(({ before }) => before), 12);
    expect(aucDifference(terms.map((term) => ({ ...term, after: term.before })))).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it('has an interval as wide as books differ, with one term an account and with many', () => {
    for (const termsEach of [1, 6]) {
      const books = Array.from({ length: 300 }, (_, seed) => aucDifference(twice(seed + 1, 0.4, termsEach))!);
      const mean = books.reduce((sum, { value }) => sum + value, 0) / books.length;
      const covered = books.filter(({ low, high }) => low <= mean && mean <= high).length / books.length;
      expect(covered).toBeGreaterThan(0.91);
      expect(covered).toBeLessThan(0.99);
    }
  }, 120_000);
});

describe('shares', () => {
  it('have the interval that Wilson gives, by accounts', () => {
    const cases = Array.from({ length: 20 }, (_, i) => ({ accountId: `a${i}`, counts: i < 4 }));
    // Newcombe (1998), table I: Wilson's interval for 4 of 20 is 0.0807 to 0.4160.
    expect(shareOf(cases)).toMatchObject({ count: 4, of: 20, share: 0.2, low: expect.closeTo(0.0807, 4), high: expect.closeTo(0.416, 4) });
    expect(shareOf(cases.flatMap((one) => [one, one, one]))).toMatchObject({ count: 12, of: 60, share: 0.2, low: expect.closeTo(0.0807, 4) });
    expect(shareOf([])).toBeNull();
  });

  it('rest on normal quantiles', () => {
    for (const [level, z] of [[0.05, 1.959963985], [0.01, 2.575829304], [0.001, 3.290526731]] as const) expect(twoSidedZ(level)).toBeCloseTo(z, 8);
    expect(normalCdf(-4)).toBeCloseTo(3.167124183e-5, 13);
  });
});
