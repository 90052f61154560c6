import { Scenario, kindsOf, measureOf, monday } from '../../test/scenario.js';
import { isoDay } from './time/day.js';
import { applyPlans, applyRenewals } from './account-health.js';

const iso = (day: number): string => isoDay(monday + day);

/** Twelve weeks of steady use by three people, all hygiene met. Day 0 is a Monday. */
function prepared(accountId = 'acme'): Scenario {
  const it = new Scenario(accountId).account({}, -84);
  it.signal(-84, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-200), endsOn: iso(330), arrMinor: 1_000_000, currency: 'EUR' });
  it.person(-84, 'sponsor', { change: 'created', name: 'Sam', company: 'Acme Inc.', title: 'VP, Operations', roles: ['executive_sponsor'] });
  it.person(-84, 'champion', { change: 'created', roles: ['champion'] });
  it.person(-84, 'power', { change: 'created', roles: ['power_user'] });
  it.use(-84, -1, 10, ['sponsor', 'champion', 'power']);
  it.signal(-80, 'goal', { goalId: 'g', name: 'Save time', metric: 'hours', baseline: 0, target: 10, dueOn: iso(200), status: 'confirmed' });
  it.signal(-80, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'adoption', status: 'planned', dueOn: iso(10) });
  it.signal(-20, 'survey', { type: 'nps', score: 9 }, { personId: 'sponsor' });
  it.signal(-3, 'pulse', { pulse: 4, reason: 'steady' });
  it.signal(-20, 'license', { seatsBought: 4, seatsAssigned: 4 });
  it.meeting(-5, 'sponsor', 'champion', 'power');
  it.meeting(-6, 'champion');
  return it;
}

describe('H1 what at risk means', () => {
  const expected = ['milestone_missed', 'negative_survey', 'sponsor_change', 'urgent_ticket_open', 'usage_drop'];

  it.each(['acme', 'globex', 'initech', 'umbrella', 'hooli', 'stark', 'wayne'])('raises the five once each, each with evidence (%s)', (accountId) => {
    const it = prepared(accountId);
    expect(kindsOf(it.look(0))).toEqual([]);
    const raised: string[] = [];
    const note = (verdict: ReturnType<Scenario['look']>): void => {
      for (const indicator of verdict.health.indicators) if (!raised.includes(indicator.id)) raised.push(indicator.id);
    };
    const moved = it.person(0.5, 'sponsor', { change: 'updated', company: 'Globex' });
    note(it.look(0.5, { cause: 'signal' }));
    const urgent = it.signal(0.6, 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent' });
    note(it.look(0.6, { cause: 'signal' }));
    const answer = it.signal(0.7, 'survey', { type: 'nps', score: 3 }, { personId: 'sponsor' });
    note(it.look(0.7, { cause: 'signal' }));
    const missed = it.signal(0.8, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'adoption', status: 'missed' });
    let verdict = it.look(0.8, { cause: 'signal' });
    note(verdict);
    for (let day = 0; day < 28; day += 1) {
      it.use(day, day, 3, ['sponsor', 'champion', 'power']);
      verdict = it.watch(day + 0.9, day + 1);
      note(verdict);
    }
    expect(kindsOf(verdict)).toEqual(expected);
    expect(raised.map((id) => id.replace(/-[^-]*$/, '')).sort()).toEqual(expected);
    const evidence = Object.fromEntries(verdict.health.indicators.map((indicator) => [indicator.kind, indicator.evidence]));
    expect(evidence).toMatchObject({ sponsor_change: [moved.id], urgent_ticket_open: [urgent.id], negative_survey: [answer.id], milestone_missed: [missed.id] });
    expect(evidence['usage_drop']).toHaveLength(1);
    expect(verdict.health.riskLevel).toBe('red');
  });
});

