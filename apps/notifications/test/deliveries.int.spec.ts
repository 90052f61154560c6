import { jest } from '@jest/globals';
import { notificationsTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { notifications } from '../src/service.js';
import { riskChange } from './risk-change.js';
import { answers, Sink } from './sink.js';

jest.setTimeout(30_000);
const scopes = ['notifications:read', 'notifications:write', 'operate'] as const;
const start = new Date('2026-03-02T09:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);

interface Delivery {
  id: string;
  messageId: string;
  state: string;
  attempts: { status: number | null; error: string | null }[];
  nextAt: string | null;
}

describe('webhook deliveries', () => {
  let service: TestService;
  let sink: Sink;

  const register = async (url = sink.url) => (await service.request<{ id: string; secret: string }>('POST', '/api/v1/webhook-endpoints', { scopes, body: { url } })).body;
  const deliveries = async (endpointId: string) => (await service.request<{ data: Delivery[] }>('GET', `/api/v1/deliveries?endpointId=${endpointId}`, { scopes })).body.data;

  beforeEach(async () => {
    service = await startTestService(notifications, { clock: new TestClock(start), env: { ALLOW_PRIVATE_WEBHOOKS: 'true' } });
    sink = await Sink.start();
  });
  afterEach(async () => {
    await service.stop();
    await Sink.stopAll();
  });

  it('signs by Standard Webhooks and delivers once, also when the event comes twice', async () => {
    const { id, secret } = await register();
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    await service.publish(riskChangesTopic, [{ ...riskChange('acme', 1), headers }, riskChange('acme', 1)]);
    await service.settle();
    expect(sink.calls).toHaveLength(1);
    expect(sink.calls[0]!.headers).toMatchObject(headers);
    expect(Sink.verify(secret, sink.calls[0]!)).toMatchObject({ type: 'risk.changed', timestamp: '2026-03-02T09:00:00.000Z', data: { accountId: 'acme', to: 'red' } });
    expect(() => Sink.verify(secret, { ...sink.calls[0]!, text: `${sink.calls[0]!.text} ` })).toThrow();
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered', messageId: sink.calls[0]!.id, attempts: [{ status: 204, error: null }], nextAt: null }]);
    expect(await service.published(notificationsTopic)).toMatchObject([{ type: 'perennial.notification.changed.v1', data: { state: 'delivered', accountId: 'acme', channel: 'webhook' } }]);
  });

  it('tries again by its schedule, under the same id, until the receiver is well', async () => {
    const { id } = await register();
    sink.answer = answers.status(500);
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', attempts: [{ status: 500 }] }]);
    await service.advance(after(6));
    expect(sink.calls).toHaveLength(2);
    sink.answer = answers.ok;
    await service.advance(after(6 + 331));
    expect(sink.calls).toHaveLength(3);
    expect(new Set(sink.calls.map((call) => call.id)).size).toBe(1);
    expect(await deliveries(id)).toMatchObject([{ state: 'delivered', attempts: [{ status: 500 }, { status: 500 }, { status: 204 }] }]);
  });

  it('forgets what was settled 30 days ago, and nothing that still waits to be sent', async () => {
    const { id } = await register();
    const down = await register(`${sink.url}/down`);
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    const database = service.running.get(Database);
    // One message that is delivered, and one of which a part still waits for a receiver that is held back.
    await service.publish(riskChangesTopic, [riskChange('globex', 1)]);
    await service.settle();
    await database.query({ text: `UPDATE webhook_delivery SET state = 'pending', next_at = '2027-01-01' WHERE endpoint_id = $1 AND message_id = (SELECT id FROM webhook_message WHERE account_id = 'globex')`, values: [down.id] });
    await service.advance(after(30 * 86_400 - 60));
    expect(await deliveries(id)).toHaveLength(2);
    await service.advance(after(31 * 86_400));
    expect(await deliveries(id)).toHaveLength(1);
    expect(await database.query('SELECT account_id FROM webhook_message')).toEqual([{ account_id: 'globex' }]);
    expect(await deliveries(down.id)).toMatchObject([{ state: 'pending' }]);
  });

  it('waits as long as Retry-After asks', async () => {
    await register();
    sink.answer = answers.status(429, { 'retry-after': '60' });
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.advance(after(59));
    expect(sink.calls).toHaveLength(1);
    await service.advance(after(61));
    expect(sink.calls).toHaveLength(2);
  });

  it('does not follow redirects', async () => {
    const { id } = await register();
    const other = await Sink.start();
    sink.answer = answers.status(302, { location: other.url });
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    expect(other.calls).toEqual([]);
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', attempts: [{ status: 302 }] }]);
  });

  it('a receiver that resets holds nobody else up', async () => {
    const bad = await register();
    const well = await Sink.start();
    const good = await register(well.url);
    sink.answer = answers.reset;
    await service.publish(riskChangesTopic, Array.from({ length: 20 }, (_, i) => riskChange(`acme-${i}`, 1)));
    await service.settle();
    expect(well.calls).toHaveLength(20);
    expect((await deliveries(good.id)).map((delivery) => delivery.state)).toEqual(Array(20).fill('delivered'));
    expect((await deliveries(bad.id)).map((delivery) => delivery.state)).toEqual(Array(20).fill('pending'));
  });

  it('holds an endpoint back after five failures and probes it with one', async () => {
    await register();
    sink.answer = answers.status(503);
    await service.publish(riskChangesTopic, Array.from({ length: 8 }, (_, i) => riskChange(`acme-${i}`, 1)));
    await service.settle();
    // How many were under way together when the fifth failed depends on how the events came in.
    const first = sink.calls.length;
    expect(first).toBeGreaterThanOrEqual(5);
    const heldSeconds = 30 * 2 ** (first - 5);
    // The retries that fall due meanwhile wait.
    await service.advance(after(heldSeconds - 1));
    expect(sink.calls).toHaveLength(first);
    await service.advance(after(heldSeconds + 1));
    expect(sink.calls).toHaveLength(first + 1);
    sink.answer = answers.ok;
    await service.advance(after(2000));
    expect(new Set(sink.calls.slice(first).map((call) => call.id)).size).toBe(8);
  });

  it('disables on 410 with notice, keeps what it misses, and replays it on request', async () => {
    const { id } = await register();
    sink.answer = answers.status(410);
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    expect((await service.request('GET', `/api/v1/webhook-endpoints/${id}`, { scopes })).body).toMatchObject({ state: 'disabled', disabledReason: expect.stringContaining('410') });
    const inbox = (await service.request<{ data: { kind: string }[] }>('GET', '/api/v1/inbox', { scopes })).body.data;
    expect(inbox.filter((item) => item.kind === 'webhook_disabled')).toHaveLength(1);
    await service.publish(riskChangesTopic, [riskChange('acme', 2)]);
    await service.settle();
    expect((await deliveries(id)).map((delivery) => delivery.state)).toEqual(['disabled', 'disabled']);

    sink.answer = answers.ok;
    const [missed] = await deliveries(id);
    expect((await service.request('POST', `/api/v1/deliveries/${missed!.id}/replay`, { scopes })).status).toBe(409);
    await service.request('POST', `/api/v1/webhook-endpoints/${id}/enable`, { scopes });
    await service.settle();
    expect(sink.calls).toHaveLength(1);
    for (const delivery of await deliveries(id)) await service.request('POST', `/api/v1/deliveries/${delivery.id}/replay`, { scopes });
    await service.settle();
    expect((await deliveries(id)).map((delivery) => delivery.state)).toEqual(['delivered', 'delivered']);
    expect(sink.calls).toHaveLength(3);
  });

  it('gives up when the schedule is used up', async () => {
    const { id } = await register();
    sink.answer = answers.status(500);
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.advance(after(6 * 86_400));
    expect(sink.calls).toHaveLength(10);
    const [delivery] = await deliveries(id);
    expect(delivery).toMatchObject({ state: 'failed', nextAt: null });
    expect(delivery!.attempts).toHaveLength(10);
    expect(await service.published(notificationsTopic)).toMatchObject([{ data: { state: 'failed' } }]);
    // Its last attempt was in the fourth day of failing.
    expect((await service.request('GET', `/api/v1/webhook-endpoints/${id}`, { scopes })).body).toMatchObject({ state: 'active' });
  });

  it('disables after five days in which nothing got through', async () => {
    const { id } = await register();
    sink.answer = answers.status(500);
    for (let day = 0; day <= 5; day++) {
      await service.advance(after(day * 86_400));
      await service.publish(riskChangesTopic, [riskChange('acme', day + 1)]);
      await service.settle();
    }
    expect((await service.request('GET', `/api/v1/webhook-endpoints/${id}`, { scopes })).body).toMatchObject({ state: 'disabled', disabledReason: expect.stringContaining('five days') });
  });

  it('refuses private targets unless they are allowed', async () => {
    const strict = await startTestService(notifications, { clock: new TestClock(start) });
    for (const url of ['http://example.com/', 'https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/', 'no url']) {
      const answer = await strict.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url } });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/url' }] });
    }
    await strict.stop();
  });

  it('refuses callers without the scope, and unknown ids', async () => {
    expect((await service.request('GET', '/api/v1/deliveries')).status).toBe(401);
    expect((await service.request('GET', '/api/v1/deliveries', { scopes: ['health:read'] })).status).toBe(403);
    expect((await service.request('GET', '/api/v1/webhook-endpoints/6f9619ff-8b86-4d01-b42d-00cf4fc964ff', { scopes })).status).toBe(404);
  });

  it('refuses ids and cursors that are none', async () => {
    for (const path of ['webhook-endpoints/x', 'deliveries/x']) expect((await service.request('GET', `/api/v1/${path}`, { scopes })).status).toBe(404);
    for (const path of ['webhook-endpoints?startingAfter=x', 'deliveries?startingAfter=x', 'deliveries?endpointId=x', 'inbox?startingAfter=x', 'deliveries?limit=101']) {
      expect([path, (await service.request('GET', `/api/v1/${path}`, { scopes })).status]).toEqual([path, 400]);
    }
  });

  it('lists page by page, newest first', async () => {
    const { id } = await register();
    for (let version = 1; version <= 3; version++) await service.publish(riskChangesTopic, [riskChange('acme', version)]);
    await service.settle();
    const all = (await deliveries(id)).map((delivery) => delivery.id);
    expect(all).toHaveLength(3);
    const page = (more: string) => service.request<{ data: Delivery[]; hasMore: boolean }>('GET', `/api/v1/deliveries?endpointId=${id}&limit=2${more}`, { scopes });
    const first = (await page('')).body;
    const second = (await page(`&startingAfter=${first.data[1]!.id}`)).body;
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
    expect([...first.data, ...second.data].map((delivery) => delivery.id)).toEqual(all);
  });

  it('answers a repeated registration as the first', async () => {
    const call = () => service.request<{ id: string; secret: string }>('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url }, headers: { 'idempotency-key': 'k-1' } });
    const [first, second] = [await call(), await call()];
    expect(second.body).toEqual(first.body);
    expect((await service.request<{ data: unknown[] }>('GET', '/api/v1/webhook-endpoints', { scopes })).body.data).toHaveLength(1);
  });
});
