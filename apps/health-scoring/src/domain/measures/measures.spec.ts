import { Scenario, aliveAt, csmLedScorecard, measureOf, monday } from '../../../test/scenario.js';
import { pointsOn } from '../scorecard/curve.js';
import { shippedScorecards } from '../../scorecards/shipped-scorecards.js';
import { chooseScorecards, sortScorecards } from '../scorecard/choose-scorecard.js';
import { compileScorecard } from '../scorecard/compile-scorecard.js';
import { AccountView } from '../verdict/account-view.js';
import { aged } from '../verdict/assess-measures.js';
import { addBusinessDays, isoDay, parseDay } from '../time/day.js';

const iso = (day: number): string => isoDay(monday + day);
const aged30 = (it: Scenario, days: number): Scenario => {
  it.account({}, -days);
  it.signal(-days, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-days), endsOn: null, arrMinor: 1, currency: 'EUR' });
  return it;
};
const points = (it: Scenario, id: string, day = 0): number | null => measureOf(it.look(day), id).points;

describe('curves', () => {
  it.each([
    ['goal_attainment', [[-1, 0], [0, 0], [0.4, 25], [0.8, 50], [0.9, 70], [1, 90], [1.2, 100], [3, 100]]],
    ['milestones_on_time', [[0, 0], [0.25, 20], [0.5, 40], [1, 100]]],
    ['usage_level', [[0.2, 0], [0.5, 0], [0.6, 20], [0.7, 40], [1, 80], [1.2, 100]]],
    ['survey', [[0, 0], [6, 35], [8, 70], [9, 85], [10, 100]]],
    ['renewal_intent', [[0, 0], [3, 10], [6, 50], [8, 80], [10, 100]]],
    ['touches', [[0, 0], [0.33, 50], [1, 100], [2, 100]]],
    ['executive_touch', [[0, 100], [60, 100], [90, 50], [120, 0]]],
    ['ticket_load', [[0, 85], [5, 75], [12, 40], [24, 0], [40, 0]]],
    ['csm_sentiment', [[1, 0], [2, 25], [3, 60], [4, 85], [5, 100]]],
    ['multithreading', [[0, 0], [42, 42], [100, 100]]],
  ] as const)('%s', (id, table) => {
    const curve = csmLedScorecard.measures.find((measure) => measure.id === id)?.curve ?? [];
    for (const [value, expected] of table) expect(pointsOn(curve, value)).toBeCloseTo(expected, 9);
  });

  it('ageing keeps two thirds of the validity, then fades to at most 50', () => {
    const { ageing } = csmLedScorecard;
    expect([0, 0.5, 2 / 3, 5 / 6, 1, 4].map((share) => aged(90, share, ageing))).toEqual([90, 90, 90, expect.closeTo(70, 9), 50, 50]);
    expect([0, 2 / 3, 5 / 6, 1].map((share) => aged(30, share, ageing))).toEqual([30, 30, 30, 30]);
  });
});

describe('license_utilisation (H4)', () => {
  const band = (month: number, used: number, bought: number): string => {
    const it = aged30(new Scenario(), Math.round(month * 30.4375));
    it.signal(-Math.round(month * 30.4375), 'license', { seatsBought: bought, seatsAssigned: used });
    const measure = measureOf(it.look(0), 'license_utilisation');
    return measure.state === 'ok' ? measure.band : measure.state;
  };
  it.each([
    [1, 36, 500, 'not_applicable'], [7, 36, 500, 'red'], [5, 45, 100, 'amber'], [7, 45, 100, 'red'], [5, 60, 100, 'green'], [8, 60, 100, 'amber'], [10.5, 60, 100, 'red'],
  ] as const)('month %d: %d of %d seats is %s', (month, used, bought, expected) => expect(band(month, used, bought)).toBe(expected));

  it('leaves added seats out for 90 days and keeps the old number after a cut until the renewal', () => {
    const it = aged30(new Scenario(), 300);
    it.signal(-300, 'license', { seatsBought: 100, seatsAssigned: 80 });
    it.signal(-10, 'license', { seatsBought: 600, seatsAssigned: 80 });
    expect(measureOf(it.look(0), 'license_utilisation').value).toBe(0.8);
    expect(measureOf(it.look(79), 'license_utilisation').value).toBe(0.8);
    expect(measureOf(it.look(81), 'license_utilisation').value).toBeCloseTo(80 / 600, 4);
    const cut = aged30(new Scenario(), 300);
    cut.signal(-300, 'license', { seatsBought: 100, seatsAssigned: 40 });
    cut.signal(-10, 'license', { seatsBought: 40, seatsAssigned: 40 });
    expect(measureOf(cut.look(0), 'license_utilisation').value).toBe(0.4);
    cut.signal(20, 'contract', { contractId: 'c', status: 'renewed', startsOn: iso(20), endsOn: null, arrMinor: 1, currency: 'EUR' });
    expect(measureOf(cut.look(21), 'license_utilisation').value).toBe(1);
    // A downsell that is told late is the renewal's; one after the month of grace waits for the next.
    cut.signal(30.5, 'license', { seatsBought: 20, seatsAssigned: 20 });
    expect([measureOf(cut.look(30.6), 'license_utilisation').value, measureOf(cut.look(60), 'license_utilisation').value]).toEqual([1, 1]);
    cut.signal(60, 'license', { seatsBought: 10, seatsAssigned: 10 });
    expect(measureOf(cut.look(61), 'license_utilisation').value).toBe(0.5);
  });

  it('counts contacts active in 28 days where assigned seats are not reported', () => {
    const it = aged30(new Scenario(), 300);
    it.signal(-300, 'license', { seatsBought: 10 });
    it.use(-40, -40, 5, ['old']).use(-10, -10, 5, ['a', 'b']).use(-2, -2, 5, ['b', 'c', 'd']);
    expect(measureOf(it.look(0), 'license_utilisation').value).toBe(0.4);
  });
});

