import { backtestDifferenceOf } from './backtest-difference.js';
import { aucOf } from './auc.js';
import { pairedTermsOf, type PairedTerm } from './paired-term.js';
import { seededUniform } from './seeded.js';
import { shareDifference } from './share-difference.js';

type Term = PairedTerm & { accountId: string };

/** Scores in basis points by what is known of the loss: `inForce` and `draft` from 0 (nothing) to 1 (all). Red is below 40 points. */
function terms(count: number, knows: { inForce: number; draft: number }, seed: number, lossRate = 0.3): Term[] {
  const random = seededUniform(seed);
  return Array.from({ length: count }, (_, n) => {
    const lost = random() < lossRate;
    const common = random();
    const sideOf = (knows_: number) => {
      const scoreBp = Math.round(10_000 * Math.min(1, Math.max(0, 0.5 * common + 0.5 * random() + (lost ? -0.5 : 0.1) * knows_)));
      return { scoreBp, isRed: scoreBp < 4_000 };
    };
    const reading = { inForce: sideOf(knows.inForce), draft: sideOf(knows.draft) };
    const redDays = (isRed: boolean, more: number) => (isRed ? 40 + more + Math.round(20 * common) : null);
    return { accountId: `a-${n}`, lost, isWatched: true, at: ['unread', 'unread', reading, 'decided', reading], red: { inForce: redDays(reading.inForce.isRed, 0), draft: redDays(reading.draft.isRed, 15) } };
  });
}

describe('a draft held against what is in force', () => {
  it('that warns better is said to, by how much, and the other way round', () => {
    const some = terms(400, { inForce: 0.2, draft: 0.9 }, 3);
    const found = backtestDifferenceOf(some);
    expect(found).toMatchObject({ terms: 400, accounts: 400, finding: 'better', text: 'The draft would have told losses from renewals better', level: 0.05 });
    expect(found.leads.map(({ leadDays, finding, leftOut }) => [leadDays, finding, leftOut])).toEqual([
      [270, 'too_few', { decided: 0, unread: 400 }], [180, 'too_few', { decided: 0, unread: 400 }], [90, 'better', { decided: 0, unread: 0 }], [60, 'too_few', { decided: 400, unread: 0 }], [30, 'better', { decided: 0, unread: 0 }],
    ]);
    const at90 = found.leads[2]!;
    const areaOf = (side: 'inForce' | 'draft') => aucOf(some.map(({ accountId, lost, at }) => ({ accountId, lost, score: (at[2] as Exclude<Term['at'][number], string>)[side].scoreBp! })))!;
    expect([at90.inForce.auc, at90.draft.auc]).toEqual([areaOf('inForce'), areaOf('draft')]);
    expect(at90.growth.auc!.value).toBeCloseTo(areaOf('draft').value - areaOf('inForce').value, 10);
    expect(at90.growth.auc!.low).toBeGreaterThan(0);
    expect(at90.growth.recall!.value).toBeCloseTo(at90.draft.recall!.share - at90.inForce.recall!.share, 10);
    expect(at90.growth.precision!.value).toBeCloseTo(at90.draft.precision!.share - at90.inForce.precision!.share, 10);
    expect(found.red.earlier).toEqual({ median: 15, low: 15, high: 15 });
    expect(found.red.neverRed.draft!.share).toBeLessThan(found.red.neverRed.inForce!.share);
    expect(found.red.neverRedGrowth!.high).toBeLessThan(0);

    const turned = backtestDifferenceOf(some.map((term) => ({ ...term, at: term.at.map((reading) => (typeof reading === 'string' ? reading : { inForce: reading.draft, draft: reading.inForce })) })));
    expect(turned.finding).toBe('worse');
    expect(turned.leads[4]!.growth.auc!.value).toBeCloseTo(-found.leads[4]!.growth.auc!.value, 10);
  });
  it('says nothing where too few ended, and no more than there is where both know the same', () => {
    const few = backtestDifferenceOf([...terms(200, { inForce: 0, draft: 1 }, 4, 0.03)]);
    expect(few.finding).toBe('too_few');
    expect(few.leads[4]).toMatchObject({ finding: 'too_few', text: expect.stringMatching(/^Too few outcomes 30 days before .* ten accounts of each are needed$/), inForce: { auc: null, precision: null }, growth: { auc: null, precision: null, recall: null } });
    expect(few.red).toMatchObject({ leadDays: { inForce: null }, earlier: null, neverRed: { inForce: null }, neverRedGrowth: null });
    expect(backtestDifferenceOf([])).toMatchObject({ terms: 0, finding: 'too_few' });

    const blind = backtestDifferenceOf(terms(300, { inForce: 0, draft: 0 }, 5)).leads[4]!;
    expect(blind).toMatchObject({ finding: 'no_difference', text: expect.stringContaining('neither tells losses from renewals'), inForce: { finding: 'no_signal', precision: null }, growth: { recall: null } });
    const alike = terms(300, { inForce: 0.7, draft: 0.7 }, 6).map((term) => ({ ...term, at: term.at.map((reading) => (typeof reading === 'string' ? reading : { inForce: reading.draft, draft: reading.draft })) }));
    expect(backtestDifferenceOf(alike)).toMatchObject({ finding: 'no_difference', leads: expect.arrayContaining([expect.objectContaining({ leadDays: 30, growth: expect.objectContaining({ auc: { value: 0, low: 0, high: 0 } }) })]) });
  });
  it('claims a difference that is not there in few of many books', () => {
    const claims = Array.from({ length: 100 }, (_, seed) => backtestDifferenceOf(terms(120, { inForce: 0.5, draft: 0.5 }, 1_000 + seed)).finding).filter((finding) => finding !== 'no_difference').length;
    expect(claims).toBeLessThanOrEqual(8);
  });
});

