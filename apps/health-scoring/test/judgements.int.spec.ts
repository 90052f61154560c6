import { jest } from '@jest/globals';
import type { HealthState } from '@perennial/contracts/health';
import { signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import type { StrikeLedger } from '../src/domain/verdict/strike-ledger.js';
import { healthScoring } from '../src/service.js';
import { Desk, lasting } from './desk.js';

jest.setTimeout(60_000);

interface Problem {
  readonly code?: string;
  readonly errors?: { readonly pointer: string }[];
}

describe('what people say', () => {
  let service: TestService;
  let desk: Desk;

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterAll(() => service.stop());

  const activeId = async (accountId: string, kind: string) => (await desk.health(accountId)).indicators.find((indicator) => indicator.kind === kind)!.id;
  const judgementsOf = (accountId: string) => service.running.get(Database).query<{ action: string }>({ text: 'SELECT action, reason, by FROM judgement WHERE account_id = $1 ORDER BY at, action', values: [accountId] });

  it('puts an override in force at once, keeps both values, and lets it lapse on its day', async () => {
    await desk.tellAccounts(desk.account('lapse'));
    await desk.tell(...desk.well('lapse'));
    const before = await desk.health('lapse');
    const risks = (await desk.risks('lapse')).length;
    const wish = { healthScore: 30, reason: 'The new board cuts suppliers', expiresAt: desk.days(10) };
    const { status, body } = await desk.post<{ id: string }>('/lapse/overrides', wish);
    expect([status, body]).toEqual([201, { id: expect.any(String), accountId: 'lapse', ...wish, by: 'olga' }]);
    await service.settle();
    const during = await desk.health('lapse');
    expect(during).toMatchObject({ healthScore: 30, rawScore: before.rawScore, band: 'red', override: { id: body.id, by: 'olga', healthScore: 30 }, adjustments: [{ kind: 'override', reason: wish.reason }] });
    expect((await desk.risks('lapse')).slice(risks)).toMatchObject([{ from: 'green', to: 'red', cause: 'override' }]);

    await service.advance(new Date(Date.parse(wish.expiresAt) - 1));
    expect((await desk.health('lapse')).healthScore).toBe(30);
    await service.advance(wish.expiresAt);
    const after = await desk.health('lapse');
    expect(after).toMatchObject({ override: null, adjustments: [], band: 'green', asOf: wish.expiresAt });
    expect((await desk.risks('lapse')).slice(risks + 1)).toMatchObject([{ from: 'red', to: 'green', cause: 'time' }]);
  });

  it('cannot lift a red that is a fact, and can be taken back', async () => {
    await desk.tellAccounts(desk.account('fact'));
    await desk.tell(...desk.well('fact'), desk.signal('fact', 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' }));
    const { body } = await desk.post<{ id: string }>('/fact/overrides', { healthScore: 95, reason: 'They told me otherwise', expiresAt: desk.days(5) });
    expect(await desk.health('fact')).toMatchObject({ healthScore: 35, band: 'red', override: { healthScore: 95 }, adjustments: [{ kind: 'cap' }] });
    const withdraw = (id: string) => service.request('DELETE', `/api/v1/accounts/fact/overrides/${id}`, { scopes: ['health:write'], sub: 'olga' });
    expect((await withdraw('another')).status).toBe(404);
    expect((await desk.health('fact')).override).not.toBeNull();
    expect((await withdraw(body.id)).status).toBe(204);
    expect((await withdraw(body.id)).status).toBe(404);
    expect((await desk.health('fact')).override).toBeNull();
    expect((await judgementsOf('fact')).map(({ action }) => action)).toEqual(['override', 'withdraw']);
  });

  it('refuses without a trace what is no judgement', async () => {
    await desk.tellAccounts(desk.account('refuse'));
    await desk.tell(...desk.well('refuse'), desk.signal('refuse', 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 1, currency: 'USD' }), desk.signal('refuse', 'pulse', { pulse: 2, reason: 'hm' }));
    const [before, published] = [await desk.health('refuse'), await desk.published('refuse')];
    const concern = await activeId('refuse', 'csm_concern');
    const cancel = await activeId('refuse', 'cancel_scheduled');
    const good = { healthScore: 50, reason: 'why', expiresAt: desk.days(1) };
    const refused: [string, object, number, string | undefined][] = [
      ['/overrides', { ...good, reason: undefined }, 400, '/reason'],
      ['/overrides', { ...good, reason: '  ' }, 400, '/reason'],
      ['/overrides', { ...good, expiresAt: undefined }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: null }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: desk.days(0) }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: desk.days(60.1) }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: '2026-03-20' }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: '2026-03-20T10:00:00' }, 400, '/expiresAt'],
      ['/overrides', { ...good, expiresAt: '2026-02-30T10:00:00Z' }, 400, '/expiresAt'],
      ['/overrides', { ...good, healthScore: 101 }, 400, '/healthScore'],
      ['/overrides', { ...good, healthScore: '50' }, 400, '/healthScore'],
      ['/overrides', { ...good, colour: 'red' }, 400, '/colour'],
      [`/indicators/${concern}/confirm`, {}, 400, '/reason'],
      [`/indicators/${concern}/dismiss`, { reason: 'why' }, 400, '/until'],
      [`/indicators/${concern}/dismiss`, { reason: 'why', until: null }, 400, '/until'],
      [`/indicators/${concern}/snooze`, { reason: 'why', until: desk.days(-1) }, 400, '/until'],
      [`/indicators/${concern}/dismiss`, { reason: 'why', until: desk.days(91) }, 400, '/until'],
      [`/indicators/${concern}/dismiss`, { reason: 'why', until: '2026-W12' }, 400, '/until'],
      [`/indicators/${cancel}/dismiss`, { reason: 'why', until: desk.days(1) }, 400, ''],
      [`/indicators/${concern}/praise`, { reason: 'why' }, 404, undefined],
      ['/indicators/nothing/confirm', { reason: 'why' }, 404, undefined],
      ['/indicators/%00/confirm', { reason: 'why' }, 404, undefined],
    ];
    for (const [path, body, status, pointer] of refused) {
      const answer = await desk.post<Problem>(`/refuse${path}`, body);
      expect([path, body, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([path, body, status, pointer]);
    }
    expect((await desk.post('/nobody/overrides', good)).status).toBe(404);
    expect((await service.request('POST', '/api/v1/accounts/refuse/overrides', { scopes: ['health:read'], body: good })).status).toBe(403);
    await service.settle();
    expect(await desk.health('refuse')).toEqual(before);
    expect(await desk.published('refuse')).toEqual(published);
    expect(await judgementsOf('refuse')).toEqual([]);
    expect(await service.running.get(Database).query(`SELECT 1 FROM account_health WHERE account_id = 'nobody'`)).toEqual([]);
  });

  it('takes a repeated call for the one it is', async () => {
    await desk.tell(...desk.well('twice'));
    const wish = { healthScore: 55.5, reason: 'why', expiresAt: desk.days(3) };
    const first = await desk.post<{ id: string }>('/twice/overrides', wish, { 'idempotency-key': 'k-1' });
    const second = await desk.post<{ id: string }>('/twice/overrides', wish, { 'idempotency-key': 'k-1' });
    expect(second.body).toEqual(first.body);
    expect(await judgementsOf('twice')).toHaveLength(1);
  });

  it('dismisses an indicator until its day, and raises it again on news', async () => {
    await desk.tell(...desk.well('dismiss'), desk.signal('dismiss', 'pulse', { pulse: 2, reason: 'hm' }));
    const dismissed = await desk.post<HealthState>(`/dismiss/indicators/${await activeId('dismiss', 'csm_concern')}/dismiss`, { reason: 'a mood', until: desk.days(20) });
    expect([dismissed.status, dismissed.body.indicators, dismissed.body.strikes.count]).toEqual([200, [], 0]);
    await desk.tell(desk.signal('dismiss', 'usage', { event: 'used' }));
    expect(await desk.kinds('dismiss')).toEqual([]);
    await service.advance(desk.days(20));
    expect(await desk.kinds('dismiss')).toContain('csm_concern');
    expect((await desk.post(`/dismiss/indicators/${await activeId('dismiss', 'csm_concern')}/snooze`, { reason: 'holidays', until: desk.days(20) })).status).toBe(200);
    expect(await desk.kinds('dismiss')).not.toContain('csm_concern');
    await service.advance(desk.days(1));
    await desk.tell(desk.signal('dismiss', 'pulse', { pulse: 1, reason: 'worse' }));
    expect(await desk.kinds('dismiss')).toContain('csm_concern');
  });

  it('asks for one save-plan review at three groups of strikes, and again only for a new one', async () => {
    const review = async () => (await desk.health('plan')).strikes;
    await desk.tellAccounts(desk.account('plan'));
    await desk.tell(...desk.well('plan'), desk.signal('plan', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent' }), desk.signal('plan', 'ticket', { ticketId: 'u2', status: 'opened', priority: 'urgent', complaint: true }), desk.signal('plan', 'pulse', { pulse: 2, reason: 'hm' }));
    expect(await review()).toMatchObject({ count: 2, savePlanReview: false });
    await desk.tell(desk.signal('plan', 'person', { change: 'departed' }, { personId: 'cleo' }));
    expect(await review()).toEqual({ count: 3, groups: ['people', 'support', 'voice'], savePlanReview: true });
    await desk.tellPlans(desk.plans('plan', 'open', ['people', 'support', 'voice']));
    expect((await review()).savePlanReview).toBe(true);
    await desk.tellPlans(desk.plans('plan', 'decided', ['people', 'support', 'voice']));
    expect(await review()).toMatchObject({ count: 3, savePlanReview: false });
    const before = await desk.health('plan');
    await desk.tellPlans(desk.plans('plan', 'decided', ['people', 'support', 'voice']));
    expect(await desk.health('plan')).toEqual(before);
    await desk.tell(desk.signal('plan', 'invoice', { invoiceId: 'i', status: 'overdue', amountMinor: 5, currency: 'USD', dueOn: desk.days(-40).slice(0, 10) }));
    expect(await review()).toMatchObject({ count: 4, savePlanReview: true });
    expect((await desk.published('plan')).filter(({ strikes }) => strikes.savePlanReview).length).toBeGreaterThan(1);
  });

  it('keeps overrides on record, and tells who was nearer once a term ended', async () => {
    const term = (accountId: string, state: 'open' | 'renewed' | 'churned', daysAhead: number) => {
      const renewalOn = desk.days(daysAhead).slice(0, 10);
      return { id: `c~${renewalOn}`, accountId, contractId: 'c', renewalOn, noticeOn: renewalOn, arrMinor: 1, currency: 'USD', state, outcome: state === 'open' ? null : state === 'churned' ? ('churned' as const) : ('flat' as const), forecast: null };
    };
    const ids = ['kept', 'lost', 'open'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
    // A term that ended long before says nothing of an override, whenever it becomes known.
    await desk.tellRenewals(...ids.map((id) => desk.renewals(id, { renewals: [term(id, 'open', 5)] })));
    const computed = (await desk.health('kept')).healthScore;
    for (const id of ids) {
      expect((await desk.post(`/${id}/overrides`, { healthScore: 20, reason: 'They are quiet', expiresAt: desk.days(3) })).status).toBe(201);
      await service.advance(new Date(service.clock.now().getTime() + 1000));
      expect((await desk.post(`/${id}/overrides`, { healthScore: 99, reason: 'They signed', expiresAt: desk.days(3) })).status).toBe(201);
    }
    const ended = { kept: term('kept', 'renewed', 5), lost: term('lost', 'churned', 5), open: term('open', 'open', 5) };
    await service.advance(desk.days(6));
    await desk.tellRenewals(...ids.map((id) => desk.renewals(id, { renewals: [term(id, 'churned', -300), ended[id as keyof typeof ended]] })));
    const record = async (id: string, query = '') => (await desk.get<{ data: { id: string; action: string; override: { nearer: string | null } }[]; hasMore: boolean }>(`/${id}/judgements${query}`)).body;
    expect((await record('kept')).data).toMatchObject([
      { action: 'override', reason: 'They signed', by: 'olga', override: { healthScore: 99, band: 'green', computedScore: computed, computedBand: 'green', outcome: { renewalId: ended.kept.id, result: 'renewed' }, nearer: 'override' } },
      { action: 'override', override: { healthScore: 20, band: 'red', computedScore: computed, computedBand: 'green', outcome: { result: 'renewed' }, nearer: 'computed' } },
    ]);
    expect((await record('lost')).data.map(({ override }) => override.nearer)).toEqual(['computed', 'override']);
    expect((await record('open')).data).toMatchObject([{ override: { outcome: null, nearer: null } }, { override: { outcome: null, nearer: null } }]);
    const [first] = (await record('kept', '?limit=1')).data;
    expect((await record('kept', `?limit=1&startingAfter=${first!.id}`))).toMatchObject({ data: [{ override: { healthScore: 20 } }], hasMore: false });
    expect((await desk.get(`/kept/judgements?startingAfter=${crypto.randomUUID()}`)).status).toBe(400);
    const scores = async () => (await service.request<{ data: { by: string | null; decided: number; overrideNearer: number; computedNearer: number }[] }>('GET', '/api/v1/judgements/overrides', { scopes: ['health:read'] })).body.data;
    expect(await scores()).toMatchObject([{ by: null, decided: 4, overrideNearer: 2, computedNearer: 2 }, { by: 'olga', decided: 4, overrideNearer: 2, computedNearer: 2 }]);
    // An outcome that is taken back decides nothing any more.
    await desk.tellRenewals(desk.renewals('lost', { renewals: [term('lost', 'open', 40)] }));
    expect((await scores())[0]).toMatchObject({ decided: 2 });
  });

  it('shows the ledger of strikes: which groups count, and which were folded together', async () => {
    await desk.tell(...desk.well('ledger'), desk.signal('ledger', 'pulse', { pulse: 2, reason: 'hm' }), desk.signal('ledger', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent', complaint: true }));
    await desk.tellPlans(desk.plans('ledger', 'decided', ['voice']));
    const { status, body } = await desk.get<StrikeLedger>('/ledger/strikes');
    const { strikes, indicators } = await desk.health('ledger');
    expect([status, body.strikes, body.reviews]).toEqual([200, strikes, [{ id: 'review-1', state: 'decided', groups: ['voice'] }]]);
    expect(body.groups.map(({ group, counted, sharesEvidenceWith, indicators: own }) => [group, counted, sharesEvidenceWith, own.map(({ kind }) => kind)])).toEqual([
      ['support', true, [], ['urgent_ticket_open', 'complaint_open']], ['voice', true, [], ['csm_concern']],
    ]);
    expect(body.causes.map(({ groups, countedFor, indicators: own, sharedEvidence }) => [groups, countedFor, own.length, sharedEvidence.length])).toEqual(expect.arrayContaining([[['support'], 'support', 2, 1], [['voice'], 'voice', 1, 0]]));
    expect(body.groups.flatMap(({ indicators: own }) => own).length + body.never.length).toBe(indicators.length);
    expect((await desk.get('/nobody/strikes')).status).toBe(404);
  });

  it('loses neither signals nor judgements that come at once', async () => {
    await desk.tell(...desk.well('race'));
    const rounds = Array.from({ length: 25 }, (_, n) => n);
    await Promise.all([
      // One producer, as it is: versions of an account rise along the log.
      (async () => {
        for (const n of rounds) await service.publish(signalsTopic, [desk.signal('race', 'ticket', { ticketId: `r-${n}`, status: 'opened', priority: 'low' })]);
      })(),
      ...rounds.map(async (n) => expect((await desk.post('/race/overrides', { healthScore: n, reason: `round ${n}`, expiresAt: desk.days(5) })).status).toBe(201)),
      ...rounds.map(() => desk.tellRenewals(desk.renewals('race', { arrMinor: Math.round(Math.random() * 1e6) }))),
    ]);
    await service.settle();
    const health = await desk.health('race');
    expect(health.measures.find(({ id }) => id === 'ticket_load')!.value).toBe(25);
    expect(await judgementsOf('race')).toHaveLength(25);
    expect(health.override!.reason).toBe(`round ${health.override!.healthScore}`);
    const told = await desk.published('race');
    expect(lasting(told.at(-1)!).override).toEqual(health.override);
    expect(told.map(({ version }) => version)).toEqual([...told.map(({ version }) => version)].sort((a, b) => a - b));
  });
});
