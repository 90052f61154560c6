import { Scenario, csmLedScorecard, monday } from '../../../test/scenario.js';
import { isoDay } from '../time/day.js';
import { leadingFiguresOf } from './leading-figures.js';
import { leadingIndicatorsOf } from './leading-indicators.js';

const iso = (day: number): string => isoDay(monday + day);
const users = Array.from({ length: 10 }, (_, i) => `u${i}`);

/** Four weeks ago all was well; since then the champion, half the users and the plan fell behind. */
function account(): Scenario {
  const it = new Scenario().account({}, -300);
  it.signal(-300, 'contract', { contractId: 'c', status: 'created', startsOn: iso(-300), endsOn: null, arrMinor: 1, currency: 'EUR' });
  for (const [personId, role] of [['s', 'executive_sponsor'], ['c', 'champion'], ['u0', 'power_user'], ['u1', 'power_user']] as const) it.person(-200, personId, { change: 'created', roles: [role] });
  it.signal(-90, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 10, startsOn: iso(-90), dueOn: iso(-40), status: 'set' });
  it.signal(-45, 'metric', { metric: 'm', value: 10 });
  it.signal(-100, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'achieved', dueOn: iso(-60) });
  it.signal(-50, 'survey', { type: 'nps', score: 9 }, { personId: 's' });
  it.meeting(-80, 's');
  it.use(-120, -35, 10, users).use(-34, -1, 10, users.slice(1, 6));
  for (let i = 0; i < 4; i += 1) it.signal(-40 - i, 'ticket', { ticketId: `old-${i}`, status: 'opened', priority: 'low' });
  return it;
}
const figuresAt = (it: Scenario, before: ReturnType<Scenario['look']> | null) =>
  leadingFiguresOf({ state: it.state, contacts: [...it.state.contacts.values()], day: monday, now: it.look(0.5).facts, before: before?.facts ?? null }, csmLedScorecard);

describe('the five leading indicators', () => {
  it('of an account, each with its trend over four weeks', () => {
    const it = account();
    const before = it.look(-28);
    it.signal(-10, 'metric', { metric: 'm', value: 5 });
    it.signal(-10, 'survey', { type: 'nps', score: 4 }, { personId: 's' });
    for (let i = 0; i < 12; i += 1) it.signal(-5, 'ticket', { ticketId: `new-${i}`, status: 'opened', priority: 'low' });
    const told = leadingIndicatorsOf(figuresAt(it, before), null);
    expect(told.map(({ id, value, before: then, trend, better, text }) => [id, value, then, trend, better, text])).toEqual([
      ['plan_progress', 0.68, 1, 'down', 'up', 'Goals and milestones at 68 % of plan to date, 100 % four weeks before'],
      ['usage_by_role', 5, 10, 'down', 'up', '5 contacts active in four weeks, 10 four weeks before'],
      ['ticket_trend', 12, 4, 'up', 'down', '12 tickets opened in four weeks, 4 four weeks before'],
      ['executive_contact', 1, 1, 'flat', 'up', 'A touch with the executive sponsor within 90 days'],
      ['stakeholder_sentiment', 4, 9, 'down', 'up', 'Stakeholders answer 4 of 10, 9 four weeks before'],
    ]);
    expect(told[1]!.byRole!.filter(({ before: then }) => then !== 0)).toEqual([{ role: 'power_user', value: 1, before: 2, trend: 'down' }, { role: 'user', value: 4, before: 8, trend: 'down' }]);
  });
  it('tells nothing of what is not known, and no trend without a past', () => {
    const it = new Scenario().account({}, -40);
    const told = leadingIndicatorsOf(figuresAt(it, null), null);
    expect(told.map(({ id, value, trend }) => [id, value, trend])).toEqual([
      ['plan_progress', null, null], ['usage_by_role', 0, 'flat'], ['ticket_trend', 0, 'flat'], ['executive_contact', 0, null], ['stakeholder_sentiment', null, null],
    ]);
    expect(told[3]!.text).toBe('No touch with the executive sponsor within 90 days');
  });
  it('calls chance no trend, and the end of 90 days without a touch one', () => {
    const it = account();
    const before = it.look(-28);
    for (let i = 0; i < 6; i += 1) it.signal(-5, 'ticket', { ticketId: `new-${i}`, status: 'opened', priority: 'low' });
    expect(leadingIndicatorsOf(figuresAt(it, before), null)[2]).toMatchObject({ value: 6, before: 4, trend: 'flat' });
    const later = leadingFiguresOf({ state: it.state, contacts: [], day: monday + 20, now: it.look(20).facts, before: it.look(-8).facts }, csmLedScorecard);
    expect(leadingIndicatorsOf(later, null)[3]).toMatchObject({ value: 0, before: 1, trend: 'down' });
  });
});
