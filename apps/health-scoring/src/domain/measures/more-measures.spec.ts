import { Scenario, aliveAt, monday, shippedDocument } from '../../../test/scenario.js';
import { compileScorecard } from '../scorecard/compile-scorecard.js';
import { isoDay } from '../time/day.js';
import type { Verdict } from '../look.js';

const iso = (day: number): string => isoDay(monday + day);
const onboarding = shippedDocument('onboarding').measures.filter(({ id }) => id === 'activation' || id === 'goals_recorded');
const digital = shippedDocument('digital').measures.filter(({ id }) => id === 'payment' || id === 'ticket_trend');
/** The entries as shipped, on one card. */
const scorecard = compileScorecard({ ...shippedDocument('csm-led'), measures: [...onboarding, ...digital], caps: [] }, 1);
type Measure = Verdict['health']['measures'][number];
const read = (it: Scenario, day: number, id: string): Measure => {
  const found = it.look(day, { scorecard }).health.measures.find((measure) => measure.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const started = (day = 0): Scenario => {
  const it = new Scenario().account({}, day);
  it.signal(day, 'contract', { contractId: 'c', status: 'created', startsOn: iso(day), endsOn: null, arrMinor: 1, currency: 'EUR' });
  return it;
};

describe('payment', () => {
  it('is the days the oldest unpaid invoice is overdue', () => {
    const it = started(-100);
    expect(read(it, 0, 'payment')).toMatchObject({ state: 'ok', value: 0, points: 100, text: 'No invoice is overdue' });
    const bill = (invoiceId: string, status: 'due' | 'paid' | 'failed', due: number, at: number): string => it.signal(at, 'invoice', { invoiceId, status, amountMinor: 1, currency: 'EUR', dueOn: iso(due) }).id;
    const old = bill('a', 'due', -15, -40);
    bill('b', 'failed', -5, -30);
    bill('c', 'due', 10, -1);
    expect(read(it, 0, 'payment')).toMatchObject({ value: 15, points: 70, evidence: { signalIds: [old] }, text: '2 invoices are overdue, the oldest by 15 days' });
    expect(read(it, 45, 'payment').points).toBe(0);
    bill('a', 'paid', -15, 46);
    expect(read(it, 46, 'payment').value).toBe(51);
  });
  it('without a source of invoices it is missing', () => {
    const it = started(-100);
    it.sources = (asOf) => aliveAt(asOf, ['invoice']);
    expect(read(it, 0, 'payment').state).toBe('missing');
  });
});

describe('activation', () => {
  it('holds activated contacts against the plan of the day', () => {
    const it = started(0);
    it.signal(0, 'license', { seatsBought: 76 });
    it.use(1, 1, 6, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(read(it, 14, 'activation').state).toBe('not_applicable');
    // Day 20: 6 of 76 days of the ramp are over, so 6 contacts are planned.
    expect(read(it, 20, 'activation')).toMatchObject({ value: 1, points: 100, text: '6 contacts used the product, 6 planned by now' });
    expect(read(it, 26, 'activation')).toMatchObject({ value: 0.5, points: 40 });
    // Whoever used it once was activated, however long ago.
    expect(read(it, 90, 'activation').value).toBeCloseTo(6 / 76, 4);
    it.use(90, 90, 70, Array.from({ length: 70 }, (_, i) => `n${i}`));
    expect(read(it, 200, 'activation').value).toBe(1);
  });
  it('knows no plan without seats', () => {
    expect(read(started(0), 30, 'activation').state).toBe('missing');
  });
});

it('goals_recorded: not before day 30, then none or all', () => {
  const it = started(0);
  expect(read(it, 29, 'goals_recorded').state).toBe('not_applicable');
  expect(read(it, 30, 'goals_recorded')).toMatchObject({ state: 'ok', value: 0, points: 0 });
  const goal = it.signal(31, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: iso(90), status: 'set' });
  expect(read(it, 31, 'goals_recorded')).toMatchObject({ value: 1, points: 100, evidence: { signalIds: [goal.id] } });
});

it('ticket_trend is the z of ticket_surge, from ten tickets and six full weeks', () => {
  const it = started(-100);
  const open = (week: number, count: number): void => {
    for (let i = 0; i < count; i += 1) it.signal(week * 7 + 3 + i / 100, 'ticket', { ticketId: `${week}-${i}`, status: 'opened', priority: 'low' });
  };
  [2, 2, 3, 4, 6].forEach((count, week) => open(week, count));
  expect(read(it, 38, 'ticket_trend')).toMatchObject({ state: 'not_applicable', text: 'Not rated before 10 tickets within 6 full weeks' });
  open(5, 8);
  const rising = [42, 43, 44, 45, 46, 47, 48].map((day) => read(it, day, 'ticket_trend')).filter(({ state }) => state === 'ok');
  expect(rising.at(-1)?.value).toBeCloseTo(2.518, 3);
  expect(rising.at(-1)?.points).toBeLessThan(40);
  // Tickets that were told are judged also where nobody tells of any more.
  it.sources = (asOf) => aliveAt(asOf, ['ticket']);
  expect(read(it, 48, 'ticket_trend')).toMatchObject({ state: 'ok', value: rising.at(-1)?.value });
  const without = started(-100);
  expect(read(without, 0, 'ticket_trend').state).toBe('not_applicable');
  without.sources = (asOf) => aliveAt(asOf, ['ticket']);
  expect(read(without, 0, 'ticket_trend').state).toBe('missing');
});