describe('the difference of two shares', () => {
  it('has an interval that holds, for few cases and near the ends too, also of precision, whose cases differ', () => {
    const random = seededUniform(11);
    for (const [count, base, change] of [[30, 0.9, 0.05], [60, 0.3, 0.2], [25, 0.5, 0]] as const) {
      let missed = { recall: 0, precision: 0, runs: 0 };
      for (let run = 0; run < 600; run += 1) {
        const lost = Array.from({ length: count }, (_, n) => {
          const before = random() < base;
          return { accountId: `${n}`, before, after: before ? random() >= change / 2 : random() < (change * (1 + base / 2)) / (1 - base) };
        });
        const truth = change * (1 + base / 2) - (base * change) / 2;
        const found = shareDifference(lost)!;
        missed.recall += found.low > truth || found.high < truth ? 1 : 0;
        // Red by both, by one, or by neither; lost whatever the side: precision is the same.
        const red = Array.from({ length: 2 * count }, (_, n) => {
          const isLost = random() < base;
          return { accountId: `${n}`, before: random() < 0.6 ? isLost : null, after: random() < 0.4 ? isLost : null };
        });
        const precision = shareDifference(red)!;
        missed.precision += precision.low > 0 || precision.high < 0 ? 1 : 0;
        missed = { ...missed, runs: missed.runs + 1 };
      }
      for (const often of [missed.recall, missed.precision]) expect(often / missed.runs).toBeLessThan(0.07);
    }
  });
  it('is none without cases, and none of its own where one account is seen many times', () => {
    expect(shareDifference([{ accountId: 'a', before: null, after: true }])).toBeNull();
    const once = Array.from({ length: 20 }, (_, n) => ({ accountId: `${n}`, before: n % 2 === 0, after: n % 3 === 0 }));
    const thrice = [0, 1, 2].flatMap(() => once);
    const [a, b] = [shareDifference(once)!, shareDifference(thrice)!];
    expect(b.low).toBeCloseTo(a.low, 10);
    expect(b.high).toBeCloseTo(a.high, 10);
  });
});

it('terms are paired, and what either side must not know counts for neither', () => {
  const day = (at: number, scoreBp: number, indicators: string[] = []) => ({ day: at, scoreBp, riskLevel: scoreBp < 4_000 ? ('red' as const) : ('green' as const), indicators, pointsBp: [] });
  const outcomes = [{ startsOn: 0, noticeOn: 300, lost: true, decidedOn: null }, { startsOn: 2_000, noticeOn: 2_300, lost: false, decidedOn: null }];
  const days = Array.from({ length: 120 }, (_, n) => 180 + n);
  const pairs = pairedTermsOf('a', outcomes, { inForce: days.map((at) => day(at, at < 250 ? 6_000 : 3_000)), draft: days.map((at) => day(at, 3_000, at >= 270 ? ['cancel_scheduled'] : [])) });
  expect(pairs).toEqual([{
    lost: true, isWatched: true, red: { inForce: 50, draft: 120 },
    at: ['unread', 'unread', { inForce: { scoreBp: 6_000, isRed: false }, draft: { scoreBp: 3_000, isRed: true } }, { inForce: { scoreBp: 6_000, isRed: false }, draft: { scoreBp: 3_000, isRed: true } }, 'decided'],
  }]);
});