describe('usage_level', () => {
  it('is not rated before eight weeks, missing when there never was use', () => {
    const it = aged30(new Scenario(), 40).use(-40, -1, 10);
    expect(measureOf(it.look(0), 'usage_level').state).toBe('not_applicable');
    expect(measureOf(aged30(new Scenario(), 90).look(0), 'usage_level').state).toBe('missing');
  });
  it('is the 28-day total against the median of earlier ones', () => {
    const it = aged30(new Scenario(), 120).use(-120, -29, 10).use(-28, -1, 6);
    expect(measureOf(it.look(0), 'usage_level').value).toBeCloseTo(0.6, 1);
  });
  it('counts contacts below five of them', () => {
    const it = aged30(new Scenario(), 120).use(-120, -29, 100, ['a', 'b', 'c', 'd']).use(-28, -1, 2, ['a', 'b', 'c', 'd']);
    expect(measureOf(it.look(0), 'usage_level').value).toBe(1);
  });
});

describe('survey and renewal intent (H6)', () => {
  const base = (): Scenario => {
    const it = aged30(new Scenario(), 400);
    it.person(-300, 's', { change: 'created', roles: ['executive_sponsor'] });
    it.person(-300, 'c', { change: 'created', roles: ['champion', 'power_user'] });
    return it;
  };
  it('weighs stakeholders, others together at most two', () => {
    const it = base();
    it.signal(-5, 'survey', { type: 'nps', score: 10 }, { personId: 's' });
    for (let i = 0; i < 7; i += 1) it.signal(-6, 'survey', { type: 'nps', score: 0 }, { personId: `u${i}` });
    expect(measureOf(it.look(0), 'survey').value).toBe(6);
    it.signal(-4, 'survey', { type: 'csat', score: 3 }, { personId: 'c' });
    expect(measureOf(it.look(0), 'survey').value).toBeCloseTo((30 + 0 + 2 * 5) / 7, 4);
  });
  it('a newer answer of the same type replaces, a CSAT does not erase an NPS', () => {
    const it = base();
    it.signal(-5, 'survey', { type: 'nps', score: 9 }, { personId: 's' });
    it.signal(-4, 'survey', { type: 'nps', score: 3 }, { personId: 's' });
    expect(measureOf(it.look(0), 'survey').value).toBe(3);
    it.signal(-3, 'survey', { type: 'csat', score: 5 }, { personId: 's' });
    expect(measureOf(it.look(0), 'survey').value).toBe(6.5);
  });
  it('fades, turns stale at 180 days and never rises', () => {
    const it = base();
    it.signal(0, 'survey', { type: 'nps', score: 9 }, { personId: 's' });
    expect([1, 119, 150, 179, 181].map((day) => points(it, 'survey', day))).toEqual([85, 85, 67.5, expect.closeTo(50.6, 0), 50]);
    expect(measureOf(it.look(181), 'survey').state).toBe('stale');
    expect(it.look(179.5).nextLookAt).toBe(it.at(180));
  });
  it('the lowest decision maker counts, else the mean', () => {
    const it = base();
    it.signal(-5, 'survey', { type: 'renewal_intent', score: 4 }, { personId: 'x' });
    it.signal(-5, 'survey', { type: 'renewal_intent', score: 8 }, { personId: 'y' });
    expect(measureOf(it.look(0), 'renewal_intent').value).toBe(6);
    it.signal(-5, 'survey', { type: 'renewal_intent', score: 9 }, { personId: 's' });
    it.signal(-5, 'survey', { type: 'renewal_intent', score: 7 }, { personId: 'c' });
    expect(measureOf(it.look(0), 'renewal_intent').value).toBe(7);
  });
});

