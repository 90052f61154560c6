import { jest } from '@jest/globals';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from '../src/domain/routing-table.js';
import { startIdsOnlyTracing } from '@perennial/service-kit/ids-only-tracing';
import { GatewayUnderTest } from './gateway-under-test.js';

jest.setTimeout(30_000);
let gateway: GatewayUnderTest;
beforeAll(async () => {
  startIdsOnlyTracing();
  gateway = await GatewayUnderTest.start();
}, 60_000);
afterAll(() => gateway.stop());

const asIs = (backend: Backend) => gateway.fakes[backend];

/** A request whose path is sent exactly as written. */
async function raw(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  const request = httpRequest({ hostname, port, method, path, headers: { authorization: `Bearer ${gateway.apiKey}`, ...headers } }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

describe('forwarding', () => {
  it.each([
    ['/api/v1/accounts?limit=3&q=a%20b', 'health-scoring'],
    ['/api/v1/accounts/acme', 'signal-ingestion'],
    ['/api/v1/accounts/acme/health/history?from=2026-01-01', 'health-scoring'],
    ['/api/v1/renewals', 'renewal-forecasting'],
    ['/api/v1/tasks', 'playbook-orchestration'],
    ['/api/v1/deliveries', 'notifications'],
  ] as const)('%s to %s, with an identity token for it alone', async (path, backend) => {
    const { status, body } = await gateway.call('GET', path);
    expect({ status, body }).toEqual({ status: 200, body: { backend, url: path } });
    expect(await gateway.principalSeenBy(backend)).toMatchObject({ role: null, scopes: expect.arrayContaining(['operate', 'admin']) });
    const { headers } = asIs(backend).last();
    expect(headers.authorization).not.toContain(gateway.apiKey);
  });

  it('hands on bodies and status codes, and takes away what is its own', async () => {
    asIs('notifications').answer = (_request, response) => void response.writeHead(422, { 'content-type': 'application/problem+json', connection: 'close', 'x-kept': 'yes' }).end('{"status":422,"code":"x"}');
    const { cookie, csrfToken } = await gateway.signIn();
    const answer = await gateway.call('POST', '/api/v1/webhook-endpoints', { key: null, body: { url: 'https://x.example' }, headers: { cookie, 'x-csrf-token': csrfToken, 'x-forwarded-for': '6.6.6.6', 'x-http-method-override': 'DELETE', 'idempotency-key': 'k', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } });
    expect(answer).toMatchObject({ status: 422, body: { status: 422, code: 'x' }, headers: { 'x-kept': 'yes' } });
    const seen = asIs('notifications').last();
    expect(JSON.parse(seen.body.toString())).toEqual({ url: 'https://x.example' });
    expect(seen.headers).toMatchObject({ 'idempotency-key': 'k', 'x-forwarded-for': '127.0.0.1', traceparent: expect.stringContaining('4bf92f3577b34da6a3ce929d0e0e4736') });
    for (const name of ['cookie', 'x-csrf-token', 'x-http-method-override']) expect(seen.headers).not.toHaveProperty([name]);
    expect(await gateway.principalSeenBy('notifications')).toMatchObject({ role: 'admin' });
  });

  it('takes a call whose client waits for 100 Continue, as curl does with large bodies', async () => {
    for (const path of ['/api/v1/signals', '/v1/track']) {
      const url = new URL(path, gateway.url);
      const call = httpRequest(url, { method: 'POST', headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json', expect: '100-continue', 'content-length': '2' } });
      call.flushHeaders();
      await once(call, 'continue');
      call.end('{}');
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 200]);
    }
  });

  it('asks a service once, also when it answers 503 with Retry-After, and passes that on', async () => {
    asIs('renewal-forecasting').answer = (_request, response) => void response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/problem+json' }).end('{"code":"unavailable"}');
    const before = asIs('renewal-forecasting').seen.length;
    expect(await gateway.call('GET', '/api/v1/contracts')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(asIs('renewal-forecasting').seen.length).toBe(before + 1);
  });

  it('refuses without credentials, and lets write keys pass at the signals door only', async () => {
    expect((await gateway.call('GET', '/api/v1/accounts', { key: null })).status).toBe(401);
    expect((await gateway.call('POST', '/api/v1/signals', { key: null, body: { signals: [] } })).status).toBe(401);
    const writeKey = { authorization: `Basic ${Buffer.from('wk_abc:').toString('base64')}` };
    expect((await gateway.call('POST', '/api/v1/signals', { key: null, headers: writeKey, body: { signals: [] } })).status).toBe(200);
    expect(asIs('signal-ingestion').last().headers.authorization).toBe(writeKey.authorization);
    expect((await gateway.call('POST', '/api/v1/sources', { key: null, headers: writeKey, body: {} })).status).toBe(401);
    const key = await gateway.newKey(['signals:write']);
    expect((await gateway.call('POST', '/api/v1/signals', { key, body: { signals: [] } })).status).toBe(200);
    expect(await gateway.principalSeenBy('signal-ingestion')).toMatchObject({ scopes: ['signals:write'] });
  });

  it('forwards vendor paths untouched and without looking at them', async () => {
    const body = gzipSync('{"batch":[]}');
    const response = await fetch(`${gateway.url}/v1/batch?x=1`, { method: 'POST', body, headers: { authorization: 'Basic d2s6', 'content-type': 'text/plain', 'content-encoding': 'gzip' } });
    expect(response.status).toBe(200);
    const seen = asIs('signal-ingestion').last();
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/batch?x=1', headers: { authorization: 'Basic d2s6', 'content-type': 'text/plain', 'content-encoding': 'gzip' } });
    expect(seen.body.equals(body)).toBe(true);
  });

  it('begins a trace where the caller has none, and hands it on whoever is asked', async () => {
    const traceOf = (backend: Backend) => /^00-([0-9a-f]{32})-[0-9a-f]{16}-0[01]$/.exec(String(asIs(backend).last().headers['traceparent']))?.[1];
    await fetch(`${gateway.url}/v1/batch`, { method: 'POST', body: '{}' });
    expect(traceOf('signal-ingestion')).toBeDefined();
    await gateway.call('GET', '/api/v1/tasks');
    expect(traceOf('playbook-orchestration')).toBeDefined();
    await gateway.call('GET', '/api/v1/pipeline');
    expect(new Set([traceOf('health-scoring'), traceOf('notifications')]).size).toBe(1);
    expect(traceOf('notifications')).toBeDefined();
  });

  it('never forwards what lies inside the services', async () => {
    const counts = () => Object.values(gateway.fakes).map(({ seen }) => seen.length);
    const before = counts();
    for (const path of ['/api/v1/internal/pipeline', '/api/v1/../internal/pipeline', '/api/v1/..%2f..%2finternal/pipeline', '/api/v1/%2e%2e/%2e%2e/internal/pipeline', '/v1/../internal/pipeline', '/v1/%2e%2e/internal/pipeline', '/api/v1//internal/pipeline', '/api/v1/accounts/..%5c..%5cinternal', '/API/v1/accounts']) {
      const status = await raw('GET', path);
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    }
    expect(counts()).toEqual(before);
  });

  it.each([['/%61pi/v1/accounts'], ['/api/v1/%61ccounts'], ['/api/v%31/accounts']])('decides %s as its canonical path', async (path) => {
    expect(await raw('GET', path)).toBe(200);
    expect(asIs('health-scoring').last().url).toBe('/api/v1/accounts');
    expect(await raw('GET', path, { authorization: 'Bearer nothing' })).toBe(401);
    expect(await raw('HEAD', path, { authorization: 'Bearer nothing' })).toBe(401);
  });

  it.each(['/api/v1/accounts/', '//api/v1/accounts', '/api/v1//accounts', '/api/v1/users/', '//api/v1/users'])('nobody answers at %s', async (path) => expect(await raw('GET', path)).toBe(404));

  it('own routes decide every spelling alike', async () => {
    for (const path of ['/api/v1/users', '/api/v1/%75sers', '/%61pi/v1/users']) {
      expect([path, await raw('GET', path)]).toEqual([path, 200]);
      expect([path, await raw('HEAD', path)]).toEqual([path, 200]);
      expect([path, await raw('GET', path, { authorization: '' })]).toEqual([path, 401]);
      expect([path, await raw('HEAD', path, { authorization: '' })]).toEqual([path, 401]);
    }
  });

  it('answers 503 as a problem while a service is away', async () => {
    const other = await GatewayUnderTest.start();
    await other.fakes['playbook-orchestration'].stop();
    expect(await other.call('GET', '/api/v1/tasks')).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'content-type': expect.stringContaining('problem+json') }, body: { code: 'backend_away' } });
    await other.stop();
  });

  it('takes no caller who gave up for a fault: the answer that comes late is let go', async () => {
    const lines: string[] = [];
    const other = await GatewayUnderTest.start({}, {}, { write: (line) => void lines.push(line) });
    const answered = new Promise<void>((resolve) => {
      other.fakes['playbook-orchestration'].answer = (_request, response) => void setTimeout(() => response.end('{}', resolve), 500);
    });
    const call = { method: 'POST', headers: { authorization: `Bearer ${other.apiKey}`, 'content-type': 'application/json' }, body: '{}' };
    await expect(fetch(`${other.url}/api/v1/tasks`, { ...call, signal: AbortSignal.timeout(200) })).rejects.toThrow();
    await answered;
    await sleep(100);
    await other.stop();
    expect(lines.map((line) => JSON.parse(line) as { level: string }).filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('does not keep smuggled requests apart from their connection', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/users HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/);
    socket.destroy();
  });
});

describe('live streams', () => {
  const stream = () => {
    asIs('notifications').answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-last': request.headers['last-event-id'] ?? '' });
      response.write('id: 1\ndata: one\n\n');
      setTimeout(() => response.write(': heartbeat\n\n'), 100);
    };
  };

  it('come through piece by piece, with Last-Event-ID, and end when the reader goes', async () => {
    stream();
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}/api/v1/stream/risk-changes`, { headers: { authorization: `Bearer ${gateway.apiKey}`, 'last-event-id': '41' }, signal: abort.signal });
    expect(response.headers.get('x-last')).toBe('41');
    const reader = response.body!.getReader();
    const text = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await text()).toBe('id: 1\ndata: one\n\n');
    expect(await text()).toBe(': heartbeat\n\n');
    abort.abort();
    for (let i = 0; i < 100 && asIs('notifications').open.size > 0; i++) await sleep(10);
    expect(asIs('notifications').open.size).toBe(0);
  });

  it('do not hold up the end of the gateway', async () => {
    const other = await GatewayUnderTest.start();
    other.fakes.notifications.answer = (_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n');
    const response = await fetch(`${other.url}/api/v1/stream/risk-changes`, { headers: { authorization: `Bearer ${other.apiKey}` } });
    const read = response.text().catch(() => 'cut');
    await sleep(50);
    const startedAt = performance.now();
    await other.stop();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await read;
  });
});
