import { Scenario, aliveAt, csmLedScorecard, monday } from '../../../test/scenario.js';
import { applyRenewals, applySignal, finishRestatement, resetFacts } from '../account-health.js';
import { setOverride, withdrawOverride } from '../overrides.js';
import { initialState } from '../account-health.js';
import type { ActiveIndicator, Review } from '../state.js';
import { isoDay } from '../time/day.js';
import { adjust } from './adjustments.js';
import { bandOf, bandVerdict, holdBand } from './band.js';
import { strikesOf } from './strikes.js';
import { heldTrend, trendOf } from './trend.js';
import { rawScoreOf } from './raw-score.js';

const iso = (day: number): string => isoDay(monday + day);

describe('bands', () => {
  const { bands } = csmLedScorecard;
  it.each([[0, 'red'], [39.99, 'red'], [40, 'amber'], [69.99, 'amber'], [70, 'green'], [100, 'green']] as const)('%d is %s', (score, band) => expect(bandOf(Math.round(score * 100), bands)).toBe(band));

  it('a score on the edge is past it, whatever the decimals of the edge', () => {
    const wrong = Array.from({ length: 10_000 }, (_, bp) => bp).filter((bp) => bp > 0 && bandOf(bp, { amber: bp / 100, green: 101 }) !== 'amber');
    expect(wrong).toEqual([]);
    const { memory } = initialState('a');
    const edges = { bands: { amber: 30, green: 67.01 }, improving: { points: 3, days: 1 } };
    expect([6_000, 7_000, 7_001].map((bp, day) => holdBand(memory, bp, 100 + day, edges))).toEqual(['amber', 'amber', 'green']);
  });

  it('worsen at once, improve 3 points past the edge on 3 days running', () => {
    const { memory } = initialState('a');
    const walk = (scores: readonly number[]): string[] => scores.map((score, day) => holdBand(memory, score * 100, 100 + day, csmLedScorecard));
    expect(walk([80, 60, 72.9, 73, 73, 73])).toEqual(['green', 'amber', 'amber', 'amber', 'amber', 'green']);
  });
  it('one weaker day starts the count again', () => {
    const { memory } = initialState('a');
    const walk = (scores: readonly number[]): string[] => scores.map((score, day) => holdBand(memory, score * 100, 100 + day, csmLedScorecard));
    expect(walk([30, 50, 50, 42, 50, 50, 90, 90, 90])).toEqual(['red', 'red', 'red', 'red', 'red', 'red', 'amber', 'amber', 'green']);
  });
  it.each([
    [30, 0.6, 'red', false], [90, 0.5, 'green', false], [90, 0.49, 'unknown', false], [60, 0.49, 'amber', true], [30, 0.25, 'red', true], [30, 0.24, 'unknown', false],
  ] as const)('score %d with coverage %d is %s', (score, coverage, band, lowConfidence) => {
    const adjusted = adjust(score * 100, null, null);
    expect(bandVerdict(bandOf(score * 100, bands), adjusted, coverage, csmLedScorecard)).toEqual({ band, lowConfidence });
  });
  it('a cap bypasses the rule for improving, and never betters the band', () => {
    expect(bandVerdict('green', adjust(9000, { limit: 65, reason: 'r' }, null), 1, csmLedScorecard).band).toBe('amber');
    expect(bandVerdict('red', adjust(7200, { limit: 65, reason: 'r' }, null), 1, csmLedScorecard).band).toBe('red');
    expect(bandVerdict('unknown', adjust(9000, { limit: 20, reason: 'r' }, null), 0.1, csmLedScorecard)).toEqual({ band: 'red', lowConfidence: true });
    // Nor is an account better off for a raw score that is below the cap already.
    expect(bandVerdict('unknown', adjust(1900, { limit: 20, reason: 'r' }, null), 0.1, csmLedScorecard)).toEqual({ band: 'red', lowConfidence: true });
    expect(bandVerdict('unknown', adjust(1900, { limit: 65, reason: 'r' }, null), 0.1, csmLedScorecard)).toEqual({ band: 'unknown', lowConfidence: false });
  });
});