describe('engagement and relationship', () => {
  const base = (tier: string): Scenario => {
    const it = aged30(new Scenario(), 400).account({ tier }, -400);
    for (const [personId, role] of [['s', 'executive_sponsor'], ['c', 'champion'], ['p', 'power_user']] as const) it.person(-300, personId, { change: 'created', roles: [role], name: personId.toUpperCase() });
    return it;
  };
  it('touches are held meetings and inbound replies, not our own mails', () => {
    const it = base('high');
    it.meeting(-3, 's');
    it.signal(-2, 'engagement', { type: 'mail', direction: 'inbound' }, { personId: 'c' });
    it.signal(-2, 'engagement', { type: 'mail', direction: 'outbound' }, { personId: 'c' });
    it.signal(-2, 'engagement', { type: 'meeting', outcome: 'no_show', attendees: [{ personId: 'p' }] });
    it.signal(-31, 'engagement', { type: 'mail', direction: 'inbound' }, { personId: 'c' });
    expect(measureOf(it.look(0), 'touches').value).toBe(0.5);
  });
  it('touches about an open escalation or complaint do not count until it is solved', () => {
    const it = base('mid');
    it.signal(-4, 'ticket', { ticketId: 't', status: 'escalated', priority: 'high' });
    it.signal(-3, 'engagement', { type: 'call', outcome: 'held', attendees: [{ personId: 'c' }], ticketId: 't' });
    expect(measureOf(it.look(-0.5), 'touches').value).toBe(0);
    it.signal(-0.4, 'ticket', { ticketId: 't', status: 'solved', priority: 'high' });
    expect(measureOf(it.look(0), 'touches').value).toBe(0.5);
  });
  it('before day 30 nobody met yet is no data, and says so in the coverage', () => {
    const it = aged30(new Scenario(), 12);
    expect(measureOf(it.look(0), 'touches').state).toBe('missing');
    const inForce = sortScorecards(shippedScorecards.map(({ document }) => compileScorecard(document, 1)));
    const { scorecard } = chooseScorecards(it.state, it.at(0.5), inForce);
    // No open ticket is all that is known.
    expect(it.look(0.5, { scorecard }).health).toMatchObject({ scorecard: { id: 'onboarding' }, rawScore: 85, band: 'unknown', dataCoverage: 0.2857 });
  });
  it('digital accounts have no target, an unconnected source no data', () => {
    expect(measureOf(base('digital').look(0), 'touches').state).toBe('not_applicable');
    const it = base('mid');
    it.sources = (asOf) => aliveAt(asOf, ['engagement']);
    expect(measureOf(it.look(0), 'touches').state).toBe('missing');
    expect(measureOf(it.look(0), 'multithreading').state).toBe('missing');
  });
  it('executive touch falls by days and names the last meeting (H3)', () => {
    const it = base('mid');
    it.meeting(-90, 's');
    const measure = measureOf(it.look(0.5), 'executive_touch');
    expect(measure).toMatchObject({ value: 90, points: 50 });
    expect(measure.text).toContain(`S was 90 days ago, on ${iso(-90)}`);
    const young = new Scenario().account({}, -10);
    expect(measureOf(young.look(0), 'executive_touch').state).toBe('not_applicable');
    expect(measureOf(young.look(30), 'executive_touch').points).toBe(0);
  });
  it('multithreading is 0.6 roles + 0.4 breadth; power users count by use', () => {
    const it = base('mid');
    expect(points(it, 'multithreading')).toBe(0);
    it.use(-5, -5, 1, ['p']);
    it.meeting(-5, 's', 'c');
    expect(points(it, 'multithreading')).toBeCloseTo(100 * (0.6 + 0.4 * 0.5), 2);
    it.meeting(-4, 'x', 'y');
    expect(points(it, 'multithreading')).toBe(100);
  });
  it('a contact who is gone fills no role (H12)', () => {
    const it = base('mid');
    it.use(-5, -5, 1, ['p']);
    it.meeting(-5, 's', 'c', 'x', 'y');
    expect(points(it, 'multithreading')).toBe(100);
    it.person(-1, 'c', { change: 'departed' });
    expect(points(it, 'multithreading')).toBeCloseTo(100 * (0.6 * (2 / 3) + 0.4), 2);
  });
});

