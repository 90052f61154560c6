import { jest } from '@jest/globals';
import { healthTopic, peopleTopic, riskChangesTopic, signalsTopic } from '@perennial/contracts/topics';
import { OutboxRelay } from '@perennial/messaging/outbox-relay';
import { Database } from '@perennial/persistence/transaction';
import type { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { LookAtDueAccounts } from '../src/application/look-at-due-accounts.js';
import { clearDerived } from '../src/persistence/clear-derived.js';
import { healthScoring } from '../src/service.js';
import { Desk, lasting } from './desk.js';

jest.setTimeout(60_000);

describe('facts that come again', () => {
  let service: TestService;
  let desk: Desk;

  beforeEach(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterEach(() => service.stop());

  it('gives one net verdict at the end of a restatement, with its cause', async () => {
    await desk.tellAccounts(desk.account('restate'));
    const signals = desk.well('restate');
    await desk.tell(...signals);
    const before = await desk.health('restate');
    const [verdicts, risks] = [(await desk.published('restate')).length, (await desk.risks('restate')).length];

    await desk.tell(desk.mark('restate', 'reset'));
    expect(await desk.health('restate')).toEqual(before);
    for (const half of [signals.slice(0, 6), signals.slice(6)]) await desk.tell(...desk.again(half));
    // Time passes and other services talk meanwhile: nobody judges half an account.
    await desk.tellRenewals(desk.renewals('restate', { arrMinor: 42 }));
    await service.advance(desk.days(2));
    expect(await desk.health('restate')).toEqual(before);
    await desk.tell(desk.signal('restate', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' }), desk.mark('restate', 'restated'));

    const after = await desk.health('restate');
    expect(after).toMatchObject({ riskLevel: 'red', indicators: [{ kind: 'no_renewal_intent' }] });
    expect((await desk.published('restate')).slice(verdicts)).toEqual([after]);
    expect((await desk.risks('restate')).slice(risks)).toMatchObject([{ from: 'green', to: 'red', cause: 'restatement', arrMinor: 42 }]);
  });

  it('says nothing where a restatement changes nothing', async () => {
    const signals = desk.well('same');
    await desk.tellAccounts(desk.account('same'));
    await desk.tell(...signals);
    const before = await desk.health('same');
    const published = (await desk.published('same')).length;
    await desk.tell(desk.mark('same', 'reset'), ...desk.again(signals), desk.mark('same', 'restated'));
    expect(lasting(await desk.health('same'))).toEqual(lasting(before));
    expect(await desk.published('same')).toHaveLength(published);
  });

  it('keeps nobody who is neither among the signals nor in the account\'s record any more, whichever says so first', async () => {
    const stakeholders = [{ personId: 'ben', name: 'Ben', title: null, roles: ['champion' as const] }];
    const ids = ['reset-first', 'record-first'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id, { stakeholders })));
    await desk.tell(...ids.map((id) => desk.signal(id, 'survey', { type: 'nps', score: 3 }, { personId: 'ben' })));
    const contacts = async () => (await service.running.get(Database).query<{ person_id: string }>('SELECT person_id FROM contact_health')).length;
    expect(await contacts()).toBe(2);
    const restate = (id: string) => desk.tell(desk.mark(id, 'reset'), desk.mark(id, 'restated'));
    await restate('reset-first');
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await restate('record-first');
    expect(await contacts()).toBe(0);
    // Somebody who comes back is somebody new.
    await desk.tell(desk.signal('reset-first', 'survey', { type: 'nps', score: 3 }, { personId: 'ben' }));
    expect(await contacts()).toBe(1);
  });

  it('takes who was erased out of judgements, and tells the verdict anew though only its words differ', async () => {
    const ids = ['erased', 'namesake'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    for (const id of ids) {
      await desk.tell(...desk.well(id));
      expect((await desk.post(`/${id}/overrides`, { healthScore: 33, reason: 'Sam Smith told me', expiresAt: desk.days(30) })).status).toBe(201);
    }
    const before = await desk.published('erased');
    for (let i = 0; i < 2; i++) {
      await service.publish(peopleTopic, [{ type: 'perennial.person.erased.v1', key: 'erased', data: { accountId: 'erased', ids: [], names: ['Sam Smith'], emails: [] } }]);
      await service.settle();
    }
    const told = (await desk.published('erased')).slice(before.length);
    expect(told.map(({ override }) => override?.reason)).toEqual(['(erased) told me', '(erased) told me']);
    expect(lasting(await desk.health('erased'))).toEqual(lasting(told[0]!));
    expect((await desk.health('namesake')).override?.reason).toBe('Sam Smith told me');
    expect(await service.running.get(Database).query('SELECT account_id, reason FROM judgement ORDER BY 1')).toEqual([{ account_id: 'erased', reason: '(erased) told me' }, { account_id: 'namesake', reason: 'Sam Smith told me' }]);
  });

  it('waits for the end of a backfill of many chunks: one verdict, no change of risk', async () => {
    await desk.tellAccounts(desk.account('import'));
    expect(await desk.published('import')).toMatchObject([{ riskLevel: 'unknown' }]);
    const days = Array.from({ length: 300 }, (_, day) => 310 - day);
    await service.publish(signalsTopic, [desk.signal('import', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam', at: desk.days(-311) })]);
    for (let at = 0; at < days.length; at += 50) {
      await service.publish(signalsTopic, days.slice(at, at + 50).flatMap((day) => [
        desk.signal('import', 'usage', { event: 'used', quantity: day > 200 ? 100 : 5 }, { at: desk.days(-day), personId: 'pat' }),
        desk.signal('import', 'pulse', { pulse: day % 5 === 0 ? 1 : 4, reason: 'x' }, { at: desk.days(-day) }),
      ]));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await service.publish(signalsTopic, desk.well('import'));
    // What other services tell meanwhile brings no verdict forward.
    await desk.tellAccounts(desk.account('import', { tier: 'high' }));
    await service.settle();
    const told = await desk.published('import');
    expect(told).toHaveLength(2);
    expect(await desk.health('import')).toEqual(told[1]);
    expect(told[1]!.riskLevel).not.toBe('unknown');
    expect(await desk.risks('import')).toEqual([]);
    // What happens from now on is news again.
    await desk.tell(desk.signal('import', 'survey', { type: 'renewal_intent', score: 0 }, { personId: 'sam' }));
    expect((await desk.risks('import')).map(({ to, cause }) => `${to} ${cause}`)).toEqual(['red signal']);
  });

  it('observes before the go-live date: states are shown, nothing is told', async () => {
    const goLive = desk.days(3).slice(0, 10);
    await desk.tellAccounts(desk.account('soon', { goLive }));
    await desk.tell(...desk.well('soon'));
    await desk.tell(desk.signal('soon', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' }));
    expect((await desk.health('soon')).riskLevel).toBe('red');
    await service.advance(`${goLive}T12:00:00Z`);
    expect(await desk.risks('soon')).toEqual([]);
    await desk.tell(desk.signal('soon', 'survey', { type: 'renewal_intent', score: 9 }, { personId: 'sam' }));
    await service.advance(desk.days(7));
    expect((await desk.risks('soon')).map(({ from }) => from)[0]).toBe('red');
  });

  it('gives the same after a rebuild, with judgements in force, and tells nobody anything', async () => {
    const ids = ['one', 'two', 'three'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id, { name: `Named ${id}`, stakeholders: [{ personId: 'ben', name: 'Ben', title: null, roles: ['budget_holder'] }] })));
    // So many that they come again in more than one batch: what stands in the first one is no account to judge.
    await desk.tell(...Array.from({ length: 1_100 }, () => desk.signal('three', 'note', { text: 'x', author: 'olga' })));
    await desk.tell(...ids.flatMap((id) => desk.well(id)), desk.signal('two', 'pulse', { pulse: 2, reason: 'hm' }), desk.signal('three', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'ben' }));
    await desk.tellRenewals(...ids.map((id, n) => desk.renewals(id, { arrMinor: 100 * n })));
    const concern = (await desk.health('two')).indicators[0]!.id;
    expect((await desk.post(`/two/indicators/${concern}/dismiss`, { reason: 'a mood', until: desk.days(60) })).status).toBe(200);
    expect((await desk.post('/one/overrides', { healthScore: 33, reason: 'They told me', expiresAt: desk.days(30) })).status).toBe(201);
    await service.advance(desk.days(5));
    await desk.tell(desk.signal('one', 'usage', { event: 'used' }), desk.signal('three', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent' }));
    await service.advance(desk.days(5));

    const all = () => Promise.all(ids.map((id) => desk.health(id)));
    const risks = async () => (await service.published(riskChangesTopic)).length;
    const history = async () => (await desk.get<{ data: object[] }>('/three/health/history')).body.data;
    const [before, published, told, days] = [await all(), (await service.published(healthTopic)).length, await risks(), await history()];
    expect(before.map(({ riskLevel, override, indicators }) => [riskLevel, override?.healthScore ?? null, indicators.map(({ kind }) => kind)])).toEqual([['red', 33, []], ['green', null, []], ['red', null, ['urgent_ticket_open', 'no_renewal_intent']]]);
    const contacts = () => service.running.get(Database).query('SELECT account_id, person_id, kept, facts FROM contact_health ORDER BY 1, 2');
    const contactsBefore = await contacts();

    expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
    for (let running = true; running; ) running = (await service.request<{ running: boolean }>('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running;
    await service.settle();
    expect((await all()).map(lasting)).toEqual(before.map(lasting));
    // What an earlier epoch published may be lost, so each state is told once more; a change of risk is not.
    expect(await risks()).toBe(told);
    expect(await service.published(healthTopic)).toHaveLength(published + ids.length);
    expect(await history()).toEqual(days);
    expect(await contacts()).toEqual(contactsBefore);

    // It goes on as ever: by time, by signals, and with versions above the old ones.
    await service.advance(desk.days(21));
    expect((await desk.health('one')).override).toBeNull();
    await desk.tell(desk.signal('two', 'pulse', { pulse: 1, reason: 'news' }));
    expect(await desk.kinds('two')).toContain('csm_concern');
    expect((await desk.health('two')).version).toBeGreaterThan(before[1]!.version);
  });

  it('tells what a signal changed while a rebuild reads the old ones, and nothing of what is half read', async () => {
    const ids = ['one', 'two', 'three'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await desk.tell(...ids.flatMap((id) => desk.well(id)), desk.signal('two', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'sam' }));
    // So many that looks by time fall among them.
    await desk.tell(...ids.flatMap((id) => Array.from({ length: 1_100 }, () => desk.signal(id, 'note', { text: 'x', author: 'olga' }))));
    const told = (await service.published(riskChangesTopic)).length;

    expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
    expect((await service.request('GET', '/internal/rebuild', { scopes: ['operate'] })).body).toEqual({ running: true });
    await service.publish(signalsTopic, [desk.signal('one', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' })]);
    for (let running = true; running; ) running = (await service.request<{ running: boolean }>('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running;
    await service.settle();
    expect((await service.published(riskChangesTopic)).slice(told).map(({ data }) => [data.accountId, data.from, data.to])).toEqual([['one', 'green', 'red']]);
    expect(await Promise.all(ids.map(async (id) => (await desk.health(id)).riskLevel))).toEqual(['red', 'red', 'green']);
  });

  it('judges nothing by facts that a rebuild cleared while a look waited for them', async () => {
    await desk.tellAccounts(desk.account('late'));
    await desk.tell(...desk.well('late'), desk.signal('late', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'sam' }));
    const before = await desk.health('late');
    const told = (await desk.risks('late')).length;
    const [database, dueLooks] = [service.running.get(Database), service.running.get(LookAtDueAccounts)];
    (service.clock as TestClock).advance(new Date(desk.days(1.5)));
    let looks: Promise<void> | undefined;
    await database.transaction(async (tx) => {
      await clearDerived(tx);
      looks = dueLooks.runDue(service.clock.now());
      while ((await database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length === 0);
      // As `Rebuild.start` does first; the partition is read to its end only much later.
      await tx.query('UPDATE messaging_epoch SET epoch = epoch + 1, rebuilding = true');
      await tx.query({ text: `INSERT INTO messaging_rebuild (topic, partition, told_below, untold, ends_at) VALUES ($1, 0, 0, '{}', 1000000)`, values: [signalsTopic.name] });
    });
    await looks;
    while ((await service.running.get(OutboxRelay).pending()) > 0);
    expect(await desk.risks('late')).toHaveLength(told);
    expect(await desk.health('late')).toEqual(before);
  });
});

describe('a deployment that observes', () => {
  it('shows states and tells nothing', async () => {
    const service = await startTestService(healthScoring, { env: { OBSERVE: 'true' } });
    try {
      const desk = new Desk(service);
      await desk.tellAccounts(desk.account('a'));
      await desk.tell(...desk.well('a'));
      await desk.tell(desk.signal('a', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' }));
      expect((await desk.health('a')).riskLevel).toBe('red');
      expect((await desk.published('a')).length).toBeGreaterThan(1);
      expect(await desk.risks('a')).toEqual([]);
    } finally {
      await service.stop();
    }
  });
});
