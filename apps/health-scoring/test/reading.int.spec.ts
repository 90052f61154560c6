import { jest } from '@jest/globals';
import { startTestService, type TestService } from '@perennial/testing/service';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

interface Rows {
  readonly data: { readonly id: string; readonly riskLevel: string; readonly arrMinor: number | null }[];
  readonly hasMore: boolean;
}

describe('reading', () => {
  let service: TestService;
  let desk: Desk;
  const levels = ['red', 'green', 'unknown', 'amber'] as const;
  const order = ['red', 'amber', 'unknown', 'green'];

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    const ids = Array.from({ length: 24 }, (_, n) => `a-${String(n).padStart(2, '0')}`);
    await desk.tellAccounts(...ids.map((id, n) => desk.account(id, { name: n === 3 ? 'Größe 100 %_' : `Company ${n}`, ownerId: n % 2 ? 'olga' : 'omar', segment: n < 6 ? 'smb' : null })), desk.account('gone', { mergedInto: 'a-00' }));
    await desk.tell(...ids.flatMap((id, n) => {
      const level = levels[n % 4];
      if (level === 'unknown') return [];
      const well = desk.well(id);
      if (level === 'red') well.push(desk.signal(id, 'survey', { type: 'renewal_intent', score: 1 }, { personId: 'sam' }));
      if (level === 'amber') well.push(desk.signal(id, 'ticket', { ticketId: 'c', status: 'opened', priority: 'normal', complaint: true }, { at: desk.days(-20), receivedAt: desk.days(-19.9) }));
      return well;
    }));
    await desk.tellRenewals(...ids.filter((_, n) => n % 3 > 0 && levels[n % 4] !== 'unknown').map((id) => desk.renewals(id, { arrMinor: id.charCodeAt(3) * 100 })));
  });
  afterAll(() => service.stop());

  const pageThrough = async (query: string) => {
    const rows: Rows['data'] = [];
    for (let after = ''; ; after = `&startingAfter=${rows.at(-1)!.id}`) {
      const { status, body } = await desk.get<Rows>(`?limit=5${query}${after}`);
      expect(status).toBe(200);
      rows.push(...body.data);
      if (!body.hasMore) return rows;
    }
  };

  it('lists the book worst first, page by page, without what was merged away', async () => {
    const rows = await pageThrough('');
    expect(rows).toHaveLength(24);
    expect(new Set(rows.map(({ riskLevel }) => riskLevel))).toEqual(new Set(order));
    const keys = rows.map(({ riskLevel, arrMinor, id }) => `${order.indexOf(riskLevel)} ${String(1e9 - (arrMinor ?? 0)).padStart(12)} ${id}`);
    expect(keys).toEqual([...keys].sort());
  });

  it('filters by level, owner, segment and text', async () => {
    const ids = async (query: string) => (await pageThrough(query)).map(({ id }) => id);
    expect(await ids('&riskLevel=red')).toHaveLength(6);
    expect(await ids('&band=unknown')).toHaveLength(6);
    expect((await ids('&ownerId=olga&segment=smb')).sort()).toEqual(['a-01', 'a-03', 'a-05']);
    expect(await ids(`&q=${encodeURIComponent('GRÖßE 100 %_')}`)).toEqual(['a-03']);
    expect(await ids('&q=A-1')).toHaveLength(10);
    expect(await ids('&q=nobody')).toEqual([]);
  });

  it('answers the history by day, with what is asked for', async () => {
    await service.advance(desk.days(3));
    const days = async (query = '') => (await desk.get<{ data: { day: string; healthScore: number }[]; hasMore: boolean }>(`/a-01/health/history${query}`)).body;
    expect((await days()).data.map(({ day }) => day)).toEqual(['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05']);
    expect((await days('?from=2026-03-03&to=2026-03-04')).data).toHaveLength(2);
    expect(await days('?limit=1&startingAfter=2026-03-03')).toMatchObject({ hasMore: true, data: [{ day: '2026-03-04', band: 'green', riskLevel: 'green', dataCoverage: expect.any(Number), strikes: 0, scorecard: { id: 'csm-led', revision: 1 } }] });
  });

  it.each([
    ['', undefined, 401],
    ['', ['health:read'], 403],
    ['/a-00/health', ['accounts:read'], 403],
    ['/nobody/health', ['health:read'], 404],
    ['/nobody/health/history', ['health:read'], 404],
    ['/nobody/indicators', ['health:read'], 404],
    ['/%00/health', ['health:read'], 404],
    ['/a-00%0A/indicators', ['health:read'], 404],
    ['?q=%00', ['accounts:read'], 400],
    ['?ownerId=a%00b', ['accounts:read'], 400],
    ['?q=', ['accounts:read'], 400],
    ['?q=a&q=b', ['accounts:read'], 400],
    ['?startingAfter=nobody', ['accounts:read'], 400],
    ['?startingAfter=%00', ['accounts:read'], 400],
    ['?riskLevel=blue', ['accounts:read'], 400],
    ['?limit=101', ['accounts:read'], 400],
    ['?colour=red', ['accounts:read'], 400],
    ['/a-00/health/history?startingAfter=x', ['health:read'], 400],
    ['/a-00/health/history?from=2026-02-30', ['health:read'], 400],
    ['/a-00/health/history?to=2026-03-01T00:00:00Z', ['health:read'], 400],
  ] as const)('%s with %s is %d', async (path, scopes, status) => {
    const response = await service.request('GET', `/api/v1/accounts${path}`, scopes ? { scopes } : {});
    expect([response.status, response.headers['content-type']]).toEqual([status, expect.stringContaining('application/problem+json')]);
  });

  it('describes its routes with what they answer', async () => {
    interface Operation { readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>; readonly parameters: { readonly name: string }[] }
    const { body } = await service.request<{ paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, { properties: Record<string, { type?: string | string[] }> }> } }>('GET', '/internal/openapi.json');
    expect(Object.entries(body.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path.replace('/api/v1/accounts', '')}`)).sort()).toEqual([
      'delete /{accountId}/overrides/{overrideId}', 'delete /{accountId}/sentiment/notes/{noteId}', 'get ', 'get /api/v1/judgements/imports', 'get /api/v1/judgements/overrides', 'get /api/v1/leading-indicators',
      ...['', '/{id}', '/{id}/backtests', '/{id}/backtests/{backtestId}', '/{id}/revisions', '/{id}/revisions/{revision}', '/{id}/revisions/{revision}/diff', '/{id}/simulations', '/{id}/simulations/{simulationId}', '/{id}/simulations/{simulationId}/accounts'].map((path) => `get /api/v1/scorecards${path}`),
      ...['adoption', 'adoption/contacts', 'health', 'health/explanation', 'health/history', 'health/history/{day}', 'health/weekly', 'indicators', 'judgements', 'leading-indicators', 'roll-up', 'sentiment', 'sentiment/notes', 'strikes', 'unused-signals'].map((path) => `get /{accountId}/${path}`),
      'post /api/v1/judgements/imports/{importId}',
      ...['', '/check', '/{id}/backtests', '/{id}/retire', '/{id}/revisions/{revision}/publish', '/{id}/roll-back', '/{id}/simulations', '/{id}/simulations/{simulationId}/cancel'].map((path) => `post /api/v1/scorecards${path}`), 'post /{accountId}/indicators/{indicatorId}/{action}', 'post /{accountId}/overrides',
      'put /{accountId}/sentiment/notes/{noteId}',
    ]);
    // What the framework cannot make out it calls an object: of dates, and of what may be anything.
    const bare = Object.entries(body.components.schemas).flatMap(([name, { properties }]) =>
      Object.entries(properties).flatMap(([field, schema]) => ([schema.type].flat().includes('object') && !('properties' in schema) && !('additionalProperties' in schema) && !('patternProperties' in schema) ? [`${name}.${field}`] : [])));
    expect(bare).toEqual([]);
    for (const [path, operations] of Object.entries(body.paths)) {
      for (const [method, { responses }] of Object.entries(operations)) {
        const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2'))!;
        if (status !== '204') expect([path, method, Object.keys(answer.content?.['application/json']?.schema ?? {}).length > 0]).toEqual([path, method, true]);
      }
    }
    const health = body.paths['/api/v1/accounts/{accountId}/health']!['get']!.responses['200']!.content!['application/json']!.schema as { required: string[]; properties: { riskLevel: object } };
    expect(health.required).toEqual(expect.arrayContaining(['healthScore', 'rawScore', 'adjustments', 'measures', 'indicators', 'version']));
    expect(health.properties.riskLevel).toEqual({ enum: ['unknown', 'green', 'amber', 'red'] });
    expect(body.paths['/api/v1/accounts']!['get']!.parameters.map(({ name }) => name).sort()).toEqual(['band', 'limit', 'ownerId', 'q', 'riskLevel', 'segment', 'startingAfter']);
    expect(Object.keys(body.components.schemas['AccountRowAnswer']!.properties)).toEqual(['id', 'name', 'ownerId', 'segment', 'tier', 'arrMinor', 'currency', 'renewalOn', 'noticeOn', 'healthScore', 'band', 'riskLevel', 'strikes', 'trend']);
  });

  it('lists what nothing judges by, and metrics until a goal names them', async () => {
    const unused = async () => (await desk.get<{ data: object[] }>('/a-02/unused-signals')).body.data;
    const metrics = ['Hours', 'Hours', 'hours'].map((metric, i) => desk.signal('a-02', 'metric', { metric, value: i }, { at: desk.days(i - 4) }));
    await desk.tell(...metrics, desk.signal('a-02', 'survey', { type: 'ces', score: 4 }));
    expect(await unused()).toMatchObject([{ kind: 'metric', reason: 'no_goal', count: 3, text: 'No goal names its metric.', lastAt: desk.days(-2) }, { kind: 'survey', reason: 'no_measure', count: 1 }]);
    await desk.tell(desk.signal('a-02', 'goal', { goalId: 'g', name: 'Faster', metric: 'Hours', baseline: 10, target: 5, dueOn: '2030-01-01', status: 'set' }));
    expect(await unused()).toMatchObject([{ reason: 'no_goal', count: 1, lastAt: desk.days(-2) }, { reason: 'no_measure' }]);
  });
});
