import { gzipSync } from 'node:zlib';
import { signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
const usage = (id: string, more: object = {}) => ({ id, kind: 'usage', accountId: 'acme', data: { event: 'Opened' }, ...more });

describe('the edge', () => {
  let service: TestService;
  let segmentKey: string;
  let genericKey: string;
  let genericId: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    const make = (type: string) => service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type, name: type } });
    const [segment, generic] = await Promise.all([make('segment'), make('generic')]);
    segmentKey = segment.body.writeKey;
    genericKey = generic.body.writeKey;
    genericId = generic.body.id;
  }, 30_000);
  afterAll(() => service.stop());

  const post = async (path: string, body: string | Buffer, headers: Record<string, string> = {}) => {
    const response = await fetch(`${service.running.url}${path}`, { method: 'POST', body: body as string, headers: { authorization: basic(segmentKey), ...headers } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  const track = (more: object = {}) => JSON.stringify({ userId: 'u1', event: 'Opened', context: { groupId: 'acme' }, ...more });
  const rejected = async () => {
    await service.settle();
    const list = await service.request('GET', '/api/v1/rejected?limit=100', { scopes: ['accounts:read', 'operate'] });
    if (list.status !== 200) throw new Error(JSON.stringify(list.body));
    return list.body.data as { code: string; pointer: string | null; payload: unknown; sourceId: string }[];
  };

  it.each(['track', 'identify', 'page', 'screen', 'group', 'alias'])('answers /v1/%s as Segment does', async (call) => {
    const answer = await post(`/v1/${call}`, track({ groupId: 'acme', previousId: 'u0', type: call }));
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(answer.headers.get('x-rejected-count')).toBeNull();
  });

  it.each([
    ['basic without colon', { authorization: `Basic ${'KEY'}` }],
    ['bearer', { authorization: 'Bearer KEY' }],
  ])('knows the sender by %s', async (name, headers) => {
    const value = name === 'bearer' ? `Bearer ${segmentKey}` : `Basic ${Buffer.from(segmentKey).toString('base64')}`;
    expect(headers).toBeTruthy();
    expect((await post('/v1/track', track(), { authorization: value })).status).toBe(200);
  });

  it('knows the sender by the key in the body, and refuses two that differ', async () => {
    const response = await fetch(`${service.running.url}/v1/track`, { method: 'POST', body: track({ writeKey: segmentKey }) });
    expect(response.status).toBe(200);
    expect(await post('/v1/track', track({ writeKey: genericKey }))).toMatchObject({ status: 401, body: { code: 'write_keys_disagree' } });
  });

  it.each([
    ['no key', {}, 'write_key_missing'],
    ['an unknown key', { authorization: basic('wk_unknown') }, 'write_key_unknown'],
    ['a password', { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }, 'authorization_malformed'],
  ])('answers 401 to %s, without accepting anything', async (_name, headers, code) => {
    const before = (await service.published(telemetryTopic)).length;
    for (const path of ['/v1/batch', '/v1/track', '/api/v1/signals']) {
      const response = await fetch(`${service.running.url}${path}`, { method: 'POST', body: path === '/v1/track' ? track() : '{"batch":[],"signals":[]}', headers });
      expect([path, response.status, await response.json()]).toEqual([path, 401, expect.objectContaining({ code })]);
    }
    expect(await service.published(telemetryTopic)).toHaveLength(before);
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'nonsense', 'application/json; charset=utf-16'])('does not care for the Content-Type %s', async (type) => {
    expect((await post('/v1/track', track(), { 'content-type': type })).status).toBe(200);
    expect((await post('/v1/batch', gzipSync(JSON.stringify({ batch: [{ type: 'track', userId: 'u', event: 'x' }] })), { 'content-type': type })).status).toBe(200);
  });

  it.each([
    ['no JSON', 'hello', {}, 'invalid_json'],
    ['an empty body', '', {}, 'invalid_json'],
    ['half of a gzip', gzipSync('{"batch":[]}').subarray(0, 15), { 'content-encoding': 'gzip' }, 'unreadable_encoding'],
    ['a bomb', gzipSync(Buffer.alloc(100_000_000, 0x20)), { 'content-encoding': 'gzip' }, 'too_large'],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 'invalid_utf8'],
    ['more than 512 KiB', JSON.stringify({ batch: [{ type: 'track', userId: 'u', event: 'x', properties: { a: 'y'.repeat(530_000) } }] }), {}, 'too_large'],
    ['a list', '[]', {}, 'not_an_object'],
    ['no batch', '{}', {}, 'invalid_field'],
    ['2,501 events', JSON.stringify({ batch: Array.from({ length: 2501 }, () => ({})) }), {}, 'too_many_items'],
    ['a batch given twice', '{"batch":[],"batch":[]}', {}, 'duplicate_key'],
    ['20,000 levels around it', `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)},"batch":[]}`, {}, 'too_deep'],
  ])('answers 400 to %s and lists it', async (_name, body, headers, code) => {
    const answer = await post('/v1/batch', body, headers);
    expect(answer).toMatchObject({ status: 400, body: { code, status: 400 } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect((await rejected())[0]).toMatchObject({ code });
  });

  it('answers 400 to one event above 32 KiB', async () => {
    expect(await post('/v1/track', track({ properties: { a: 'y'.repeat(33_000) } }))).toMatchObject({ status: 400, body: { code: 'too_large' } });
    expect(await post('/v1/track', gzipSync(track({ properties: { a: 'y'.repeat(33_000) } })))).toMatchObject({ status: 400, body: { code: 'too_large' } });
  });

  it('takes the good events of a batch, counts and lists the bad ones', async () => {
    const event = (id: string, more: object = {}) => ({ type: 'track', messageId: id, userId: 'batch-user', event: 'x', context: { groupId: 'batch-co' }, ...more });
    const parts = [
      JSON.stringify(event('b-good-1')),
      '{"type":"track","messageId":"b-1","userId":"u","event":"x","properties":{"n":1e400}}',
      '{"type":"track","messageId":"b-2","userId":"u","event":"x","properties":{"a":1,"a":2}}',
      '{"type":"track","messageId":"b-3","userId":"u","event":"x","properties":{"__proto__":{"admin":true}}}',
      `{"type":"track","messageId":"b-4","userId":"u","event":"x","properties":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      JSON.stringify(event('b-5', { properties: { big: 'y'.repeat(33_000) } })),
      JSON.stringify(event('b-6', { userId: '' })),
      JSON.stringify(event('b-7', { timestamp: '0001-01-01T00:00:00Z' })),
      'null',
      JSON.stringify(event('b-good-1', { event: 'other' })),
      JSON.stringify(event('b-good-2')),
    ];
    const answer = await post('/v1/batch', `{"batch":[${parts.join(',')}]}`);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(answer.headers.get('x-rejected-count')).toBe('9');
    const codes = (await rejected()).slice(0, 9).map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['duplicate_key', 'forbidden_key', 'id_conflict', 'identity_missing', 'not_an_object', 'number_out_of_range', 'timestamp_out_of_range', 'too_deep', 'too_large']);
    const timeline = await service.request<{ data: { id: string }[] }>('GET', '/api/v1/accounts/batch-co/signals', { scopes: ['accounts:read'] });
    expect(timeline.body.data.map(({ id }) => id).toSorted()).toEqual(['b-good-1', 'b-good-2']);
  });

  it('says what can be done at an address that is asked for something else', async () => {
    expect(await service.request('GET', '/v1/track')).toMatchObject({ status: 405, headers: { allow: 'OPTIONS, POST' }, body: { code: 'method_not_allowed' } });
    expect(await service.request('PUT', '/api/v1/signals')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await service.request('DELETE', '/api/v1/accounts/acme')).status).toBe(404);
    expect(await service.request('DELETE', '/api/v1/accounts/acme', { scopes: ['signals:write'] })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PUT' } });
  });

  it('speaks CORS as browsers need it', async () => {
    const preflight = await fetch(`${service.running.url}/v1/batch`, { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-headers'), preflight.headers.get('access-control-max-age')]).toEqual([204, 'https://app.example', 'authorization', '7200']);
    const refused = await post('/v1/batch', 'x', { origin: 'https://app.example', authorization: basic('wk_no') });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('tells a browser where to send to', async () => {
    const answer = await service.request('GET', `/v1/projects/${segmentKey}/settings`);
    expect(answer).toMatchObject({ status: 200, body: { integrations: { 'Segment.io': { apiKey: segmentKey, apiHost: `${new URL(service.running.url).host}/v1`, protocol: 'http' } } } });
    expect((await service.request('GET', '/v1/projects/nobody/settings')).status).toBe(404);
  });

  it('answers per item at /api/v1/signals, by write key', async () => {
    const answer = await service.request('POST', '/api/v1/signals', { headers: { authorization: `Bearer ${genericKey}` }, body: { signals: [usage('s1'), usage('s2', { data: {} }), { kind: 'nps' }, usage('s3'), usage('s1', { personId: 'other' })] } });
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, rejected: 3 } });
    expect(answer.body.results).toMatchObject([
      { index: 0, id: 's1', status: 'accepted' }, { index: 1, id: 's2', status: 'rejected', code: 'missing_field', pointer: '/data/event' },
      { index: 2, status: 'rejected', code: 'unknown_kind', pointer: '/kind' }, { index: 3, id: 's3', status: 'accepted' }, { index: 4, id: 's1', status: 'rejected', code: 'id_conflict' },
    ]);
    await service.settle();
    const signals = (await service.published(signalsTopic)).map(({ data }) => data).filter((data) => 'id' in data && ['s1', 's3'].includes(data.id));
    expect(signals).toMatchObject([{ id: 's1', accountId: 'acme', sourceId: genericId }, { id: 's3' }]);
  });

  it('takes signals with the gateway\'s token, and says which scope is missing', async () => {
    const body = { signals: [usage('t1', { source: 'billing' })] };
    expect((await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body })).body).toMatchObject({ accepted: 1 });
    expect((await service.request('POST', '/api/v1/signals', { scopes: ['accounts:read'], body })).status).toBe(403);
    expect((await service.request('POST', '/api/v1/signals', { headers: { authorization: 'Bearer a.b.c' }, body })).status).toBe(401);
    await service.settle();
    const timeline = await service.request<{ data: { id: string }[] }>('GET', '/api/v1/accounts/acme/signals?limit=100', { scopes: ['accounts:read'] });
    expect(timeline.body.data.find(({ id }) => id === 't1')).toMatchObject({ sourceId: 'api/billing' });
  });

  it('gives an id where none is sent, and takes 1,000 items but not more', async () => {
    const many = (count: number) => ({ signals: Array.from({ length: count }, () => ({ kind: 'usage', accountId: 'many', data: { event: 'x' } })) });
    const answer = await service.request<{ results: { id: string }[] }>('POST', '/api/v1/signals', { scopes: ['signals:write'], body: many(1000) });
    expect(answer.body).toMatchObject({ accepted: 1000, rejected: 0 });
    expect(new Set(answer.body.results.map(({ id }) => id)).size).toBe(1000);
    expect((await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: many(1001) })).status).toBe(413);
    const big = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: [], x: 'y'.repeat(4 * 1024 * 1024) } });
    expect(big.status).toBe(413);
  });

  it('revokes a key at once, and hides what is not public', async () => {
    const { body: made } = await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'generic', name: 'gone' } });
    const send = () => service.request('POST', '/api/v1/signals', { headers: { authorization: basic(made.writeKey) }, body: { signals: [] } });
    expect((await send()).status).toBe(200);
    const { body: list } = await service.request<{ data: { type: string; writeKey: string | null }[] }>('GET', '/api/v1/sources', { scopes: ['operate'] });
    expect(list.data.map(({ type, writeKey }) => [type, writeKey !== null])).toEqual(expect.arrayContaining([['generic', false], ['segment', true]]));
    expect((await service.request('DELETE', `/api/v1/sources/${made.id}`, { scopes: ['operate'] })).status).toBe(204);
    for (const id of [made.id, 'x']) expect((await service.request('DELETE', `/api/v1/sources/${id}`, { scopes: ['operate'] })).status).toBe(404);
    expect((await service.request('GET', '/api/v1/sources?startingAfter=x', { scopes: ['operate'] })).status).toBe(400);
    expect((await send()).status).toBe(401);
  });

  it('makes a source once per Idempotency-Key, and refuses fields it does not know', async () => {
    const make = (body: object) => service.request('POST', '/api/v1/sources', { scopes: ['operate'], body, headers: { 'idempotency-key': 'once' } });
    const first = await make({ type: 'generic', name: 'one' });
    expect((await make({ type: 'generic', name: 'one' })).body).toEqual(first.body);
    expect((await make({ type: 'generic', name: 'two' })).status).toBe(422);
    expect((await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'generic', name: 'x', id: 'mine' } })).body).toMatchObject({ status: 400, errors: [{ pointer: '/id' }] });
  });

  it('describes itself, the raw route for signals included', async () => {
    const { body } = await service.request('GET', '/internal/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths).toSorted()).toEqual(expect.arrayContaining(['/api/v1/accounts/{id}', '/api/v1/accounts/{id}/signals', '/api/v1/people', '/api/v1/rejected', '/api/v1/signals', '/api/v1/sources', '/api/v1/sources/{id}']));
    expect(body.paths['/api/v1/signals'].post.requestBody.content['application/json'].schema.properties.signals.items.anyOf).toHaveLength(14);
  });
});
