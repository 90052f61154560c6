import type { RenewalsState } from '@perennial/contracts/renewal';
import { renewalsTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { renewalForecasting } from '../src/service.js';
import type { Contract, Rows } from './answers.js';
import { Feed } from './feed.js';

const scopes = ['renewals:read'] as const;
const logit = (p: number) => Math.log(p / (1 - p));

describe('renewal-forecasting', () => {
  let service: TestService;
  let feed: Feed;

  beforeAll(async () => {
    service = await startTestService(renewalForecasting);
    feed = new Feed(service);
  });
  afterAll(() => service.stop());

  const told = async (accountId: string): Promise<RenewalsState[]> => (await service.published(renewalsTopic)).filter(({ key }) => key === accountId).map(({ data }) => data);
  const newest = async (accountId: string): Promise<RenewalsState> => (await told(accountId)).at(-1)!;
  const list = async (query: string) => service.request<Rows>('GET', `/api/v1/renewals?${query}`, { scopes });

  it('publishes the renewal of a contract and answers it', async () => {
    await feed.tell(feed.contract('plain'));
    const state = await newest('plain');
    expect(state).toMatchObject({ accountId: 'plain', arrMinor: 12_000_000, currency: 'USD', renewals: [{ id: 'C-plain~2026-12-31', renewalOn: '2026-12-31', noticeOn: '2026-11-01', state: 'open', outcome: null }] });
    const { forecast } = state.renewals[0]!;
    expect(forecast).toMatchObject({ method: 'scorecard', text: 'goals not recorded', drivers: [], outcomes: 0, asOf: '2026-03-02T09:00:00.000Z' });
    expect(forecast!.probability).toBeCloseTo(0.9, 12);

    const { status, body } = await list('accountId=plain');
    // Where the term began and since when its end is known is for who learns from it: the event alone says so.
    const { startsOn, decidedOn, ...shown } = state.renewals[0]!;
    expect([startsOn, decidedOn]).toEqual(['2026-01-01', null]);
    expect([status, body]).toEqual([200, { object: 'list', hasMore: false, data: [{ ...shown, version: state.version }] }]);
    expect((await service.request('GET', '/api/v1/renewals/C-plain~2026-12-31', { scopes })).body).toEqual(body.data[0]);
  });

  it('follows health with drivers that add up, and says nothing where nothing changed', async () => {
    await feed.tell(feed.contract('melon'));
    await feed.tellHealth(feed.health('melon', [['usage_drop', true]], 4));
    const { forecast } = (await newest('melon')).renewals[0]!;
    expect(forecast!.probability).toBeCloseTo(0.5, 2);
    expect(forecast!.drivers.map(({ id, logOdds }) => [id, logOdds])).toEqual([['usage_drop', -2.5], ['pulse', 0.3]]);
    expect(forecast!.baseLogOdds! + forecast!.drivers.reduce((sum, { logOdds }) => sum + logOdds, 0)).toBeCloseTo(logit(forecast!.probability), 9);

    await feed.tellHealth(feed.health('melon', [['usage_drop', true]], 4), feed.health('melon', [['usage_drop', true], ['goals_missing', false]], 4));
    expect(await told('melon')).toHaveLength(2);
    await feed.tellHealth(feed.health('melon', [['no_renewal_intent', true]]));
    expect((await newest('melon')).renewals[0]!.forecast!.probability).toBeCloseTo(1 / (1 + Math.exp(4 - logit(0.9))), 9);
  });

  it('keeps health that comes before the contract', async () => {
    await feed.tellHealth(feed.health('early', [['gone_dark', true]]));
    expect(await told('early')).toEqual([]);
    await feed.tell(feed.contract('early'));
    expect((await newest('early')).renewals[0]!.forecast!.drivers).toEqual([{ id: 'gone_dark', text: 'gone_dark of early', logOdds: -1 }]);
  });

  it('takes goals from goal, metric and milestone signals', async () => {
    await feed.tell(
      feed.contract('goals'),
      feed.signal('goals', 'metric', { metric: 'automated', value: 75 }, '2026-02-28T00:00:00Z'),
      feed.signal('goals', 'goal', { goalId: 'g', name: 'automate', metric: 'automated', baseline: 10, target: 60, dueOn: '2026-03-01', status: 'set' }, '2026-01-05T00:00:00Z'),
    );
    const over = (await newest('goals')).renewals[0]!.forecast!;
    expect(over.seedPrior).toBeCloseTo(0.999, 12);
    expect(over.probability).toBeCloseTo(0.98, 12);
    expect([over.text, over.drivers.map(({ id }) => id)]).toEqual(['goals over-achieved', ['goals', 'published_limit']]);
    await feed.tell(feed.signal('goals', 'milestone', { milestoneId: 'm', name: 'first value', phase: 'value', status: 'missed', dueOn: '2026-03-01' }));
    expect((await newest('goals')).renewals[0]!.forecast!.text).toBe('goals under-achieved');
  });

  it('sets other currencies and impossible terms aside and applies their neighbours', async () => {
    await feed.tell(feed.contract('odd', { contractId: 'C-eur', currency: 'EUR' }), feed.contract('odd'), feed.contract('odd', { contractId: 'C-back', startsOn: '2026-12-31', endsOn: '2026-01-01' }));
    expect((await newest('odd')).renewals.map(({ contractId }) => contractId)).toEqual(['C-odd']);
    const letters = await service.request<{ data: { code: string }[] }>('GET', '/internal/dead-letters', { scopes: ['operate'] });
    expect(letters.body.data.map(({ code }) => code).sort()).toEqual(['currency_not_configured', 'term_ends_before_start']);
  });

  it('restates silently and gives one net verdict', async () => {
    await feed.tell(feed.contract('again'), feed.signal('again', 'goal', { goalId: 'g', name: 'g', metric: 'm', baseline: 0, target: 1, dueOn: '2026-02-01', status: 'confirmed' }));
    const before = (await told('again')).length;
    await feed.tell(feed.mark('again', 'reset'), feed.contract('again', { arrMinor: 5 }));
    await feed.tellHealth(feed.health('again', [['gone_dark', true]]));
    expect(await told('again')).toHaveLength(before);
    await feed.tell(feed.mark('again', 'restated'));
    const state = await newest('again');
    expect(await told('again')).toHaveLength(before + 1);
    expect(state).toMatchObject({ arrMinor: 5, renewals: [{ arrMinor: 5, forecast: { text: 'goals not recorded', drivers: [{ id: 'gone_dark' }] } }] });
    expect((await service.request<Contract>('GET', '/api/v1/contracts/C-again', { scopes })).body.entries).toHaveLength(1);
  });

  it('shows a contract as of any day, to the cent', async () => {
    await feed.tell(
      feed.contract('cents', { arrMinor: 1_234_567, seats: 40, autoRenew: true }, '2025-12-20T10:00:00+02:00'),
      feed.contract('cents', { status: 'amended', arrMinor: 2_345_678, seats: 55, effectiveOn: '2026-02-15' }, '2026-02-20T00:00:00Z'),
    );
    const on = async (day: string) => (await service.request<{ data: [Contract] }>('GET', `/api/v1/contracts?accountId=cents&on=${day}`, { scopes })).body.data[0];
    expect(await on('2026-02-14')).toMatchObject({ id: 'C-cents', accountId: 'cents', arrMinor: 1_234_567, seats: 40, startsOn: '2026-01-01', endsOn: '2026-12-31', autoRenew: true, noticeDays: 60 });
    expect(await on('2026-02-15')).toMatchObject({ arrMinor: 2_345_678, seats: 55 });
    expect(await on('2027-06-01')).toMatchObject({ arrMinor: 2_345_678, startsOn: '2027-01-01', endsOn: '2027-12-31' });
    expect((await on('2026-02-15')).entries.map((e) => [e.status, e.effectiveOn, e.occurredAt])).toEqual([
      ['created', '2026-01-01', '2025-12-20T08:00:00.000Z'],
      ['amended', '2026-02-15', '2026-02-20T00:00:00.000Z'],
    ]);
  });

  it('filters and pages by date', async () => {
    await feed.tell(...[3, 1, 2].map((n) => feed.contract('pages', { contractId: `P${n}`, endsOn: `2026-0${n + 3}-28`, startsOn: '2026-01-01' })), feed.contract('pages', { contractId: 'P2', status: 'cancel_scheduled', endsOn: '2026-05-28' }));
    const ids = async (query: string) => (await list(`accountId=pages&${query}`)).body.data.map(({ id }) => id);
    expect(await ids('')).toEqual(['P1~2026-04-28', 'P2~2026-05-28', 'P3~2026-06-28']);
    expect(await ids('renewalFrom=2026-05-28&renewalTo=2026-06-27')).toEqual(['P2~2026-05-28']);
    expect(await ids('state=churn_notified')).toEqual(['P2~2026-05-28']);
    expect((await list('accountId=pages&limit=2')).body).toMatchObject({ hasMore: true, data: [{}, {}] });
    expect(await ids('limit=2&startingAfter=P2~2026-05-28')).toEqual(['P3~2026-06-28']);
    const contracts = (await service.request<Rows>('GET', '/api/v1/contracts?accountId=pages&limit=1&startingAfter=P1', { scopes })).body;
    expect([contracts.hasMore, contracts.data[0]!.id]).toEqual([true, 'P2']);
  });

  it('describes its routes', async () => {
    const { body } = await service.request<{ paths: Record<string, { get: { parameters: { name: string; schema: { format?: string } }[] } }> }>('GET', '/internal/openapi.json');
    expect(Object.keys(body.paths).sort()).toEqual(['/api/v1/contracts', '/api/v1/contracts/{id}', '/api/v1/renewals', '/api/v1/renewals/{id}']);
    const parameters = body.paths['/api/v1/renewals']!.get.parameters;
    expect(parameters.map(({ name }) => name).sort()).toEqual(['accountId', 'limit', 'renewalFrom', 'renewalTo', 'startingAfter', 'state']);
    expect(parameters.find(({ name }) => name === 'renewalFrom')!.schema.format).toBe('date');
  });

  it.each([
    ['/api/v1/renewals', undefined, 401],
    ['/api/v1/renewals', ['health:read'], 403],
    ['/api/v1/contracts', ['health:read'], 403],
    ['/api/v1/renewals/none~2026-01-01', scopes, 404],
    ['/api/v1/contracts/none', scopes, 404],
    ['/api/v1/renewals?state=lost', scopes, 400],
    ['/api/v1/renewals?renewalFrom=2026-02-30', scopes, 400],
    ['/api/v1/renewals?renewalFrom=2026-02-03T00:00:00Z', scopes, 400],
    ['/api/v1/renewals?startingAfter=here', scopes, 400],
    ['/api/v1/contracts?limit=101', scopes, 400],
    ['/api/v1/contracts?on=2037-01-01', scopes, 400],
  ] as const)('%s with scopes %s answers %d', async (path, given, status) => {
    const response = await service.request('GET', path, given ? { scopes: given } : {});
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });
});
