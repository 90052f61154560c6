import { Scenario, aliveAt, kindsOf, monday } from '../../../test/scenario.js';
import type { Verdict } from '../look.js';
import { isoDay } from '../time/day.js';

const iso = (day: number): string => isoDay(monday + day);
const started = (tier = 'mid', startsOn = -400): Scenario => {
  const it = new Scenario().account({ tier }, startsOn);
  it.signal(startsOn, 'contract', { contractId: 'c', status: 'created', startsOn: iso(startsOn), endsOn: iso(300), arrMinor: 1, currency: 'EUR' });
  it.person(startsOn, 's', { change: 'created', roles: ['executive_sponsor'] });
  return it;
};
const has = (verdict: Verdict, kind: string): boolean => kindsOf(verdict).includes(kind);
const textOf = (verdict: Verdict, kind: string): string | undefined => verdict.health.indicators.find((indicator) => indicator.kind === kind)?.text;

describe('hygiene (H12, H15)', () => {
  it('cadence_missed past three planned gaps, with the date of the last touch; never a strike', () => {
    const it = started();
    it.use(0, 47, 5);
    const met = it.meeting(0, 's', 'c', 'p');
    expect(has(it.look(45), 'cadence_missed')).toBe(false);
    const missed = it.look(46);
    expect(missed.health.indicators.find(({ kind }) => kind === 'cadence_missed')).toMatchObject({ group: 'hygiene', evidence: [met.id], text: `The last touch was 46 days ago, on ${iso(0)}; 2 in 30 days are planned` });
    expect(missed.health.strikes.count).toBe(0);
    it.meeting(47, 'c');
    expect(has(it.look(47), 'cadence_missed')).toBe(false);
  });
  it('follows the tier, and a tier without touches has none', () => {
    const high = started('high');
    high.meeting(0, 's');
    expect(has(high.look(23), 'cadence_missed')).toBe(true);
    expect(has(started('digital').look(0), 'cadence_missed')).toBe(false);
  });
  it('executive_gap after 90 days without the sponsor, and when nobody is', () => {
    const it = started();
    it.meeting(0, 's');
    expect(has(it.look(90), 'executive_gap')).toBe(false);
    const gap = it.look(91).health.indicators.find(({ kind }) => kind === 'executive_gap');
    expect(gap).toMatchObject({ group: 'hygiene', severe: false, evidence: [], text: 'No touch with the executive sponsor for 91 days' });
    const none = new Scenario().account({}, -100);
    none.meeting(-3, 'c');
    expect(textOf(none.look(0), 'executive_gap')).toBe('Nobody is known to be the executive sponsor');
  });
  it('single_threaded with one contact in 90 days; two, or none at all, are not', () => {
    const it = started();
    it.meeting(0, 'c');
    expect(has(it.look(0), 'single_threaded')).toBe(true);
    it.meeting(1, 'd');
    expect(has(it.look(1), 'single_threaded')).toBe(false);
    expect(has(it.look(89), 'single_threaded')).toBe(false);
    expect(has(it.look(90), 'single_threaded')).toBe(true);
    expect(has(it.look(91), 'single_threaded')).toBe(false);
  });
  it('waits for day 30, and says nothing where nobody records meetings', () => {
    const young = started('mid', 0);
    expect(kindsOf(young.look(29)).filter((kind) => kind !== 'goals_missing')).toEqual([]);
    expect(kindsOf(young.look(30))).toEqual(['executive_gap', 'goals_missing']);
    expect(kindsOf(young.look(46))).toEqual(['cadence_missed', 'executive_gap', 'goals_missing']);
    const silent = started();
    silent.sources = (asOf) => aliveAt(asOf, ['engagement']);
    expect(kindsOf(silent.look(0))).toEqual(['goals_missing']);
  });
});