describe('adjustments', () => {
  const override = (healthScore: number) => ({ id: 'o', healthScore, reason: 'why', expiresAt: 1, by: 'me' });
  it.each([
    [9000, null, null, 9000, []],
    [9000, 65, null, 6500, [-25]],
    [5000, 65, null, 5000, []],
    [9000, 65, 80, 8000, [-25, 15]],
    [9000, 39, 80, 3900, [-51]],
    [9000, 39, 10, 1000, [-51, -29]],
    [3000, 39, 80, 3000, []],
    [9000, 40, 80, 8000, [-50, 40]],
    [null, null, 80, 8000, [30]],
  ] as const)('raw %d, cap %d, override %d', (raw, cap, wanted, health, points) => {
    const adjusted = adjust(raw, cap === null ? null : { limit: cap, reason: 'r' }, wanted === null ? null : override(wanted));
    expect(adjusted.healthBp).toBe(health);
    expect(adjusted.adjustments.map((adjustment) => adjustment.points)).toEqual(points);
  });
});

it('an override of an account without data is one, whatever cap would hold', () => {
  expect(adjust(null, { limit: 20, reason: 'r' }, { healthScore: 80, reason: 'why' })).toEqual({ healthBp: 8000, adjustments: [{ kind: 'override', reason: 'why', points: 30 }], capped: false, limitBp: 2000, overridden: true });
});

describe('overrides (H7)', () => {
  it('need a reason and an end within 60 days; lapse on their day; both numbers stay visible', () => {
    const it = new Scenario().account({}, -10);
    it.signal(-1, 'pulse', { pulse: 5, reason: 'r' });
    it.signal(-1, 'survey', { type: 'csat', score: 5 }, { personId: 'x' });
    const set = (reason: string, until: number): unknown => setOverride(it.state, { id: 'o', healthScore: 30, reason, expiresAt: it.at(until), by: 'me' }, it.at(0));
    expect(it.look(-0.5).health.band).toBe('green');
    expect(set('', 5)).toMatchObject({ refused: 'reason_required' });
    expect(set('r', 0)).toMatchObject({ refused: 'expiry_not_ahead' });
    expect(set('r', 61)).toMatchObject({ refused: 'expiry_too_far' });
    expect(set('r', 5.25)).toHaveProperty('set');
    const verdict = it.look(0, { cause: 'signal' });
    expect(verdict.health).toMatchObject({ healthScore: 30, band: 'red', override: { id: 'o' } });
    expect(verdict.riskChange).toMatchObject({ cause: 'override', to: 'red' });
    expect(verdict.health.rawScore).toBeGreaterThan(30);
    expect(it.look(5.1).nextLookAt).toBe(it.at(5.25));
    expect(it.look(5.25).health).toMatchObject({ override: null, healthScore: verdict.health.rawScore });
    set('r', 9);
    expect(withdrawOverride(it.state, 'other', it.at(1))).toBe('unknown');
    expect(withdrawOverride(it.state, 'o', it.at(1))).toBe('withdrawn');
  });
});

describe('strikes', () => {
  const indicator = (kind: string, ...evidence: string[]): ActiveIndicator => ({ id: kind, kind, since: 0, severe: false, validUntil: null, evidence, subject: null, text: '', confirmed: false, byRevision: false });
  it.each([
    ['three indicators in two groups', [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'b'), indicator('complaint_open', 'c')], 2],
    ['three that share one evidence', [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'a'), indicator('negative_survey', 'a')], 1],
    ['two share, the third stands alone', [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'a'), indicator('negative_survey', 'b')], 2],
    ['shared, but one group has another cause', [indicator('usage_drop', 'a'), indicator('gone_dark', 'z'), indicator('urgent_ticket_open', 'a'), indicator('negative_survey', 'b')], 3],
    ['three groups', [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'b'), indicator('negative_survey', 'c')], 3],
    ['hygiene is none', [indicator('goals_missing'), indicator('usage_drop')], 1],
  ])('%s', (_, indicators, count) => {
    const strikes = strikesOf(indicators, []);
    expect(strikes.count).toBe(count);
    expect(strikes.groups).toHaveLength(count);
    expect(strikes.savePlanReview).toBe(count >= 3);
  });
  it('what a change of scorecard raised counts, and calls for no review by itself', () => {
    const raised = { ...indicator('negative_survey', 'c'), byRevision: true };
    const two = [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'b')];
    expect(strikesOf([...two, raised], [])).toEqual({ count: 3, groups: ['use', 'support', 'voice'], savePlanReview: false });
    expect(strikesOf([...two, raised, indicator('payment_overdue', 'd')], [])).toMatchObject({ count: 4, savePlanReview: true });
  });
  it('a decided review stays shut for its groups', () => {
    const three = [indicator('usage_drop', 'a'), indicator('urgent_ticket_open', 'b'), indicator('negative_survey', 'c')];
    const review = (...groups: Review['groups']): Review => ({ id: 'r', state: 'decided', groups });
    expect(strikesOf(three, [review('use', 'support', 'voice')]).savePlanReview).toBe(false);
    expect(strikesOf(three, [review('use', 'support', 'people')]).savePlanReview).toBe(true);
  });
});

