import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

jest.setTimeout(20_000);

describe('the write keys of a source', () => {
  let service: TestService;
  /** Another process on the same database. */
  let replica: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { SOURCE_SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') } });
    replica = await startTestService(signalIngestion, { databaseUrl: service.databaseUrl, eventLog: service.eventLog, clock: service.clock });
  }, 60_000);
  afterAll(async () => {
    await replica?.stop({ keep: true });
    await service?.stop();
  });

  const operate = { scopes: ['operate'] as const };
  const create = async (type = 'segment') => (await service.request<{ id: string; writeKey: string }>('POST', '/api/v1/sources', { ...operate, body: { type, name: 'x' } })).body;
  const track = (writeKey: string, headers: Record<string, string> = {}, at = service) =>
    fetch(`${at.running.url}/v1/track`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, ...headers }, body: JSON.stringify({ userId: 'u1', event: 'Opened' }) });
  const bound = (id: string, body: object) => service.request('PATCH', `/api/v1/sources/${id}`, { ...operate, body });
  const keysOf = async (id: string) => (await service.request<{ data: { id: string; writeKey: string | null }[] }>('GET', `/api/v1/sources/${id}/write-keys`, operate)).body.data;

  const until = async (probe: () => Promise<boolean>) => {
    for (let i = 0; !(await probe()); i++) {
      if (i > 120) throw new Error('it did not come to that within six seconds');
      await sleep(50);
    }
  };

  it('are two while clients change over, and a revoked one is refused by every process within five seconds', async () => {
    const source = await create();
    const add = (headers = {}) => service.request('POST', `/api/v1/sources/${source.id}/write-keys`, { ...operate, headers });
    const { status, body: second } = await add({ 'idempotency-key': 'k' });
    expect(status).toBe(201);
    expect((await add({ 'idempotency-key': 'k' })).body).toEqual(second);
    expect(await add()).toMatchObject({ status: 409, body: { code: 'write_keys_in_force' } });
    expect(await keysOf(source.id)).toMatchObject([{ id: second.id, writeKey: second.writeKey }, { writeKey: source.writeKey }]);
    for (const key of [source.writeKey, second.writeKey]) {
      expect((await track(key)).status).toBe(200);
      await until(async () => (await track(key, {}, replica)).status === 200);
    }

    const [, first] = await keysOf(source.id);
    const revokedAt = performance.now();
    expect((await service.request('DELETE', `/api/v1/sources/${source.id}/write-keys/${first!.id}`, operate)).status).toBe(204);
    expect((await track(source.writeKey)).status).toBe(401);
    await until(async () => (await track(source.writeKey, {}, replica)).status === 401);
    expect(performance.now() - revokedAt).toBeLessThan(5000);
    for (const at of [service, replica]) expect((await track(second.writeKey, {}, at)).status).toBe(200);
    expect((await service.request('DELETE', `/api/v1/sources/${source.id}/write-keys/${first!.id}`, operate)).status).toBe(404);
    expect((await service.request<{ data: { id: string; writeKey: string }[] }>('GET', '/api/v1/sources', operate)).body.data).toContainEqual(expect.objectContaining({ id: source.id, writeKey: second.writeKey }));

    await service.request('DELETE', `/api/v1/sources/${source.id}`, operate);
    expect((await track(second.writeKey)).status).toBe(401);
    expect((await add()).status).toBe(404);
  });

  it('are shown once where they are secret', async () => {
    const source = await create('generic');
    const { body: second } = await service.request('POST', `/api/v1/sources/${source.id}/write-keys`, operate);
    expect(second.writeKey).toMatch(/^wk_/);
    expect((await keysOf(source.id)).map(({ writeKey }) => writeKey)).toEqual([null, null]);
    for (const path of [`${source.id}/write-keys`, `${source.id}/bounds`]) expect((await service.request('GET', `/api/v1/sources/${path}`, { scopes: ['accounts:read'] })).status).toBe(403);
  });

  it('send from the pages that are allowed, and from what is no page', async () => {
    const { id, writeKey } = await create();
    expect((await bound(id, { allowedOrigins: ['https://*.acme.com'] })).body).toEqual({ allowedOrigins: ['https://*.acme.com'], requestsPerSecond: null, eventsPerDay: null });
    expect((await track(writeKey, { origin: 'https://app.acme.com' })).status).toBe(200);
    const refused = await track(writeKey, { origin: 'https://evil.com' });
    expect([refused.status, (await refused.json() as { code: string }).code, refused.headers.get('access-control-allow-origin')]).toEqual([403, 'origin_not_allowed', 'https://evil.com']);
    expect((await track(writeKey)).status).toBe(200);
    expect((await bound(id, { allowedOrigins: ['app.acme.com'] })).body).toMatchObject({ code: 'invalid', errors: [{ pointer: '/allowedOrigins' }] });
    await bound(id, { allowedOrigins: null });
    expect((await track(writeKey, { origin: 'https://evil.com' })).status).toBe(200);
  });

  it('are none of a business system, which is bound all the same', async () => {
    const { body: { id, hookPath } } = await service.request<{ id: string; hookPath: string }>('POST', '/api/v1/sources', { ...operate, body: { type: 'zendesk', name: 'Support', secret: 'the signing secret of Zendesk' } });
    expect(await service.request('POST', `/api/v1/sources/${id}/write-keys`, operate)).toMatchObject({ status: 409, body: { code: 'source_has_no_write_key' } });
    await bound(id, { requestsPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(service.running.url + hookPath, { method: 'POST', body: '{}' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([401, 429, 429, 429, 429]);
  });

  it('count what cannot be read, by the key in the address too', async () => {
    const { id, writeKey } = await create('rudderstack');
    await bound(id, { requestsPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${service.running.url}/beacon/v1/batch?writeKey=${writeKey}`, { method: 'POST', body: '{' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([400, 429, 429, 429, 429]);
  });

  it('send as often and as much as is allowed, and hold up nobody else', async () => {
    const [slow, other] = await Promise.all([create(), create()]);
    await bound(slow.id, { requestsPerSecond: 2 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => track(slow.writeKey)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(6);
    expect((await track(other.writeKey)).status).toBe(200);

    await bound(other.id, { eventsPerDay: 3 });
    for (let i = 0; i < 2; i++) await track(other.writeKey);
    await service.settle();
    // Every process asks for what was accepted with its next look at the keys.
    await until(async () => (await track(other.writeKey, {}, replica)).status === 429);
    const refused = await track(other.writeKey, {}, replica);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300']);
    expect(await refused.json()).toMatchObject({ code: 'quota_spent' });
    await service.advance('2026-03-03T00:00:00Z');
    await bound(other.id, {});
    expect((await track(other.writeKey)).status).toBe(200);
  });
});
