import { newBook, withHealth, withRenewals, type AccountBook } from './account-book.js';
import { command, type Desk } from './desk.js';
import { desk, health, indicator, office, riskChange, tasksIn } from '../../test/desk-fixture.js';
import { followRiskChange } from './follow-risk-change.js';
import { lookOver } from './look-over.js';
import { pendingWaits } from './run.js';
import type { HealthState } from '@perennial/contracts/health';

const at = '2026-11-24T09:00:00.000Z';
const hygieneGroups = new Set(['hygiene']);
const look = (on: Desk, book: (book: AccountBook) => AccountBook, id = 'e1', when = at) => lookOver({ ...on, book: book(on.book) }, { id, at: when }, office());
const told = (on: Desk, state: HealthState, id = 'e1', when = at) => look(on, (book) => withHealth(book, state, hygieneGroups), id, when);
const renewal = (noticeOn: string, state: 'open' | 'agreed' | 'churned' = 'open') => (book: AccountBook) =>
  withRenewals(book, { accountId: 'acme', arrMinor: 1, currency: 'EUR', version: 1, renewals: [{ id: 'c1~2027-03-31', accountId: 'acme', contractId: 'c1', renewalOn: '2027-03-31', noticeOn, arrMinor: 1, currency: 'EUR', state, outcome: null, forecast: null }] });

describe('hygiene', () => {
  const two = health('green', [], { indicators: [indicator('goals_missing', 'hygiene'), indicator('cadence_missed', 'hygiene'), indicator('usage_drop', 'use')] });

  it('opens one task per hygiene indicator in one run', () => {
    const after = told(desk(), two);
    expect(after.runs).toHaveLength(1);
    expect(tasksIn(after, 'hygiene').map((task) => task.title)).toEqual(['Record goals with KPI, baseline, target and date for Acme', 'Get in touch with Acme: cadence_missed holds']);
    expect(told(after, two)).toEqual(after);
  });

  it('closes the task of the indicator that clears, and the run with the last', () => {
    const one = told(told(desk(), two), health('green', [], { indicators: [indicator('cadence_missed', 'hygiene')] }), 'e2');
    expect(tasksIn(one, 'hygiene').map((task) => task.state)).toEqual(['done', 'open']);
    expect(one.runs[0]!.state).toBe('running');
    const none = told(one, health('green', []), 'e3');
    expect(none.runs).toMatchObject([{ state: 'completed', outcome: 'indicator_cleared' }]);
    expect(tasksIn(none, 'hygiene').map((task) => task.reason)).toEqual(['goals_missing has cleared', 'cadence_missed has cleared']);
  });

  it('is not opened by what a change of scorecard raised, and closes with it', () => {
    const raised = { ...indicator('goals_missing', 'hygiene'), byRevision: true };
    expect(told(desk(), health('green', [], { indicators: [raised] })).runs).toEqual([]);
    const both = told(desk(), health('green', [], { indicators: [raised, indicator('cadence_missed', 'hygiene')] }));
    expect(tasksIn(both, 'hygiene').map(({ title }) => title)).toEqual(['Get in touch with Acme: cadence_missed holds']);
  });

  it('stays quiet until go-live', () => {
    expect(told(desk({ goLive: '2027-01-01' }), two).runs).toEqual([]);
    expect(told(desk({ goLive: '2027-01-01' }), two, 'e1', '2027-01-01T00:00:00.000Z').runs).toHaveLength(1);
  });
});

