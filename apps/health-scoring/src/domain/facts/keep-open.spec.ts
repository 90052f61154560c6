import { kindsOf, monday, Scenario } from '../../../test/scenario.js';
import { isoDay } from '../time/day.js';
import { keepOpen, type Standing } from './keep-open.js';

const iso = (day: number): string => isoDay(monday + day);
const money = { amountMinor: 1, currency: 'EUR' };
const terms = { arrMinor: 1, currency: 'EUR' };

describe('what is open is not forgotten for what is settled', () => {
  it('an invoice that is never paid, beside ten a month that are', () => {
    const it = new Scenario().account().use(-90, 0, 5, ['a', 'b']);
    it.signal(-280, 'invoice', { invoiceId: 'never', status: 'due', dueOn: iso(-250), ...money });
    for (let n = 0; n < 90; n += 1) {
      it.signal(-270 + n * 3, 'invoice', { invoiceId: `I-${n}`, status: 'due', dueOn: iso(-260 + n * 3), ...money });
      it.signal(-269 + n * 3, 'invoice', { invoiceId: `I-${n}`, status: 'paid', dueOn: iso(-260 + n * 3), ...money });
    }
    const verdict = it.look(0);
    expect(kindsOf(verdict)).toContain('payment_overdue');
    expect(verdict.health.caps?.map(({ reason }) => reason)).toEqual(expect.arrayContaining([expect.stringContaining('overdue')]));
    expect(it.state.facts.invoices.size).toBe(61);
  });

  it('an urgent complaint that is never solved, beside 147 tickets a week that are', () => {
    const it = new Scenario().account().use(-90, 60, 5, ['a', 'b']);
    it.signal(0, 'ticket', { ticketId: 'never', status: 'opened', priority: 'urgent', complaint: true });
    const raw: number[] = [];
    for (let day = 0; day < 60; day += 1) {
      for (let n = 0; n < 21; n += 1) {
        it.signal(day + 0.1 + n / 100, 'ticket', { ticketId: `T-${day}-${n}`, status: 'opened', priority: 'normal' });
        it.signal(day + 0.5 + n / 100, 'ticket', { ticketId: `T-${day}-${n}`, status: 'solved', priority: 'normal' });
      }
      if (day < 40) continue;
      const verdict = it.look(day + 0.9);
      expect(kindsOf(verdict)).toEqual(expect.arrayContaining(['complaint_open', 'urgent_ticket_open']));
      expect(verdict.health.caps).toHaveLength(2);
      raw.push(verdict.health.measures.find(({ id }) => id === 'ticket_load')?.points ?? NaN);
    }
    expect(new Set(raw).size).toBe(1);
  });

  it('a milestone, a goal, a contract that is cancelled and the first one of all, which dates the account', () => {
    const it = new Scenario();
    const goal = { name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: iso(90) };
    it.signal(-300, 'milestone', { milestoneId: 'open', name: 'M', phase: 'value', status: 'planned', dueOn: iso(-10) });
    it.signal(-300, 'goal', { goalId: 'open', status: 'set', ...goal });
    it.signal(-300, 'contract', { contractId: 'ending', status: 'cancel_scheduled', startsOn: iso(-600), endsOn: iso(200), ...terms });
    it.signal(-300, 'contract', { contractId: 'first', status: 'created', startsOn: iso(-900), endsOn: iso(-800), ...terms });
    it.signal(-300, 'contract', { contractId: 'runs', status: 'created', startsOn: iso(-300), endsOn: null, ...terms });
    for (let n = 0; n < 150; n += 1) {
      for (const status of ['planned', 'achieved'] as const) it.signal(-200 + n, 'milestone', { milestoneId: `M-${n}`, name: 'M', phase: 'value', status, dueOn: iso(-100 + n) });
      for (const status of ['set', 'dropped'] as const) it.signal(-200 + n, 'goal', { goalId: `G-${n}`, status, ...goal });
      it.signal(-200 + n, 'contract', { contractId: `C-${n}`, status: 'created', startsOn: iso(-600), endsOn: iso(-500), ...terms });
    }
    const { milestones, goals, contracts } = it.state.facts;
    expect([milestones, goals, contracts].map((things) => [things.size, [...things.keys()].filter((id) => !id.includes('-'))])).toEqual([[101, ['open']], [51, ['open']], [53, ['ending', 'first', 'runs']]]);
    expect(kindsOf(it.look(0))).toEqual(expect.arrayContaining(['milestone_missed', 'cancel_scheduled']));
  });
});

