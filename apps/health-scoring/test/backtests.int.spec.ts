import { jest } from '@jest/globals';
import { Transient } from '@perennial/persistence/errors';
import { Database } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacktestImpossible, BacktestReports, type OpenReport } from '../src/application/backtest-reports.js';
import { BacktestStore } from '../src/application/backtest-store.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';
import { shippedDocument } from './scenario.js';

jest.setTimeout(60_000);

interface View {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly askedBy: string;
  readonly accounts: number | null;
  readonly accountsDone: number;
  readonly problem: string | null;
  readonly report: { terms: number; losses: number; finding: string; text: string; leads: { terms: number; leftOut: object }[]; red: { terms: number; unread: number }; drivers: { drivers: object[] } } | null;
}

describe('backtests', () => {
  let service: TestService;
  let desk: Desk;
  beforeEach(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterEach(() => service.stop());

  const get = <B = View>(path: string) => service.request<B>('GET', `/api/v1/scorecards${path}`, { scopes: ['health:read'] });
  const post = <B = View>(path: string, body: unknown = {}, headers: Record<string, string> = {}, scope: 'operate' | 'health:read' = 'operate') => service.request<B>('POST', `/api/v1/scorecards${path}`, { scopes: [scope], sub: 'olga', body, headers });
  const sql = (text: string) => service.running.get(Database).query(text);
  const day = (count: number): string => desk.days(count).slice(0, 10);
  const term = (accountId: string, state: 'renewed' | 'churned') => desk.renewals(accountId, {
    renewals: [{ id: `c~${day(60)}`, accountId, contractId: 'c', startsOn: day(-300), renewalOn: day(60), noticeOn: day(31), decidedOn: state === 'churned' ? day(5) : null, arrMinor: 1, currency: 'USD', state, outcome: state === 'churned' ? 'churned' : 'flat', forecast: null }],
  });

  it('are worked off in the background, say how far they are, and say that outcomes are missing', async () => {
    await desk.tell(...desk.well('one'), ...desk.well('two'));
    await desk.tellRenewals(term('one', 'churned'), term('two', 'renewed'));
    for (let days = 0; days < 3; days += 1) await service.advance(desk.days(1));
    const asked = await post('/csm-led/backtests');
    expect(asked).toMatchObject({ status: 201, body: { scorecardId: 'csm-led', revision: 1, askedBy: 'olga' } });
    await service.settle();
    const { body } = await get(`/csm-led/backtests/${asked.body.id}`);
    expect(body).toMatchObject({ state: 'done', accounts: 2, accountsDone: 2, problem: null, report: { terms: 2, losses: 1, finding: 'too_few', text: expect.stringContaining('Too few outcomes'), red: { terms: 2, unread: 0 }, drivers: { drivers: [] } } });
    expect((await get<{ data: View[] }>('/csm-led/backtests')).body.data).toMatchObject([{ id: asked.body.id, state: 'done' }]);

    // A draft is tested before it judges anybody.
    await service.advance(desk.days(0.01));
    await post('', { document: { ...shippedDocument('csm-led'), bands: { amber: 98, green: 99 } } });
    const draft = await post('/csm-led/backtests', { revision: 2 });
    await service.settle();
    expect((await get(`/csm-led/backtests/${draft.body.id}`)).body).toMatchObject({ revision: 2, state: 'done' });
    expect((await get<{ data: View[] }>(`/csm-led/backtests?limit=1&startingAfter=${draft.body.id}`)).body.data.map(({ id }) => id)).toEqual([asked.body.id]);
  });

  it('are refused with a reason', async () => {
    for (const [path, body, status] of [['/luck/backtests', {}, 404], ['/csm-led/backtests', { revision: 9 }, 404], ['/csm-led/backtests', { revision: 0 }, 400], ['/csm-led/backtests', { revision: 'x' }, 400], ['/csm-led/backtests', { luck: 1 }, 400]] as const) {
      expect([path, body, (await post(path, body)).status]).toEqual([path, body, status]);
    }
    expect((await post('/csm-led/backtests', {}, {}, 'health:read')).status).toBe(403);
    const made = await post('/csm-led/backtests', {}, { 'Idempotency-Key': 'k' });
    expect((await post('/csm-led/backtests', {}, { 'Idempotency-Key': 'k' })).body.id).toBe(made.body.id);
    for (const path of ['/luck/backtests', '/csm-led/backtests/x', `/digital/backtests/${made.body.id}`]) expect([path, (await get(path)).status]).toEqual([path, 404]);
    await service.settle();
    // Nothing comes after what is not there.
    for (const [card, after] of [['csm-led', '10000000-0000-4000-8000-000000000000'], ['digital', made.body.id]]) {
      expect(await get(`/${card}/backtests?startingAfter=${after}`)).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer: '?startingAfter' }] } });
    }
    await sql(`INSERT INTO backtest (id, scorecard_id, revision, state, asked_at, asked_by, lease, leased_until) SELECT gen_random_uuid(), 'csm-led', 1, 'running', now(), 'x', gen_random_uuid(), 'infinity' FROM generate_series(1, 20)`);
    expect(await post('/csm-led/backtests')).toMatchObject({ status: 409, body: { code: 'too_many_backtests' } });
  });

  it('end their thread however they end, and say why where terms do not fit into it', async () => {
    const reports = service.running.get(BacktestReports);
    const begin = reports.begin.bind(reports);
    let open = 0;
    let of: Partial<OpenReport> = {};
    reports.begin = (...setup) => {
      const report = begin(...setup);
      open += 1;
      return { ...report, ...of, end: () => report.end().then(() => void (open -= 1)) };
    };
    const ask = async () => (await post('/csm-led/backtests')).body.id;
    const good = await ask();
    await service.settle();
    expect([open, (await get(`/csm-led/backtests/${good}`)).body.state]).toEqual([0, 'done']);

    of = { add: () => Promise.reject(new BacktestImpossible('out of memory')) };
    const large = await ask();
    await service.settle();
    expect([open, (await get(`/csm-led/backtests/${large}`)).body]).toMatchObject([0, { state: 'failed', problem: 'out of memory' }]);

    // The database is away for a moment, then another process has taken over: it is at work for good.
    const store = service.running.get(BacktestStore);
    const hold = store.hold.bind(store);
    let holds = 0;
    store.hold = (...lease) => (holds++ === 0 ? Promise.reject(new Transient('away for a moment')) : hold(...lease));
    of = { report: () => new Promise(() => undefined) };
    const taken = await ask();
    while (holds < 2) await sleep(20);
    await sql(`UPDATE backtest SET lease = gen_random_uuid(), leased_until = 'infinity' WHERE id = '${taken}'`);
    await service.settle();
    expect([open, (await get(`/csm-led/backtests/${taken}`)).body.state]).toEqual([0, 'running']);
    store.hold = hold;
  });

  it('go on with another process where one is gone, and fail with a reason where they cannot be run', async () => {
    const store = service.running.get(BacktestStore);
    const add = (id: string, fields: string) => sql(`INSERT INTO backtest (id, scorecard_id, revision, state, asked_at, asked_by, attempts, lease, leased_until) VALUES ('${id}', 'csm-led', 1, 'running', now(), 'x', ${fields})`);
    const [gone, held, hopeless, unfit] = ['10000000-0000-4000-8000-000000000000', '20000000-0000-4000-8000-000000000000', '30000000-0000-4000-8000-000000000000', '40000000-0000-4000-8000-000000000000'];
    await add(held, `1, '${held}', now() + interval '1 hour'`);
    await add(gone, `1, '${gone}', now() - interval '1 minute'`);
    await add(hopeless, `3, '${hopeless}', now() - interval '1 minute'`);
    await sql(`INSERT INTO scorecard_revision (scorecard_id, revision, document, created_at, created_by) VALUES ('newer', 1, '{"id":"newer"}', now(), 'x')`);
    await sql(`INSERT INTO backtest (id, scorecard_id, revision, asked_at, asked_by) VALUES ('${unfit}', 'newer', 1, now(), 'x')`);
    service.running.get(DueWorkNudge).nudge();
    await service.settle();
    expect(await store.find(gone)).toMatchObject({ state: 'done', report: { terms: 0, finding: 'too_few' } });
    expect(await store.find(held)).toMatchObject({ state: 'running' });
    expect(await store.find(hopeless)).toMatchObject({ state: 'failed', problem: expect.stringContaining('ended each time') });
    expect(await store.find(unfit)).toMatchObject({ state: 'failed', problem: expect.stringContaining('is broken at') });
    // Whoever lost it keeps nothing.
    expect(await store.hold({ id: held, lease: gone, scorecardId: 'csm-led', revision: 1 }, 5, 1)).toBe(false);
    await store.finish({ id: held, lease: gone, scorecardId: 'csm-led', revision: 1 }, new Date(), { problem: 'late' });
    expect(await store.find(held)).toMatchObject({ state: 'running', problem: null });
  });
});
