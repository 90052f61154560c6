import { telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { addresses } from '../src/domain/vendors/vendors.js';
import { signalIngestion } from '../src/service.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

const injections = [`x' OR '1'='1`, `'; DROP TABLE message; --`, `%' UNION SELECT write_key FROM source --`, '$1', '\\', `"`];
const page = 'https://elsewhere.example';
const basic = (key: string) => ({ authorization: `Basic ${btoa(`${key}:`)}` });
/** Other ways to write the same address. */
const disguises = (path: string): string[] => [
  path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`), `/${path}`, path.endsWith('/') ? path.slice(0, -1) : `${path}/`, path.toUpperCase(), `/.${path}`, `/x/..${path}`, path.replace(/(.)\//, '$1//'), `${path}%2f`, `${path};x=1`, `${path}%20`,
].filter((disguise) => disguise !== path && !addresses.some(({ path: known }) => known === disguise));

/** Every attack on every address: generated from the tables that the service is made of. */
describe('against the front door', () => {
  let service: TestService;
  let key: string;
  let bound: string;
  let revoked: string;
  let operations: readonly Operation[];

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    const make = async () => (await service.request<{ id: string; writeKey: string }>('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'x' } })).body;
    const sources = [await make(), await make(), await make()];
    [key = '', bound = '', revoked = ''] = sources.map(({ writeKey }) => writeKey);
    await service.request('PATCH', `/api/v1/sources/${sources[1]!.id}`, { scopes: ['operate'], body: { allowedOrigins: ['https://app.acme.example'] } });
    await service.request('DELETE', `/api/v1/sources/${sources[2]!.id}`, { scopes: ['operate'] });
    const { paths } = (await service.request<{ paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>> }>('GET', '/internal/openapi.json')).body;
    operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })));
  }, 30_000);
  afterAll(() => service.stop());

  const written = async () => (await service.published(telemetryTopic)).length;
  const send = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(service.running.url + path, { method, headers, redirect: 'manual', ...(method === 'GET' || method === 'HEAD' ? {} : { body: '{}' }) });
    await response.arrayBuffer();
    return response;
  };
  /** The class of a status: 4 is a refusal. */
  const classOf = (status: number) => Math.floor(status / 100);

  it.each(addresses.map(({ method, path }) => [method, path] as const))('%s %s lets in only who has a key, from where the key may be used', async (method, path) => {
    const before = await written();
    for (const headers of [{}, basic('wk_guessed'), basic(revoked), { authorization: 'Basic !' }, { authorization: `Bearer ${revoked}` }, { 'x-http-method-override': 'GET' }] as Record<string, string>[]) {
      expect([headers, classOf((await send(method, path, headers)).status)]).toEqual([headers, 4]);
    }
    const elsewhere = await send(method, path, { ...basic(bound), origin: page });
    expect([elsewhere.status, elsewhere.headers.get('access-control-allow-origin'), elsewhere.headers.get('vary')]).toEqual([403, page, 'Origin']);
    const preflight = await fetch(service.running.url + path, { method: 'OPTIONS', headers: { origin: page, 'access-control-request-method': method } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, page]);
    for (const disguise of disguises(path)) expect([disguise, classOf((await send(method, disguise, basic(revoked))).status)]).toEqual([disguise, 4]);
    for (const other of ['HEAD', 'PUT', 'DELETE']) expect([other, (await send(other, path, basic(key))).status]).toEqual([other, 405]);
    expect(await written()).toBe(before);
  });

  it('no address lets in who shows nothing, or a token without the scope, however it is written', async () => {
    const hooks = '/v1/hooks/{source}/{endpointId}';
    const asked = operations.filter(({ path }) => path.startsWith('/api/') || path === hooks);
    expect(asked.length).toBeGreaterThan(40);
    for (const { method, path } of asked) {
      const to = path.replaceAll(/\{\w+\}/g, '0192f0c1-2222-7000-8000-000000000000');
      const answers = await Promise.all([to, ...disguises(to)].map(async (written) => [written, (await send(method, written)).status] as const));
      expect([method, answers.filter(([, status]) => classOf(status) !== 4)]).toEqual([method, []]);
      if (path !== hooks) expect([method, to, (await service.request(method, to, { scopes: [], body: method === 'GET' ? undefined : {} })).status]).toEqual([method, to, 403]);
    }
  });

  it('no field of a body is taken that nobody asked for', async () => {
    const bodies = operations.filter(({ path, requestBody }) => path.startsWith('/api/v1/') && path !== '/api/v1/signals' && requestBody?.content['application/json'] !== undefined);
    expect(bodies.length).toBeGreaterThan(12);
    for (const { method, path } of bodies) {
      const { status, body } = await service.request<{ code: string }>(method, path.replaceAll(/\{\w+\}/g, '0192f0c1-2222-7000-8000-000000000000'), { scopes: ['admin'], body: { id: 'mine', isAdmin: true, createdAt: '2020-01-01T00:00:00Z' } });
      expect([method, path, status, JSON.stringify(body)]).toEqual([method, path, 400, expect.stringContaining('/isAdmin')]);
    }
  });

  it('SQL in addresses and filters is text', async () => {
    const reads = operations.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/'));
    expect(reads.length).toBeGreaterThan(15);
    for (const { path, parameters = [] } of reads) {
      for (const text of injections) {
        const query = new URLSearchParams(parameters.filter((one) => one.in === 'query').map(({ name }): [string, string] => [name, text]));
        const { status, body } = await service.request('GET', `${path.replaceAll(/\{\w+\}/g, encodeURIComponent(text))}?${query.toString()}`, { scopes: ['admin'] });
        expect([path, text, classOf(status)]).not.toEqual([path, text, 5]);
        expect(JSON.stringify(body)).not.toContain(key);
      }
    }
    for (const text of injections) {
      const { body } = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: [{ id: text, kind: 'usage', accountId: text, personId: text, source: text, data: { event: text, properties: { [text]: text } } }] } });
      expect(body).toMatchObject({ accepted: 1 });
      await service.settle();
      expect((await service.request('GET', `/api/v1/accounts/${encodeURIComponent(text)}/signals`, { scopes: ['accounts:read'] })).body.data).toMatchObject([{ id: text, data: { event: text } }]);
    }
  });
});