it('a rating after closing, of a ticket that is forgotten, holds nothing for good', () => {
  const it = new Scenario();
  const told = (day: number, ticketId: string, status: 'opened' | 'updated' | 'solved'): void => void it.signal(day, 'ticket', { ticketId, status, priority: 'urgent' });
  const some = (from: number): void => {
    for (let n = 0; n < 1200; n += 1) for (const status of ['opened', 'solved'] as const) told(from + n / 100, `T-${from}-${n}`, status);
  };
  some(-30);
  told(-15, 'rated', 'updated');
  expect(kindsOf(it.look(-15))).toContain('urgent_ticket_open');
  some(-14);
  expect(kindsOf(it.look(0))).not.toContain('urgent_ticket_open');
});

it('of what is told ends first only as many are taken for open as had to be forgotten before they began', () => {
  const it = new Scenario();
  for (const status of ['paid', 'due'] as const) for (let n = 0; n < 320; n += 1) it.signal(-100 + n / 10 - (status === 'due' ? 30 : 0), 'invoice', { invoiceId: `I${n}`, status, dueOn: iso(-300), ...money });
  expect([...it.state.facts.invoices.values()].filter(({ paid }) => !paid)).toHaveLength(20);
});

it('a history that is told the newest first leaves nothing open that came to its end', () => {
  const it = new Scenario();
  const goal = { name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: iso(90) };
  const newestFirst = <S extends string>(...statuses: S[]): S[] => statuses.reverse();
  for (let n = 0; n > -1500; n -= 1) {
    const at = (step: number): number => n / 10 + step / 1000;
    newestFirst('opened', 'updated', 'escalated', 'solved').forEach((status, i) => it.signal(at(-i), 'ticket', { ticketId: `T${n}`, status, priority: 'urgent' }));
    newestFirst('due', 'overdue', 'paid').forEach((status, i) => it.signal(at(-i), 'invoice', { invoiceId: `I${n}`, status, dueOn: iso(-300), ...money }));
    newestFirst('planned', 'missed', 'achieved').forEach((status, i) => it.signal(at(-i), 'milestone', { milestoneId: `M${n}`, name: 'M', phase: 'value', status }));
    newestFirst('set', 'dropped').forEach((status, i) => it.signal(at(-i), 'goal', { goalId: `G${n}`, status, ...goal }));
  }
  const { tickets, invoices, milestones, goals } = it.state.facts;
  expect([tickets.size, invoices.size, milestones.size, goals.size]).toEqual([1000, 60, 100, 50]);
  expect(kindsOf(it.look(0.1)).filter((kind) => ['urgent_ticket_open', 'payment_overdue', 'milestone_missed', 'goal_behind'].includes(kind))).toEqual([]);
});

it.each<{ name: string; told: readonly (readonly [Standing, count: number])[]; kept: Record<Standing, number> }>([
  { name: 'up to its room nothing is forgotten', told: [['settled', 3], ['open', 5]], kept: { settled: 3, ended: 0, open: 5 } },
  { name: 'settled ones make no room for open ones', told: [['settled', 9], ['open', 9]], kept: { settled: 3, ended: 0, open: 5 } },
  { name: 'what waits for its beginning has room of its own', told: [['ended', 9], ['open', 6]], kept: { settled: 0, ended: 5, open: 5 } },
])('$name, and the newest stay', ({ told, kept }) => {
  const all = told.flatMap(([standing, count]) => Array.from({ length: count }, (_, age) => ({ standing, at: 100 - age, id: `${standing}-${age}` })));
  const things = new Map(all.map((thing) => [thing.id, thing]));
  keepOpen(things, { settled: 3, others: 5 }, ({ standing }) => standing, (thing) => thing);
  expect([...things.keys()].sort()).toEqual((Object.entries(kept) as [Standing, number][]).flatMap(([standing, count]) => Array.from({ length: count }, (_, age) => `${standing}-${age}`)).sort());
});
