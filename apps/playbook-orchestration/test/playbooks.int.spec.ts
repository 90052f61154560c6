import { peopleTopic, plansTopic, playbooksTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { TestClock } from '@perennial/service-kit/clock';
import { indicator } from './desk-fixture.js';
import { Orchestration } from './told.js';

const reviewOf = async (on: Orchestration, accountId: string, status = 'open') => (await on.tasks(accountId, 'risk-response')).filter((task) => task.title.startsWith('Save-plan review') && task.status === status);

describe('playbooks', () => {
  let on: Orchestration;
  beforeAll(async () => {
    on = await Orchestration.start({ clock: new TestClock(new Date('2026-09-01T09:00:00Z')) });
  });
  afterAll(() => on.service.stop());

  it('P1: green to red starts the playbook once; a second red event updates the open run', async () => {
    await on.account('p1', { name: 'Norfield' });
    await on.risk('p1', 'green', 'red');
    const [run] = await on.runs('p1');
    expect(run).toMatchObject({ accountId: 'p1', playbook: { id: 'risk-response', revision: 1 }, trigger: 'risk green to red', state: 'running', outcome: null });
    expect(run!.steps.map((step) => [step.kind, step.state])).toEqual([['branch', 'taken'], ['task', 'open'], ['task', 'open'], ['wait', 'waiting']]);
    expect(await on.tasks('p1', 'risk-response')).toMatchObject([
      { accountId: 'p1', runId: run!.id, title: 'Find out at Norfield who stopped using what, and why', ownerId: 'olga', dueOn: '2026-09-03', status: 'open', reason: null },
      { title: 'Agree a way back to green with Norfield', dueOn: '2026-09-08' },
    ]);
    await on.risk('p1', 'amber', 'red', { reasons: [{ indicator: 'gone_dark', text: 'Silent for two weeks', evidence: [] }] });
    expect(await on.runs('p1')).toMatchObject([{ id: run!.id, state: 'running' }]);
    expect(await on.tasks('p1', 'risk-response')).toHaveLength(2);
    const told = (await on.service.published(playbooksTopic)).filter((event) => event.key === 'p1');
    expect(told.map((event) => event.type.split('.')[1])).toEqual(['run', 'task', 'task', 'run']);
    expect(told.map((event) => event.data.version)).toEqual([...told.keys()].map((place) => told[0]!.data.version + place));
    expect(told[0]!.envelope).toMatchObject({ subject: 'p1', causationDepth: 1 });
  });

  it('P4: a run whose reason clears closes itself with an outcome', async () => {
    await on.risk('p1', 'red', 'green');
    expect(await on.runs('p1')).toMatchObject([{ state: 'exited', outcome: 'risk_cleared' }]);
    expect((await on.tasks('p1', 'risk-response')).map((task) => [task.status, task.reason])).toEqual(Array(2).fill(['cancelled', 'the risk level is green again']));
  });

  it('starts nothing for an import, or before go-live; on that day it looks', async () => {
    await on.risk('quiet', 'green', 'red', { cause: 'import' });
    await on.account('early', { goLive: '2026-09-02', timeZone: 'Europe/Berlin' });
    await on.health('early', 'green', [], { indicators: [indicator('goals_missing', 'hygiene')] });
    expect([await on.runs('quiet'), await on.runs('early')]).toEqual([[], []]);
    await on.service.advance('2026-09-01T22:00:00Z');
    expect(await on.runs('early')).toMatchObject([{ playbook: { id: 'hygiene' }, startedAt: '2026-09-01T22:00:00.000Z' }]);
  });

  it('hygiene: one task per indicator for the owner, closed when it clears', async () => {
    await on.account('h', { name: 'Kiosk' });
    await on.health('h', 'green', [], { indicators: [indicator('goals_missing', 'hygiene')] });
    await on.health('h', 'green', [], { indicators: [indicator('goals_missing', 'hygiene')], healthScore: 51 });
    expect(await on.tasks('h', 'hygiene')).toMatchObject([{ title: 'Record goals with KPI, baseline, target and date for Kiosk', ownerId: 'olga', status: 'open' }]);
    await on.health('h', 'green', []);
    expect(await on.tasks('h', 'hygiene')).toMatchObject([{ status: 'done', reason: 'goals_missing has cleared' }]);
    expect(await on.runs('h')).toMatchObject([{ state: 'completed', outcome: 'indicator_cleared' }]);
  });

  it('H8: the third strike group opens one review; decided it stays shut until a new group', async () => {
    const plans = async () => (await on.service.published(plansTopic)).filter((event) => event.key === 'h8').at(-1)?.data.savePlanReviews;
    await on.health('h8', 'amber', ['support', 'voice']);
    expect(await reviewOf(on, 'h8')).toEqual([]);
    expect(await plans()).toBeUndefined();
    await on.health('h8', 'red', ['support', 'voice', 'use']);
    const [review] = await reviewOf(on, 'h8');
    expect(await plans()).toMatchObject([{ state: 'open', groups: ['support', 'use', 'voice'], decision: null }]);
    expect((await on.settleTask(review!.id, { status: 'done', reason: 'Executive call' })).status).toBe(200);
    expect(await plans()).toMatchObject([{ state: 'decided', decision: 'Executive call', decidedAt: on.service.clock.now().toISOString() }]);
    await on.health('h8', 'red', ['support', 'voice', 'use'], { healthScore: 12 });
    expect(await reviewOf(on, 'h8')).toEqual([]);
    await on.health('h8', 'red', ['support', 'voice', 'use', 'commercial']);
    expect(await reviewOf(on, 'h8')).toHaveLength(1);
    expect(await plans()).toMatchObject([{ state: 'decided' }, { state: 'open', groups: ['commercial', 'support', 'use', 'voice'] }]);
  });

  it('forgets who was erased, in runs that go on, in those that ended, and in what it tells of them', async () => {
    const reasons = [{ indicator: 'champion_left', text: 'The champion Anna Smith is no longer with the company', evidence: [] }];
    for (const id of ['erased', 'namesake']) {
      await on.risk(id, 'green', 'red', { reasons });
      const [task] = await on.tasks(id, 'risk-response');
      await on.settleTask(task!.id, { status: 'skipped', reason: 'Anna Smith did it' });
      await on.risk(id, 'red', 'green');
      await on.risk(id, 'green', 'red', { reasons });
      await on.health(id, 'red', ['support', 'voice', 'use']);
      const [review] = await reviewOf(on, id);
      await on.settleTask(review!.id, { status: 'done', reason: 'Call Anna Smith' });
    }
    const stored = async (id: string) => (await on.service.running.get(Database).query<{ text: string }>({
      text: `SELECT run::text AS text FROM playbook_run WHERE account_id = $1 UNION ALL SELECT title || coalesce(reason, '') FROM task WHERE account_id = $1 UNION ALL SELECT book::text FROM account_book WHERE account_id = $1`, values: [id],
    })).map(({ text }) => text);
    const naming = async (id: string) => (await stored(id)).filter((text) => text.includes('Anna Smith')).length;
    expect([await naming('erased'), await naming('namesake')]).toEqual([5, 5]);
    const states = (await on.runs('erased')).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['exited', 'running']);
    for (let i = 0; i < 2; i++) {
      await on.service.publish(peopleTopic, [{ type: 'perennial.person.erased.v1', key: 'erased', data: { accountId: 'erased', ids: [], names: ['Anna Smith'], emails: [] } }]);
      await on.service.settle();
    }
    expect([await naming('erased'), await naming('namesake')]).toEqual([0, 5]);
    expect((await on.runs('erased')).map(({ state }) => state)).toEqual(states);
    const plans = (await on.service.published(plansTopic)).filter((event) => event.key === 'erased');
    expect(plans.at(-1)?.data.savePlanReviews).toMatchObject([{ decision: 'Call (erased)' }]);
    await on.risk('erased', 'red', 'green');
    expect((await on.runs('erased')).every(({ state }) => state !== 'running')).toBe(true);
  });

  it('hands tasks over with the account, and releases those of a user who leaves', async () => {
    await on.account('moved', { ownerId: 'omar' });
    await on.risk('moved', 'green', 'amber');
    await on.account('moved', { ownerId: 'oda' });
    expect((await on.tasks('moved', 'risk-response')).map((task) => task.ownerId)).toEqual(['oda', 'oda']);
    await on.user('oda', false);
    expect((await on.tasks('moved', 'risk-response')).map((task) => task.ownerId)).toEqual([null, null]);
    await on.risk('moved', 'amber', 'green');
    await on.risk('moved', 'green', 'amber');
    expect((await on.tasks('moved', 'risk-response')).filter((task) => task.status === 'open').map((task) => task.ownerId)).toEqual([null, null]);
  });

  it('P2: tasks counted back from the notice date over holidays; the last falls before it', async () => {
    await on.account('p2', { name: 'Beta', country: 'US', timeZone: 'America/New_York' });
    await on.renewal('p2', { renewalOn: '2027-03-31', noticeOn: '2027-01-30' });
    expect(await on.tasks('p2', 'renewal-countdown')).toEqual([]);
    await on.service.advance('2027-01-29T23:00:00Z');
    const tasks = await on.tasks('p2', 'renewal-countdown');
    // Counted back over Martin Luther King Day, New Year, Christmas, Thanksgiving, Veterans Day and Columbus Day.
    expect(tasks.map((task) => task.dueOn)).toEqual(['2026-10-09', '2026-11-09', '2026-12-09', '2027-01-25']);
    expect(tasks.every((task) => task.ownerId === 'olga' && task.dueOn < '2027-01-30')).toBe(true);
    await on.renewal('p2', { renewalOn: '2027-03-31', noticeOn: '2027-01-30', state: 'agreed' });
    expect(await on.runs('p2')).toMatchObject([{ state: 'exited', outcome: 'renewal_agreed' }]);
  });
});