describe('opportunities', () => {
  it('seat_saturation above nine seats in ten and rising, until seats are added; never a strike', () => {
    const it = started();
    it.signal(-50, 'license', { seatsBought: 100, seatsAssigned: 95 });
    expect(has(it.look(0), 'seat_saturation')).toBe(false);
    const rise = it.signal(0, 'license', { seatsBought: 100, seatsAssigned: 96 });
    const verdict = it.look(0);
    expect(verdict.health.indicators.find(({ kind }) => kind === 'seat_saturation')).toMatchObject({ group: 'opportunity', severe: false, evidence: [rise.id], text: expect.stringContaining('96 of 100') });
    expect(verdict.health.strikes.count).toBe(0);
    expect(has(it.look(80), 'seat_saturation')).toBe(true);
    it.signal(81, 'license', { seatsBought: 120, seatsAssigned: 96 });
    expect(has(it.look(81), 'seat_saturation')).toBe(false);
  });
  it('counts active contacts where nobody reports assigned seats', () => {
    const it = started();
    it.signal(-300, 'license', { seatsBought: 4 });
    it.use(-200, -60, 2, ['a', 'b']).use(-40, -1, 4, ['a', 'b', 'c', 'd']);
    expect(has(it.look(0), 'seat_saturation')).toBe(true);
  });
  it('expansion_interest by an open opportunity to grow, not by a renewal or a closed one', () => {
    const it = started();
    const say = (opportunityId: string, type: 'renewal' | 'upsell' | 'cross_sell', stage: string): void =>
      void it.signal(0, 'opportunity', { opportunityId, type, stage, amountMinor: 1, currency: 'EUR', closeOn: iso(30) });
    say('r', 'renewal', 'Proposal');
    say('l', 'upsell', 'Closed Lost');
    say('w', 'upsell', 'closed_won');
    expect(has(it.look(0), 'expansion_interest')).toBe(false);
    say('u', 'upsell', 'Proposal');
    expect(textOf(it.look(0), 'expansion_interest')).toBe('Interest in more: opportunity u is open');
    expect(has(it.look(121), 'expansion_interest')).toBe(false);
  });
  it('expansion_interest by use of a product that is not owned, for 90 days', () => {
    const it = started();
    it.signal(-1, 'usage', { event: 'e' }, { product: 'forms' });
    expect(has(it.look(0), 'expansion_interest')).toBe(false);
    it.signal(-50, 'license', { seatsBought: 5 }, { product: 'surveys' });
    expect(textOf(it.look(0), 'expansion_interest')).toBe('Interest in more: forms is used and not owned');
    expect(has(it.look(89.5), 'expansion_interest')).toBe(false);
    it.signal(90, 'usage', { event: 'e' }, { product: 'forms' });
    it.signal(91, 'contract', { contractId: 'f', status: 'created', startsOn: iso(91), endsOn: null, arrMinor: 1, currency: 'EUR', product: 'forms' });
    expect(has(it.look(91), 'expansion_interest')).toBe(false);
  });
});

describe('delivery and contraction', () => {
  it('onboarding_delayed when it runs a quarter longer than planned, until achieved or replanned', () => {
    const it = started('mid', 0);
    const step = (day: number, milestoneId: string, status: 'planned' | 'achieved', due: number): string =>
      it.signal(day, 'milestone', { milestoneId, name: milestoneId, phase: 'onboarding', status, dueOn: iso(due) }).id;
    step(1, 'kickoff', 'achieved', 10);
    const last = step(1, 'go live', 'planned', 40);
    expect(has(it.look(50), 'onboarding_delayed')).toBe(false);
    expect(it.look(51).health.indicators.find(({ kind }) => kind === 'onboarding_delayed')).toMatchObject({ group: 'delivery', evidence: [last] });
    step(52, 'go live', 'planned', 70);
    expect(has(it.look(52), 'onboarding_delayed')).toBe(false);
    expect(has(it.look(88), 'onboarding_delayed')).toBe(true);
    step(89, 'go live', 'achieved', 70);
    expect(has(it.look(89), 'onboarding_delayed')).toBe(false);
  });
  it('goal_behind below 70 % of its way on two weekly looks, until 90 % or replanned', () => {
    const it = started();
    it.signal(0, 'goal', { goalId: 'g', name: 'Hours', metric: 'm', baseline: 0, target: 100, startsOn: iso(0), dueOn: iso(100), status: 'set' });
    it.signal(1, 'metric', { metric: 'm', value: 30 });
    const raised = (to: number): boolean => has(it.watch(to - 1, to), 'goal_behind');
    expect(has(it.watch(1.1, 42), 'goal_behind')).toBe(false);
    // Day 43 is the first below 30 / 0.7; from then two looks on the account's own weekday.
    let on = 43;
    while (on < 70 && !raised(on)) on += 1;
    expect(on).toBeGreaterThanOrEqual(50);
    expect(on).toBeLessThanOrEqual(57);
    it.signal(on, 'metric', { metric: 'm', value: 42 });
    expect(has(it.look(on), 'goal_behind')).toBe(true);
    it.signal(on + 0.1, 'metric', { metric: 'm', value: 60 });
    expect(has(it.look(on + 0.1), 'goal_behind')).toBe(false);
  });
  it('contraction when seats are cut, until the renewal', () => {
    const it = started();
    it.signal(-300, 'license', { seatsBought: 100 });
    it.signal(-10, 'license', { seatsBought: 120 });
    expect(has(it.look(-9), 'contraction')).toBe(false);
    const cut = it.signal(0, 'license', { seatsBought: 80 });
    expect(it.look(0).health.indicators.find(({ kind }) => kind === 'contraction')).toMatchObject({ group: 'commercial', severe: false, evidence: [cut.id], text: 'Seats were cut: from 120 to 80' });
    expect(has(it.look(250), 'contraction')).toBe(true);
    it.signal(251, 'contract', { contractId: 'c', status: 'renewed', startsOn: iso(251), endsOn: null, arrMinor: 1, currency: 'EUR' });
    expect(has(it.look(252), 'contraction')).toBe(false);
    // What the renewal came to is told late, as its signature may be; a month later a cut is a cut.
    it.signal(260.5, 'license', { seatsBought: 60 });
    expect([it.look(260.6), it.look(261), it.look(282)].map((verdict) => has(verdict, 'contraction'))).toEqual([false, false, false]);
    it.signal(282.5, 'license', { seatsBought: 50 });
    expect(it.look(282.6).health.indicators.find(({ kind }) => kind === 'contraction')?.text).toBe('Seats were cut: from 60 to 50');
  });
});