describe('risk changes', () => {
  const cancel = (it: Scenario, day: number): void =>
    void it.signal(day, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: iso(-10), endsOn: iso(300), arrMinor: 1, currency: 'EUR' });

  it('carries dates and ARR of contracts that forecasting has not answered for yet, whatever order they come in', () => {
    const signals = (it: Scenario): (() => void)[] => [
      () => it.signal(0, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-10), endsOn: iso(300), arrMinor: 120_000, currency: 'EUR', noticeDays: 90 }),
      // What a notice says of the contract is no new term.
      () => it.signal(0.1, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: iso(-10), endsOn: iso(300), arrMinor: 0, currency: 'EUR' }),
      () => it.signal(0, 'contract', { contractId: 'd', status: 'created', startsOn: iso(-10), endsOn: null, arrMinor: 30_000, currency: 'EUR' }),
      () => it.signal(0, 'contract', { contractId: 'run out', status: 'created', startsOn: iso(-400), endsOn: iso(-36), arrMinor: 9, currency: 'EUR' }),
    ];
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0]]) {
      const it = new Scenario().account({}, -10);
      it.look(0);
      const tell = signals(it);
      for (const i of order) tell[i]!();
      const expected = { renewalOn: iso(300), noticeOn: iso(210), arrMinor: 150_000, currency: 'EUR' };
      expect(it.look(0.2, { cause: 'signal' }).riskChange).toMatchObject(expected);
    }
  });

  it('carries what forecasting says of the renewal once it has spoken', () => {
    const it = new Scenario().account({}, -10);
    it.look(0);
    cancel(it, 0.1);
    applyRenewals(it.state, { accountId: 'acme', version: 1, arrMinor: 7, currency: 'EUR', renewals: [] });
    expect(it.look(0.2, { cause: 'signal' }).riskChange).toMatchObject({ renewalOn: null, noticeOn: null, arrMinor: 7, currency: 'EUR' });
  });

  it('the first verdict is none; the next is, once, with reasons', () => {
    const it = new Scenario().account({}, -10);
    const first = it.look(0);
    expect([first.riskChange, first.changed]).toEqual([null, true]);
    cancel(it, 0.1);
    const second = it.look(0.1, { cause: 'signal' });
    expect(second.riskChange).toMatchObject({ from: 'unknown', to: 'red', cause: 'signal', scorecardRevision: { id: 'csm-led', revision: 1 } });
    expect(second.riskChange?.reasons[0]).toMatchObject({ indicator: 'cancel_scheduled', evidence: [expect.stringContaining('contract-')] });
    const third = it.look(0.2, { cause: 'signal' });
    expect([third.riskChange, third.changed]).toEqual([null, false]);
  });
  it('what an import finds out about an unknown account is no change', () => {
    const it = new Scenario().account({}, -10);
    expect(it.look(0).health.riskLevel).toBe('unknown');
    cancel(it, 0.1);
    const loaded = it.look(0.1, { cause: 'import' });
    expect([loaded.health.riskLevel, loaded.riskChange]).toEqual(['red', null]);
    it.signal(0.2, 'contract', { contractId: 'c', status: 'cancel_withdrawn', startsOn: iso(-10), endsOn: iso(300), arrMinor: 1, currency: 'EUR' });
    expect(it.look(0.2, { cause: 'signal' }).riskChange).toMatchObject({ from: 'red' });
  });
  it('nothing is sent before goLive, nor for what happened until then', () => {
    const it = new Scenario().account({ goLive: iso(5) }, -10);
    it.look(0);
    cancel(it, 1);
    expect(it.look(1).riskChange).toBeNull();
    expect(it.look(1).health.riskLevel).toBe('red');
    expect(it.watch(1.1, 6).riskChange).toBeNull();
    it.signal(7, 'contract', { contractId: 'c', status: 'cancel_withdrawn', startsOn: iso(-10), endsOn: iso(300), arrMinor: 1, currency: 'EUR' });
    expect(it.look(7).riskChange).toMatchObject({ from: 'red' });
  });
  it('a band of half a history is not held against the account before goLive', () => {
    const it = new Scenario().account({ goLive: iso(5) }, -100);
    it.signal(0, 'pulse', { pulse: 1, reason: 'first of what is loaded' });
    it.signal(0, 'survey', { type: 'nps', score: 0 });
    it.signal(0, 'license', { seatsBought: 10, seatsAssigned: 1 });
    expect(it.look(0.1).health.band).toBe('red');
    it.signal(0.2, 'pulse', { pulse: 5, reason: 'last of it' });
    it.signal(0.2, 'survey', { type: 'nps', score: 10 });
    it.signal(0.2, 'license', { seatsBought: 10, seatsAssigned: 10 });
    const { healthScore, band } = it.look(0.3).health;
    expect(healthScore).toBeGreaterThan(50);
    expect(band).toBe(bandOf(Math.round(healthScore! * 100), csmLedScorecard.bands));
  });
  it('nothing is sent while the deployment observes', () => {
    const it = new Scenario().account({}, -10);
    it.look(0, { observe: true });
    cancel(it, 1);
    expect(it.look(1, { observe: true }).riskChange).toBeNull();
  });
  it('a restatement gives one net change with its cause', () => {
    const it = new Scenario().account({}, -10);
    cancel(it, -1);
    it.person(-9, 'c', { change: 'created', roles: ['champion'] });
    it.look(0);
    resetFacts(it.state);
    expect(it.state.contactsCleared).toBe(true);
    for (const signal of it.signals.slice(1)) {
      applySignal(it.state, signal);
      expect(() => it.look(0.1)).toThrow('restated');
    }
    finishRestatement(it.state, { cause: 'restatement' });
    expect(it.look(0.2, { cause: 'signal' }).riskChange).toMatchObject({ from: 'red', cause: 'restatement' });
    expect(it.look(0.3, { cause: 'signal' }).riskChange).toBeNull();
  });
  it('a merged account has no score and raises nothing, however much time passes, and is judged anew when it is parted', () => {
    const it = new Scenario().account({}, -50);
    cancel(it, -1);
    const before = it.look(0);
    expect(before.health).toMatchObject({ riskLevel: 'red' });
    // The record may say it before the marks among the signals do, or long after their retention: there is nothing to judge.
    it.account({ mergedInto: 'other' }, -50);
    expect(() => it.look(0.1)).toThrow('restated');
    resetFacts(it.state);
    finishRestatement(it.state, { cause: 'restatement', regrouped: true, mergedInto: 'other' });
    expect(it.look(0.2)).toMatchObject({ health: { healthScore: null, rawScore: null, band: 'unknown', riskLevel: 'unknown', indicators: [], strikes: { count: 0 } }, riskChange: { from: 'red', to: 'unknown', cause: 'restatement' } });
    expect(it.look(60)).toMatchObject({ health: { riskLevel: 'unknown', indicators: [] }, riskChange: null });
    // The record of its end may come first too: nobody takes an account without signals for a silent one.
    it.account({}, -50);
    expect(it.look(60.1)).toMatchObject({ health: { riskLevel: 'unknown', indicators: [] } });
    resetFacts(it.state);
    for (const signal of it.signals) applySignal(it.state, signal);
    finishRestatement(it.state, { cause: 'restatement', regrouped: true });
    expect(it.look(60.2)).toMatchObject({ health: { riskLevel: 'red' }, riskChange: { from: 'unknown', to: 'red', cause: 'restatement' } });
  });
  it('a band that belonged to another group of accounts holds nothing back, one of the same account does', () => {
    for (const regrouped of [true, false]) {
      const it = new Scenario().account({}, -50);
      it.signal(-1, 'pulse', { pulse: 4, reason: 'x' });
      it.look(0);
      it.state.memory.heldBand = 'red';
      it.state.memory.knownSince = null;
      resetFacts(it.state);
      for (const signal of it.signals) applySignal(it.state, signal);
      finishRestatement(it.state, { cause: 'restatement', regrouped });
      it.look(0.1);
      expect(it.state.memory.heldBand !== 'red').toBe(regrouped);
    }
  });
  it('stays below 20 KB', () => {
    const it = new Scenario().account({}, -10);
    it.look(0);
    for (let i = 0; i < 40; i += 1) {
      const id = `${i}`.padStart(200, 'x');
      it.signal(0.1, 'ticket', { ticketId: id, status: 'escalated', priority: 'urgent', complaint: true }, { id: `t${id.slice(1)}` });
      it.signal(0.1, 'invoice', { invoiceId: id, status: 'overdue', amountMinor: 1, currency: 'EUR', dueOn: iso(-50) }, { id: `i${id.slice(1)}` });
      it.signal(0.1, 'contract', { contractId: id, status: 'cancel_scheduled', startsOn: iso(-10), endsOn: iso(300), arrMinor: 1, currency: 'EUR' }, { id: `c${id.slice(1)}` });
      it.signal(-5, 'milestone', { milestoneId: id, name: id, phase: 'value', status: 'missed' }, { id: `m${id.slice(1)}` });
    }
    const { riskChange } = it.look(0.2, { cause: 'signal' });
    expect(riskChange?.to).toBe('red');
    expect(Buffer.byteLength(JSON.stringify(riskChange))).toBeLessThan(20_000);
  });
});

