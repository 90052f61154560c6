import { TestClock } from '@perennial/service-kit/clock';
import { backends, type Backend } from '../src/domain/routing-table.js';
import type { TestClockDriver } from '../src/service.js';
import type { BackendFake } from './backend-fake.js';
import { GatewayUnderTest } from './gateway-under-test.js';

const clock = new TestClock(new Date('2026-03-02T09:00:00Z'));
const moves: string[] = [];
const driver: TestClockDriver = {
  now: () => clock.now(),
  advance: async (to) => {
    clock.advance(to);
    moves.push(to.toISOString());
  },
};

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start({ testClock: driver });
}, 60_000);
afterAll(() => gateway.stop());

interface Letter {
  id: string;
  firstSeen: string;
}

/** Answers as the kit's `/internal/...` routes do. */
function operate(fake: BackendFake, letters: Letter[] = []): void {
  fake.answer = ({ url, body }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/internal/pipeline') return void response.end(JSON.stringify({ name: fake.name, ready: true, missing: [], topics: [{ topic: 't', lag: 0, oldestSeconds: 0, deadLetters: letters.length, partitions: [] }], outbox: 0, parked: 0 }));
    if (pathname === '/internal/dead-letters/replay') return void response.end(JSON.stringify({ ids: (JSON.parse(body.toString()) as { ids?: string[] }).ids ?? letters.map(({ id }) => id), dryRun: false }));
    if (pathname === '/internal/dead-letters') {
      const after = [searchParams.get('afterFirstSeen') ?? '~', searchParams.get('afterId') ?? '~'].join(' ');
      const rest = letters.filter(({ id, firstSeen }) => `${firstSeen} ${id}` < after);
      const limit = Number(searchParams.get('limit'));
      return void response.end(JSON.stringify({ object: 'list', data: rest.slice(0, limit), hasMore: rest.length > limit }));
    }
    const letter = letters.find(({ id }) => pathname === `/internal/dead-letters/${id}`);
    response.statusCode = letter ? 200 : 404;
    response.end(JSON.stringify(letter ?? { status: 404 }));
  };
}

const letter = (service: Backend, n: number) => ({ id: `${service}.signals.0.${n}`, service, firstSeen: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString() });

beforeEach(() => {
  for (const name of backends) operate(gateway.fakes[name]);
});

describe('pipeline', () => {
  it('holds every service, the gateway too, and says which do not answer', async () => {
    gateway.fakes.notifications.answer = (_request, response) => void response.writeHead(500).end();
    const { status, body } = await gateway.call('GET', '/api/v1/pipeline');
    expect(status).toBe(200);
    const services = body.services as { name: string; ready: boolean; outbox: number | null; parked: number | null }[];
    expect(services.map(({ name, ready, outbox, parked }) => [name, ready, outbox, parked])).toEqual([...backends.map((name) => (name === 'notifications' ? [name, false, null, null] : [name, true, 0, 0])), ['gateway', true, 0, 0]]);
    expect(body.services).toContainEqual(expect.objectContaining({ name: 'notifications', missing: ['it does not answer'] }));
    expect(await gateway.principalSeenBy('health-scoring')).toMatchObject({ scopes: expect.arrayContaining(['operate']) });
  });

  it('needs the scope operate', async () => {
    expect((await gateway.call('GET', '/api/v1/pipeline', { key: await gateway.newKey(['accounts:read']) })).status).toBe(403);
    expect((await gateway.call('GET', '/api/v1/pipeline', { key: null })).status).toBe(401);
  });
});