describe('goals and milestones', () => {
  it('no goals: not applicable to day 29, missing from day 30', () => {
    const it = new Scenario().account({}, 0);
    expect(measureOf(it.look(29.5), 'goal_attainment').state).toBe('not_applicable');
    expect(measureOf(it.look(30), 'goal_attainment').state).toBe('missing');
  });
  it('paces against the time elapsed, at least a quarter', () => {
    const it = new Scenario().account({}, -100);
    it.signal(0, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 10, target: 110, startsOn: iso(0), dueOn: iso(100), status: 'set' });
    it.signal(1, 'metric', { metric: 'm', value: 30 });
    expect([2, 50, 80, 100, 150].map((day) => measureOf(it.look(day), 'goal_attainment').value)).toEqual([0.8, 0.4, 0.25, 0.2, 0.2]);
  });
  it('a target lowered within 90 days of its date is scored against the old one', () => {
    const it = new Scenario().account({}, -300);
    it.signal(-200, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 100, dueOn: iso(-1), status: 'set' });
    it.signal(-20, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 50, dueOn: iso(-1), status: 'set' });
    it.signal(-2, 'metric', { metric: 'm', value: 50 });
    expect(measureOf(it.look(0), 'goal_attainment').value).toBe(0.5);
  });
  it('goals whose attainment no number can tell are no data', () => {
    const it = new Scenario().account({}, -100);
    for (const [metric, target] of [['m', 1e-300], ['n', -1e-300]] as const) {
      it.signal(-50, 'goal', { goalId: metric, name: 'G', metric, baseline: 0, target, dueOn: iso(-1), status: 'set' });
      it.signal(-2, 'metric', { metric, value: 9e15 });
    }
    expect(measureOf(it.look(0), 'goal_attainment')).toMatchObject({ state: 'missing', value: null, points: null });
  });
  it('milestones due in 180 days count by their date, overdue ones 0', () => {
    const it = new Scenario().account({}, -300);
    const milestone = (milestoneId: string, status: 'planned' | 'achieved', at: number, due: number): void =>
      void it.signal(at, 'milestone', { milestoneId, name: milestoneId, phase: 'value', status, dueOn: iso(due) });
    milestone('on time', 'achieved', -30, -20);
    milestone('late', 'achieved', -10, -15);
    milestone('overdue', 'planned', -40, -3);
    milestone('ahead', 'planned', -40, 20);
    milestone('old', 'achieved', -250, -200);
    expect(measureOf(it.look(0), 'milestones_on_time').value).toBeCloseTo(1 / 3, 4);
  });
});

describe('ticket_load', () => {
  const users = (count: number): string[] => Array.from({ length: count }, (_, i) => `u${i}`);
  it('is what the open tickets weigh for each hundred contacts who use the product, and leads to them', () => {
    const it = aged30(new Scenario(), 90);
    for (const [ticketId, priority] of [['a', 'urgent'], ['b', 'low'], ['c', 'high']] as const) it.signal(-9, 'ticket', { ticketId, status: 'opened', priority });
    it.signal(-8, 'ticket', { ticketId: 'c', status: 'solved', priority: 'high' });
    expect(measureOf(it.look(0), 'ticket_load')).toMatchObject({ value: 13, evidence: { query: 'kind=ticket' } });
    it.use(-3, -3, 200, users(200));
    expect(measureOf(it.look(0), 'ticket_load').value).toBe(6.5);
  });
  it('goes by the number of contacts only where they are so many that it divides', () => {
    const { definition, settings } = csmLedScorecard.measures.find(({ id }) => id === 'ticket_load')!;
    const goesBy = (count: number) => {
      const it = new Scenario().use(-3, -3, count, users(count));
      return definition.goesBy(new AccountView(it.state, it.at(0), aliveAt(it.at(0)), csmLedScorecard), settings);
    };
    expect([goesBy(100), goesBy(101)]).toEqual([['tickets', 'use'], ['tickets', 'use', 'active_contacts']]);
  });
});

describe('sources', () => {
  it('a stale source keeps the value, lowers the coverage and fades the points from then on', () => {
    const it = aged30(new Scenario(), 120).use(-120, -1, 10);
    it.sources = () => ({ usage: { lastSeenAt: it.at(0), staleAt: it.at(2) } });
    const values = [1, 2, 10, 20, 25, 31].map((day) => measureOf(it.look(day), 'usage_level'));
    expect(values.map((measure) => measure.state)).toEqual(['ok', 'stale', 'stale', 'stale', 'stale', 'stale']);
    expect(new Set(values.slice(1).map((measure) => measure.value)).size).toBe(1);
    const seen = values.map((measure) => measure.points ?? NaN);
    expect([...seen].sort((a, b) => b - a)).toEqual(seen);
    expect(seen.at(-1)).toBe(50);
  });
  it('tickets count at most 50 points while use is below half', () => {
    const queue = (lately: number): number | null => points(aged30(new Scenario(), 200).use(-200, -29, 100).use(-28, -1, lately), 'ticket_load');
    expect([queue(10), queue(49), queue(50)]).toEqual([50, 50, 85]);
  });
});

it('business days skip weekends', () => {
  expect(isoDay(addBusinessDays(monday + 5, 1))).toBe(iso(7));
  expect(isoDay(addBusinessDays(parseDay('2026-01-09'), 10))).toBe('2026-01-23');
});