it('the raw score needs data; an account without any is unknown', () => {
  const it = new Scenario().account({}, -10);
  it.sources = (asOf) => aliveAt(asOf, ['ticket', 'engagement']);
  expect(it.look(0).health).toMatchObject({ healthScore: null, rawScore: null, band: 'unknown', riskLevel: 'unknown', dataCoverage: 0 });
  expect(rawScoreOf([{ weight: 1, pointsBp: 3333, state: 'ok' }, { weight: 1, pointsBp: 3334, state: 'stale' }, { weight: 1, pointsBp: 3334, state: 'ok' }])).toEqual({
    rawBp: 3334, contributionsBp: [-556, -555, -555], dataCoverage: 0.6667,
  });
});

describe('trend', () => {
  /** A small seeded generator (mulberry32), so that the simulation is the same on every run. */
  const random = (seed: number) => (): number => {
    let t = (seed += 0x6d2b79f5);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (next: () => number): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const share = (runs: number, series: (next: () => number) => number[]): number => {
    const next = random(7);
    let called = 0;
    for (let i = 0; i < runs; i += 1) if (trendOf(series(next), csmLedScorecard.trend) !== 'flat') called += 1;
    return called / runs;
  };
  /** Share of accounts that are called a trend on any of the days from the 34th on. */
  const heldShare = (runs: number, series: (next: () => number) => number[]): number => {
    const next = random(7);
    const called = Array.from({ length: runs }, () => series(next)).filter((scores) =>
      scores.some((_, day) => day >= 33 && heldTrend(scores.slice(day - 33, day + 1), csmLedScorecard.trend) !== 'flat'),
    );
    return called.length / runs;
  };
  const sliding = (next: () => number, spread: number): number[] => {
    const daily = Array.from({ length: 56 }, () => normal(next) * spread);
    return Array.from({ length: 28 }, (_, i) => 60 + daily.slice(i, i + 28).reduce((a, b) => a + b, 0) / 28);
  };

  it('calls a steady fall or rise of six points and more', () => {
    expect(trendOf(Array.from({ length: 28 }, (_, i) => 80 - i * 0.4), csmLedScorecard.trend)).toBe('falling');
    expect(trendOf(Array.from({ length: 28 }, (_, i) => 50 + i * 0.4), csmLedScorecard.trend)).toBe('rising');
    expect(trendOf(Array.from({ length: 28 }, (_, i) => 50 + i * 0.1), csmLedScorecard.trend)).toBe('flat');
    expect(trendOf([...Array.from({ length: 20 }, () => null), 80, 70, 60, 50, 40, 30, 20, 10], csmLedScorecard.trend)).toBe('flat');
    const found = heldShare(200, (next) => Array.from({ length: 79 }, (_, i) => 80 - Math.max(0, i - 34) * 0.6 + normal(next)));
    expect(found).toBeGreaterThan(0.95);
  });
  it('calls none on most accounts that only wander', () => {
    const wandering = share(2000, (next) => sliding(next, 30));
    expect(wandering).toBeLessThan(0.05);
    let score = 60;
    const steps = share(2000, (next) => {
      score = 60;
      return Array.from({ length: 28 }, () => (score = 60 + 0.9 * (score - 60) + normal(next) * 2));
    });
    expect(steps).toBeLessThan(0.05);
  });
});