describe('dead letters', () => {
  const scoring = [letter('health-scoring', 9), letter('health-scoring', 4), letter('health-scoring', 1)];
  const ingestion = [letter('signal-ingestion', 8), letter('signal-ingestion', 5)];
  beforeEach(() => {
    operate(gateway.fakes['health-scoring'], scoring);
    operate(gateway.fakes['signal-ingestion'], ingestion);
  });

  it('are one list, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let after = '', more = true; more; after = `&startingAfter=${ids.at(-1)}`) {
      const { body } = await gateway.call('GET', `/api/v1/dead-letters?limit=2${after}`);
      ids.push(...(body.data as Letter[]).map(({ id }) => id));
      more = body.hasMore as boolean;
    }
    expect(ids).toEqual([...scoring, ...ingestion].toSorted((a, b) => (a.firstSeen < b.firstSeen ? 1 : -1)).map(({ id }) => id));
  });

  it('are read one by one, unknown ones are 404', async () => {
    expect(await gateway.call('GET', `/api/v1/dead-letters/${scoring[0]!.id}`)).toMatchObject({ status: 200, body: { id: scoring[0]!.id } });
    expect((await gateway.call('GET', '/api/v1/dead-letters/health-scoring.signals.0.77')).status).toBe(404);
    expect((await gateway.call('GET', '/api/v1/dead-letters/nobody.knows')).status).toBe(404);
    expect((await gateway.call('GET', '/api/v1/dead-letters?startingAfter=nobody.knows')).status).toBe(404);
  });

  it('are replayed by the service they belong to', async () => {
    const before = gateway.fakes.notifications.seen.length;
    const { status, body } = await gateway.call('POST', '/api/v1/dead-letters/replay', { body: { ids: [ingestion[1]!.id, scoring[0]!.id] } });
    expect({ status, body }).toEqual({ status: 200, body: { ids: [ingestion[1]!.id, scoring[0]!.id], dryRun: false } });
    expect(JSON.parse(gateway.fakes['health-scoring'].last().body.toString())).toEqual({ ids: [scoring[0]!.id] });
    expect(gateway.fakes.notifications.seen.length).toBe(before);
    expect((await gateway.call('POST', '/api/v1/dead-letters/replay', { body: {} })).body.ids).toHaveLength(5);
    expect(await gateway.call('POST', '/api/v1/dead-letters/replay', { body: { ids: [ingestion[1]!.id, 'nope'] } })).toMatchObject({ status: 404, body: { detail: expect.stringContaining('nope') } });
  });

  it('are chosen by short or full name of their topic; an unknown one is refused with the known', async () => {
    for (const name of ['signals', 'perennial.signals.v1']) {
      expect((await gateway.call('GET', `/api/v1/dead-letters?topic=${name}`)).status).toBe(200);
      expect(gateway.fakes['health-scoring'].last().url).toContain('topic=perennial.signals.v1');
      expect((await gateway.call('POST', '/api/v1/dead-letters/replay', { body: { topic: name, dryRun: true } })).status).toBe(200);
      expect(JSON.parse(gateway.fakes['health-scoring'].last().body.toString())).toEqual({ topic: 'perennial.signals.v1', dryRun: true });
    }
    const refused = (pointer: string) => ({ status: 400, body: { code: 'unknown_topic', detail: expect.stringMatching(/^there is no topic signal: one of .*signals.*risk-changes/), errors: [{ pointer }] } });
    expect(await gateway.call('GET', '/api/v1/dead-letters?topic=signal')).toMatchObject(refused('?topic'));
    expect(await gateway.call('POST', '/api/v1/dead-letters/replay', { body: { topic: 'signal' } })).toMatchObject(refused('/topic'));
  });

  it('say 503 rather than leave a service out', async () => {
    gateway.fakes['renewal-forecasting'].answer = (_request, response) => void response.writeHead(500).end();
    expect(await gateway.call('GET', '/api/v1/dead-letters')).toMatchObject({ status: 503, body: { detail: 'renewal-forecasting does not answer' } });
  });
});

describe('the test clock', () => {
  it('moves forward, never back', async () => {
    expect(await gateway.call('POST', '/api/v1/test-clock', { body: { now: '2026-03-03T09:00:00Z' } })).toMatchObject({ status: 200, body: { now: '2026-03-03T09:00:00.000Z' } });
    expect(moves).toEqual(['2026-03-03T09:00:00.000Z']);
    expect((await gateway.call('POST', '/api/v1/test-clock', { body: { now: '2026-03-02T09:00:00Z' } })).status).toBe(400);
    expect((await gateway.call('POST', '/api/v1/test-clock', { body: { now: 'soon' } })).status).toBe(400);
    expect((await gateway.call('GET', '/api/v1/test-clock')).body).toEqual({ now: '2026-03-03T09:00:00.000Z' });
    expect((await gateway.call('POST', '/api/v1/test-clock', { key: await gateway.newKey(['accounts:read']), body: { now: '2026-04-01T00:00:00Z' } })).status).toBe(403);
    expect(moves).toHaveLength(1);
  });

  it('is not there without its driver', async () => {
    const plain = await GatewayUnderTest.start();
    expect((await plain.call('POST', '/api/v1/test-clock', { body: { now: '2030-01-01T00:00:00Z' } })).status).toBe(404);
    await plain.stop();
  });
});

describe('documentation', () => {
  it('is one OpenAPI 3.1 document of all services, with a page', async () => {
    const schemas = { Task: { type: 'object', properties: { mine: { type: 'string' } } }, Problem: { type: 'object' } };
    for (const name of backends) {
      const document = { openapi: '3.1.0', info: {}, paths: { [`/api/v1/of-${name}`]: { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Task' } } } } } } }, '/internal/x': { get: {} } }, components: { schemas: name === 'notifications' ? { Task: { type: 'string' } } : schemas } };
      gateway.fakes[name].answer = (_request, response) => void response.end(JSON.stringify(document));
    }
    const { status, body } = await gateway.call('GET', '/api/v1/openapi.json', { key: null });
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    const paths = Object.keys(body.paths as object);
    expect(paths).toEqual(expect.arrayContaining(['/api/v1/of-health-scoring', '/api/v1/of-notifications', '/api/v1/session', '/api/v1/users/{id}', '/api/v1/pipeline', '/api/v1/dead-letters/replay']));
    expect(paths.some((path) => path.startsWith('/internal'))).toBe(false);
    expect(JSON.stringify(body.paths['/api/v1/of-notifications'])).toContain('#/components/schemas/NotificationsTask');
    expect(body.components.schemas).toMatchObject({ Task: schemas.Task, NotificationsTask: { type: 'string' }, NewUserRequest: {} });

    const page = await fetch(`${gateway.url}/docs/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    for (const [, asset] of html.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)) expect([asset, (await fetch(new URL(asset!, `${gateway.url}/docs/`))).status]).toEqual([asset, 200]);
    expect(await (await fetch(`${gateway.url}/docs/static/swagger-initializer.js`)).text()).toContain('/api/v1/openapi.json');
  });

  it('sends security headers with every answer', async () => {
    const { headers } = await gateway.call('GET', '/api/v1/nothing', { key: null });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-security-policy': expect.stringContaining("default-src 'self'"), 'x-frame-options': expect.any(String) });
  });
});