describe('the save-plan review', () => {
  const decide = (on: Desk, reason: string | null = 'Executive call on Friday') => {
    const task = tasksIn(on, 'risk-response').find((open) => open.state === 'open' && open.title.startsWith('Save-plan review'))!;
    return command(on, 'risk-response', { type: 'close-task', taskId: task.id, status: 'done', reason, at }, office());
  };
  const three: HealthState['strikes']['groups'] = ['people', 'support', 'use'];

  it('is not opened by two groups', () => {
    expect(told(desk(), health('amber', ['use', 'people'])).runs).toEqual([]);
  });

  it('is opened by the third, and decided by completing its task', () => {
    const open = told(desk(), health('red', three));
    expect(tasksIn(open, 'risk-response')).toMatchObject([{ title: 'Save-plan review of Acme: strikes in people, support, use', dueOn: '2026-11-27', state: 'open' }]);
    expect(open.book.reviews).toMatchObject([{ state: 'open', groups: three, decision: null }]);
    const done = decide(open);
    expect(done.book.reviews).toMatchObject([{ state: 'decided', groups: three, decidedAt: at, decision: 'Executive call on Friday' }]);
    expect(done.runs).toMatchObject([{ state: 'completed', outcome: 'decided' }]);
  });

  it('stays shut for the same groups, also after one of them went and came back', () => {
    const shut = decide(told(desk(), health('red', three)));
    expect(told(shut, health('red', three), 'e2').runs).toHaveLength(1);
    const fewer = told(shut, health('amber', ['use', 'people']), 'e3');
    expect(told(fewer, health('red', three), 'e4').runs).toHaveLength(1);
  });

  it('is opened again for a new group only', () => {
    const shut = decide(told(desk(), health('red', three)));
    const again = told(shut, health('red', [...three, 'voice']), 'e2');
    expect(again.book.reviews).toMatchObject([{ state: 'decided' }, { state: 'open', groups: ['people', 'support', 'use', 'voice'] }]);
  });

  it('takes up groups that come while it is open', () => {
    const grown = told(told(desk(), health('red', three)), health('red', [...three, 'voice']), 'e2');
    expect(grown.book.reviews).toMatchObject([{ state: 'open', groups: ['people', 'support', 'use', 'voice'] }]);
    expect(told(decide(grown), health('red', ['people', 'support', 'voice']), 'e3').book.reviews).toMatchObject([{ state: 'decided' }]);
  });

  it('keeps a group that went while it was open: its return calls for no second review', () => {
    const changed = told(told(desk(), health('red', three)), health('red', ['people', 'support', 'voice']), 'e2');
    expect(changed.book.reviews).toMatchObject([{ groups: ['people', 'support', 'use', 'voice'] }]);
    expect(told(decide(changed), health('red', three), 'e3').book.reviews).toMatchObject([{ state: 'decided' }]);
  });

  it('keeps the run going when the risk itself has cleared, without taking up its steps again', () => {
    const both = followRiskChange(told(desk(), health('red', three)), riskChange('amber', 'red'), { id: 'r1', at }, office());
    const green = followRiskChange(both, riskChange('red', 'green', { version: 2 }), { id: 'r2', at }, office());
    expect(green.runs).toMatchObject([{ state: 'running' }]);
    const titles = tasksIn(green, 'risk-response').map((task) => [task.title, task.state]);
    const later = command(green, 'risk-response', { type: 'plan-again', at: '2026-12-24T09:00:00.000Z' }, office());
    expect(tasksIn(later, 'risk-response').map((task) => [task.title, task.state])).toEqual(titles);
  });

  it('keeps the run going over a relapse, with the steps of the risk taken anew', () => {
    const both = followRiskChange(told(desk(), health('red', three)), riskChange('amber', 'red'), { id: 'r1', at }, office());
    const green = followRiskChange(both, riskChange('red', 'green', { version: 2 }), { id: 'r2', at }, office());
    const relapsed = followRiskChange(green, riskChange('green', 'amber', { version: 3 }), { id: 'r3', at }, office());
    expect(relapsed.runs.map((run) => run.id)).toEqual(both.runs.map((run) => run.id));
    const agreed = tasksIn(relapsed, 'risk-response').filter((task) => task.title === 'Agree a way back to green with Acme');
    expect(agreed.map((task) => task.state)).toEqual(['cancelled', 'open']);
    expect(new Set(agreed.map((task) => task.id)).size).toBe(2);
  });

  it('is withdrawn when the account is green before anybody decided', () => {
    const open = told(desk(), health('red', three));
    const fewer = told(open, health('amber', ['use', 'people']), 'e2');
    expect(fewer.book.reviews).toMatchObject([{ state: 'open' }]);
    const green = told(fewer, health('green', []), 'e3');
    expect(green.book.reviews).toEqual([]);
    expect(green.runs).toMatchObject([{ state: 'exited', outcome: 'risk_cleared' }]);
    expect(told(green, health('red', three), 'e4').book.reviews).toMatchObject([{ state: 'open' }]);
  });
});

