import { Scenario, kindsOf, measureOf } from '../../test/scenario.js';
import { shippedScorecards } from '../scorecards/shipped-scorecards.js';
import { chooseScorecards, sortScorecards } from './scorecard/choose-scorecard.js';
import { compileScorecard } from './scorecard/compile-scorecard.js';
import { isoDay } from './time/day.js';
import { monday } from '../../test/scenario.js';

const iso = (day: number): string => isoDay(monday + day);

/** Accounts worked by hand, judged by the csm-led scorecard: what must come out of health. */
describe('worked accounts', () => {
  it('Norfield: large, busy and well', () => {
    const it = new Scenario('norfield').account({}, -400);
    it.signal(-400, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-400), endsOn: iso(330), arrMinor: 9_000_000, currency: 'EUR' });
    it.use(-120, -1, 30_000);
    it.person(-300, 'sponsor', { change: 'created', roles: ['executive_sponsor'] });
    it.person(-300, 'champion', { change: 'created', roles: ['champion'] });
    it.person(-300, 'power', { change: 'created', roles: ['power_user'] });
    const people = Array.from({ length: 2752 }, (_, i) => `u${i}`);
    it.use(-3, -3, 2752, people);
    it.signal(-300, 'license', { seatsBought: 3200 });
    for (let i = 0; i < 34; i += 1) it.signal(-5 - i / 10, 'ticket', { ticketId: `t${i}`, status: 'opened', priority: 'normal', ...(i === 0 ? { complaint: true } : {}) });
    it.signal(-10, 'survey', { type: 'nps', score: 3 }, { personId: 'u7' });
    it.signal(-12, 'survey', { type: 'nps', score: 9 }, { personId: 'sponsor' });
    it.signal(-100, 'goal', { goalId: 'g', name: 'Automate', metric: 'automated', baseline: 0, target: 100, dueOn: iso(-20), startsOn: iso(-200), status: 'set' });
    it.signal(-20, 'metric', { metric: 'automated', value: 125 });
    it.signal(-60, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'value', status: 'achieved', dueOn: iso(-50) });
    it.meeting(-8, 'sponsor', 'champion', 'u1');
    it.meeting(-9, 'power', 'champion');
    const verdict = it.look(0.5);
    expect(verdict.health.healthScore).toBeGreaterThanOrEqual(88);
    expect(verdict.health.healthScore).toBeLessThanOrEqual(90);
    expect(verdict.health.band).toBe('green');
    expect(kindsOf(verdict)).toEqual(['complaint_open']);
    expect(verdict.health.strikes).toMatchObject({ count: 1, groups: ['support'], savePlanReview: false });
    expect(measureOf(verdict, 'license_utilisation').value).toBeCloseTo(0.86, 2);
  });

  it('Watermelon: green outside, red inside', () => {
    const it = new Scenario('watermelon').account({}, -500);
    it.signal(-500, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-500), endsOn: iso(230), arrMinor: 1_000_000, currency: 'EUR' });
    it.use(-300, -121, 100).use(-120, -1, 11);
    it.signal(-500, 'license', { seatsBought: 100, seatsAssigned: 12 });
    for (const [personId, role] of [['s', 'executive_sponsor'], ['c', 'champion'], ['p', 'power_user'], ['b', 'budget_holder']] as const) {
      it.person(-400, personId, { change: 'created', roles: [role] });
    }
    it.signal(-60, 'survey', { type: 'nps', score: 9 }, { personId: 'c' });
    it.signal(-10, 'pulse', { pulse: 4, reason: 'all fine' });
    it.signal(-400, 'goal', { goalId: 'g', name: 'Save time', metric: 'hours', baseline: 0, target: 10, dueOn: iso(100), status: 'set' });
    it.meeting(-3, 's', 'c', 'p', 'b');
    it.meeting(-10, 'c');
    const verdict = it.look(0.5);
    expect(verdict.health).toMatchObject({ healthScore: 39, band: 'red', riskLevel: 'red', strikes: { count: 1, groups: ['use'] } });
    expect(verdict.health.rawScore).toBeGreaterThan(50);
    expect(kindsOf(verdict)).toEqual(['usage_drop']);
    expect(verdict.health.adjustments).toHaveLength(1);
  });

  it('TaxPeak: a quiet July like every July', () => {
    const it = new Scenario('taxpeak').account({}, -730);
    it.signal(-730, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-730), endsOn: iso(1), arrMinor: 1_000_000, currency: 'EUR' });
    // Every year four quiet weeks, the last of which ended yesterday.
    it.use(-730, -393, 100).use(-392, -365, 22).use(-364, -29, 100).use(-28, -1, 22);
    it.signal(-700, 'license', { seatsBought: 50, seatsAssigned: 45 });
    it.signal(-300, 'goal', { goalId: 'g', name: 'File faster', metric: 'days', baseline: 20, target: 5, dueOn: iso(-30), status: 'set' });
    it.signal(-30, 'goal', { goalId: 'g', name: 'File faster', metric: 'days', baseline: 20, target: 5, dueOn: iso(-30), status: 'confirmed' });
    it.signal(-5, 'pulse', { pulse: 5, reason: 'steady' });
    it.sources = (asOf) => ({ usage: { lastSeenAt: asOf, staleAt: asOf + 1 }, goal: { lastSeenAt: asOf, staleAt: asOf + 1 } });
    const verdict = it.look(0.5);
    expect(verdict.health.healthScore).toBeGreaterThanOrEqual(88);
    expect(verdict.health.healthScore).toBeLessThanOrEqual(92);
    expect(verdict.health).toMatchObject({ band: 'green', riskLevel: 'green', strikes: { count: 0 } });
    expect(measureOf(verdict, 'usage_level').value).toBeGreaterThan(0.9);
  });

  it('On-prem: silent product, leaving', () => {
    const it = new Scenario('on-prem').account({}, -500);
    it.signal(-500, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-500), endsOn: iso(230), arrMinor: 1_000_000, currency: 'EUR' });
    it.signal(-200, 'goal', { goalId: 'g', name: 'Audit', metric: 'audits', baseline: 0, target: 4, dueOn: iso(-40), status: 'confirmed' });
    it.person(-400, 'c', { change: 'created', roles: ['champion'], name: 'Chris' });
    it.person(-20, 'c', { change: 'departed' });
    it.signal(-60, 'invoice', { invoiceId: 'i', status: 'overdue', amountMinor: 100, currency: 'EUR', dueOn: iso(-40) });
    it.signal(-2, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: iso(-500), endsOn: iso(230), arrMinor: 1_000_000, currency: 'EUR' });
    const verdict = it.look(0.5);
    expect(verdict.health).toMatchObject({ healthScore: 20, band: 'red', riskLevel: 'red', strikes: { count: 2, groups: ['people', 'commercial'] } });
    expect(kindsOf(verdict)).toEqual(['cadence_missed', 'cancel_scheduled', 'champion_left', 'executive_gap', 'payment_overdue']);
  });

  it('Newly: day 12, hardly anybody in yet, and all as it should be', () => {
    const it = new Scenario('newly').account({}, -12);
    it.signal(-12, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-12), endsOn: iso(353), arrMinor: 1_000_000, currency: 'EUR' });
    it.signal(-12, 'license', { seatsBought: 200 });
    it.person(-12, 's', { change: 'created', roles: ['executive_sponsor'] });
    it.use(-6, -1, 12, Array.from({ length: 6 }, (_, i) => `u${i}`));
    it.signal(-12, 'milestone', { milestoneId: 'k', name: 'Kickoff', phase: 'onboarding', status: 'planned', dueOn: iso(-5) });
    it.signal(-7, 'milestone', { milestoneId: 'k', name: 'Kickoff', phase: 'onboarding', status: 'achieved', dueOn: iso(-5) });
    it.meeting(-7, 's');
    const inForce = sortScorecards(shippedScorecards.map(({ document }) => compileScorecard(document, 1)));
    const { scorecard } = chooseScorecards(it.state, it.at(0.5), inForce);
    const { health } = it.look(0.5, { scorecard });
    expect(health).toMatchObject({ scorecard: { id: 'onboarding' }, band: 'green', riskLevel: 'green', strikes: { count: 0 }, indicators: [] });
  });
});
