import { leadingFiguresOf } from '../leading/leading-figures.js';
import { csmLedScorecard, kindsOf, measureOf, monday, Scenario } from '../../../test/scenario.js';
import { weekdayOf, weekOf } from '../time/account-week.js';
import { AccountView } from '../verdict/account-view.js';
import { poissonTrendZ, weeklyTickets } from './weekly-tickets.js';

/** Account-weeks of `acme` by their first day in days of the scenario: week 0 is the first that begins on its Monday or later. */
const weekday = weekdayOf('acme');
const firstOfWeek = (week: number): number => week * 7 + ((((weekday - monday) % 7) + 7) % 7);
const openedWeeks = (it: Scenario, weeks: number, last: number): number[] =>
  weeklyTickets(new AccountView(it.state, it.at(firstOfWeek(last + 1)), {}, { tiers: {}, defaultTier: '' }, [], null), weeks).counts(weekOf(monday + firstOfWeek(last), weekday));

/** So many tickets are opened in each week, and solved within it. */
function weekly(it: Scenario, first: number, counts: readonly number[]): Scenario {
  counts.forEach((count, week) => {
    for (let n = 0; n < count; n += 1) {
      const opened = firstOfWeek(first + week) + (n / count) * 6;
      it.signal(opened, 'ticket', { ticketId: `${first + week}-${n}`, status: 'opened', priority: 'low' });
      it.signal(opened + 0.9, 'ticket', { ticketId: `${first + week}-${n}`, status: 'solved', priority: 'low' });
    }
  });
  return it;
}

it('each week has the tickets that were opened in it, however many were', () => {
  const counts = [...Array<number>(20).fill(200), 220, 240, 260, 300, 340, 380];
  const it = weekly(new Scenario().account(), 0, counts);
  expect(openedWeeks(it, 20, 19)).toEqual(counts.slice(0, 20));
  expect(openedWeeks(it, 6, 25)).toEqual([220, 240, 260, 300, 340, 380]);
  expect(measureOf(it.look(firstOfWeek(26)), 'ticket_trend').value).toBeCloseTo(poissonTrendZ([220, 240, 260, 300, 340, 380]), 4);
  const figures = leadingFiguresOf({ state: it.state, contacts: [], day: monday + firstOfWeek(26) - 1, now: null, before: null }, csmLedScorecard);
  expect(figures.tickets).toEqual({ now: 260 + 300 + 340 + 380, before: 200 + 200 + 220 + 240 });
});

it('a surge is raised where hundreds a week are usual', () => {
  const it = weekly(new Scenario().account(), 0, [...Array<number>(20).fill(200), 200, 220, 260, 330, 390, 430, 480]);
  it.look(firstOfWeek(26));
  const verdict = it.look(firstOfWeek(27));
  expect(kindsOf(verdict)).toContain('ticket_surge');
  expect(verdict.health.indicators.find(({ kind }) => kind === 'ticket_surge')?.evidence).toHaveLength(20);
});

it('history begins with the first ticket, also when that is forgotten', () => {
  const it = weekly(new Scenario().account(), 0, [1]);
  it.use(0, 320, 1);
  it.look(firstOfWeek(40));
  expect(it.state.facts.tickets.size).toBe(0);
  weekly(it, 38, [5, 7]);
  expect(measureOf(it.look(firstOfWeek(40)), 'ticket_trend').value).toBeCloseTo(poissonTrendZ([0, 0, 0, 0, 5, 7]), 4);
});

it('a ticket counts once, on the day of its first signal', () => {
  const it = new Scenario().account();
  it.signal(firstOfWeek(5), 'ticket', { ticketId: 'a', status: 'updated', priority: 'low' });
  expect(openedWeeks(it, 6, 5)).toEqual([0, 0, 0, 0, 0, 1]);
  it.signal(firstOfWeek(2), 'ticket', { ticketId: 'a', status: 'opened', priority: 'low' });
  it.signal(firstOfWeek(3), 'ticket', { ticketId: 'a', status: 'opened', priority: 'low' });
  it.signal(firstOfWeek(5), 'ticket', { ticketId: 'a', status: 'solved', priority: 'low' });
  expect(openedWeeks(it, 6, 5)).toEqual([0, 0, 1, 0, 0, 0]);
});