it('H5 two open urgent tickets score worse than five open low ones', () => {
  const score = (tickets: number, priority: 'low' | 'urgent'): number => {
    const it = prepared();
    for (let i = 0; i < tickets; i += 1) it.signal(-0.5, 'ticket', { ticketId: `t${i}`, status: 'opened', priority });
    const verdict = it.look(0);
    expect(measureOf(verdict, 'ticket_load').points).toBe(priority === 'urgent' ? 0 : 75);
    return verdict.health.healthScore ?? NaN;
  };
  expect(score(2, 'urgent')).toBeLessThan(score(5, 'low'));
});

describe('H8 three strikes', () => {
  it('three indicators in two groups ask for no review, a third group asks for one whatever the notice date', () => {
    const it = prepared();
    applyRenewals(it.state, {
      accountId: 'acme', arrMinor: 1_000_000, currency: 'EUR', version: 1,
      renewals: [{ id: 'c~x', accountId: 'acme', contractId: 'c', renewalOn: iso(330), noticeOn: iso(270), arrMinor: 1_000_000, currency: 'EUR', state: 'open', outcome: null, forecast: null }],
    });
    it.look(0);
    it.signal(0.1, 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent', complaint: true });
    it.signal(0.1, 'survey', { type: 'nps', score: 3 }, { personId: 'champion' });
    const two = it.look(0.1, { cause: 'signal' });
    expect(kindsOf(two)).toEqual(['complaint_open', 'negative_survey', 'urgent_ticket_open']);
    expect(two.health.strikes).toEqual({ count: 2, groups: ['support', 'voice'], savePlanReview: false });

    it.signal(0.2, 'milestone', { milestoneId: 'm', name: 'Rollout', phase: 'adoption', status: 'missed' });
    const three = it.look(0.2, { cause: 'signal' });
    expect(three.health.strikes).toEqual({ count: 3, groups: ['support', 'voice', 'delivery'], savePlanReview: true });
    expect(three.riskChange).toMatchObject({ to: 'red', cause: 'signal', noticeOn: iso(270), renewalOn: iso(330), arrMinor: 1_000_000, currency: 'EUR' });

    const plan = (state: 'open' | 'decided'): void =>
      applyPlans(it.state, {
        accountId: 'acme', version: 1,
        savePlanReviews: [{ id: 'r', state, groups: ['support', 'voice', 'delivery'], openedAt: '2026-01-05T00:00:00.000Z', decidedAt: null, decision: null }],
      });
    plan('open');
    expect(it.look(0.3).health.strikes.savePlanReview).toBe(true);
    plan('decided');
    expect(it.look(0.4).health.strikes).toMatchObject({ count: 3, savePlanReview: false });
    it.signal(0.5, 'invoice', { invoiceId: 'i', status: 'overdue', amountMinor: 1, currency: 'EUR', dueOn: iso(-40) });
    expect(it.look(0.5, { cause: 'signal' }).health.strikes).toMatchObject({ count: 4, savePlanReview: true });
  });
});

describe('H9 silence', () => {
  it('one quiet account falls and is gone dark with no event arriving', () => {
    const it = prepared();
    const before = it.look(0);
    const after = it.watch(0.1, 21);
    expect(kindsOf(after)).toContain('gone_dark');
    expect(after.health.healthScore).toBeLessThan(before.health.healthScore ?? 0);
  });

  it('a quiet source is no silence of the account: nothing is raised, less is known', () => {
    const it = prepared();
    const before = it.look(0);
    const last = it.at(0);
    it.sources = () => ({ usage: { lastSeenAt: last, staleAt: last + 2 * 86_400_000 } });
    const after = it.watch(0.1, 40);
    expect(kindsOf(after)).not.toContain('gone_dark');
    expect(kindsOf(after)).not.toContain('usage_drop');
    expect(after.health.dataCoverage).toBeLessThan(before.health.dataCoverage);
    expect(measureOf(after, 'usage_level').state).toBe('stale');
  });
});