describe('the renewal countdown', () => {
  const fire = (on: Desk) => {
    let now = on;
    for (let wait = pendingWaits(now.runs[0]!)[0]; wait; wait = pendingWaits(now.runs[0]!)[0]) now = command(now, 'renewal-countdown', { type: 'end-wait', waitId: wait.id, at: wait.until }, office());
    return now;
  };

  it('opens its tasks 120, 90, 60 and 30 days before the notice date, the last due before it', () => {
    const start = look(desk(), renewal('2027-01-30'), 'e1', '2026-09-01T09:00:00.000Z');
    expect(pendingWaits(start.runs[0]!)).toMatchObject([{ until: '2026-10-02T00:00:00.000Z' }]);
    const tasks = tasksIn(fire(start), 'renewal-countdown');
    expect(tasks.map((task) => task.openedAt.slice(0, 10))).toEqual(['2026-10-02', '2026-11-01', '2026-12-01', '2026-12-31']);
    expect(tasks.map((task) => task.dueOn)).toEqual(['2026-10-19', '2026-11-16', '2026-12-14', '2027-01-25']);
    expect(tasks.every((task) => task.ownerId === 'olga')).toBe(true);
  });

  it('that begins late catches up, and still ends before the notice date', () => {
    const late = look(desk(), renewal('2027-01-30'), 'e1', '2027-01-28T09:00:00.000Z');
    expect(pendingWaits(late.runs[0]!)).toEqual([]);
    expect(tasksIn(late, 'renewal-countdown').map((task) => task.dueOn)).toEqual(Array(4).fill('2027-01-28'));
    // The notice date is a Saturday: Monday would be too late.
    const last = look(desk(), renewal('2027-01-30'), 'e1', '2027-01-30T09:00:00.000Z');
    expect(tasksIn(last, 'renewal-countdown').map((task) => task.dueOn)).toEqual(Array(4).fill('2027-01-30'));
    expect(look(desk(), renewal('2027-01-30'), 'e1', '2027-01-31T09:00:00.000Z').runs).toEqual([]);
  });

  it('follows the notice date: what is open is planned again, what is done stays', () => {
    const start = look(desk(), renewal('2027-01-30'), 'e1', '2026-11-24T09:00:00.000Z');
    const [first] = tasksIn(start, 'renewal-countdown');
    const done = command(start, 'renewal-countdown', { type: 'close-task', taskId: first!.id, status: 'done', reason: null, at }, office());
    const moved = look(done, renewal('2027-03-01'), 'e2', '2026-11-25T09:00:00.000Z');
    expect(moved.runs).toHaveLength(1);
    expect(pendingWaits(moved.runs[0]!)).toMatchObject([{ until: '2026-12-31T00:00:00.000Z' }]);
    expect(tasksIn(moved, 'renewal-countdown')).toMatchObject([{ state: 'done', dueOn: first!.dueOn }, { state: 'open', dueOn: '2026-12-14' }]);
  });

  it.each([['agreed', 'renewal_agreed'], ['churned', 'renewal_churned']] as const)('ends itself when the renewal is %s', (state, outcome) => {
    const running = look(desk(), renewal('2027-01-30'), 'e1', '2026-11-24T09:00:00.000Z');
    expect(look(running, renewal('2027-01-30', state), 'e2').runs).toMatchObject([{ state: 'exited', outcome }]);
  });

  it('is completed when every step was done before the signature', () => {
    let now = fire(look(desk(), renewal('2027-01-30'), 'e1', '2026-09-01T09:00:00.000Z'));
    for (const task of tasksIn(now, 'renewal-countdown')) now = command(now, 'renewal-countdown', { type: 'close-task', taskId: task.id, status: 'done', reason: null, at }, office());
    expect(now.runs[0]!.state).toBe('running');
    expect(look(now, renewal('2027-01-30', 'agreed'), 'e2').runs).toMatchObject([{ state: 'completed', outcome: 'renewal_agreed' }]);
  });

  it('knows nothing of an account without renewals', () => {
    expect(look(desk(), () => newBook('acme')).runs).toEqual([]);
  });
});
