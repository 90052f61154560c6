import { jest } from '@jest/globals';
import { encodeHeaders } from '@perennial/contracts/cloud-event';
import { notificationsTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { topicSpec } from '@perennial/messaging/event-log';
import { PostgresEventLog } from '@perennial/messaging/postgres/postgres-event-log';
import { Outbox } from '@perennial/messaging/outbox';
import { Database } from '@perennial/persistence/transaction';
import type { Scope } from '@perennial/service-kit/access';
import { IdentityTokenSigner, newIdentityKeys } from '@perennial/service-kit/identity-token';
import { testEventLog } from '@perennial/testing/event-log';
import { OwnPostgres, testPostgres } from '@perennial/testing/postgres';
import { startTestService } from '@perennial/testing/service';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DeliveryQueue } from '../src/application/delivery-queue.js';
import { notifications } from '../src/service.js';
import { eventually } from './eventually.js';
import { riskChange } from './risk-change.js';
import { answers, Sink } from './sink.js';

jest.setTimeout(30_000);
const scopes: Scope[] = ['notifications:read', 'notifications:write'];
const env = { ALLOW_PRIVATE_WEBHOOKS: 'true', WEBHOOK_TIMEOUT_MS: '2000' };
const changes = (count: number, version = 1) => Array.from({ length: count }, (_, i) => riskChange(`acme-${i}`, version));

afterEach(() => Sink.stopAll());

describe('deliveries while the database is away', () => {
  it('are stored when it is back, and sent once', async () => {
    await using postgres = await OwnPostgres.start();
    const service = await startTestService(notifications, { env, databaseUrl: await postgres.emptyDatabase() });
    const sink = await Sink.start();
    const { id } = (await service.request<{ id: string }>('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } })).body;
    sink.answer = answers.after(500);
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await eventually('the request', () => sink.calls.length === 1);
    await postgres.away();
    await service.publish(riskChangesTopic, [riskChange('acme', 2)]);
    await sleep(1_500);
    expect((await service.request('GET', '/api/v1/deliveries', { scopes })).status).toBe(503);
    await postgres.back();
    const states = async () => (await service.request<{ data: { state: string; attempts: unknown[] }[] }>('GET', `/api/v1/deliveries?endpointId=${id}`, { scopes })).body.data;
    await eventually('both deliveries', async () => (await states()).filter(({ state }) => state === 'delivered').length === 2);
    expect((await states()).map(({ attempts }) => attempts.length)).toEqual([1, 1]);
    expect(new Set(sink.calls.map((call) => call.id)).size).toBe(2);
    expect(sink.calls).toHaveLength(2);
    await service.stop();
  });
});

describe('several replicas', () => {
  it('share the deliveries: each is sent once, told once, and one replica that closes leaves nothing behind', async () => {
    const log = await testEventLog();
    const one = await startTestService(notifications, { env, eventLog: log.eventLog });
    const other = await startTestService(notifications, { env, eventLog: log.eventLog, databaseUrl: one.databaseUrl });
    const sinks = await Promise.all([Sink.start(), Sink.start(), Sink.start()]);
    for (const sink of sinks) {
      sink.answer = answers.after(20);
      await one.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    }
    // Both look for due work at once: a test clock has no polls.
    const nudges = setInterval(() => [one, other].forEach((service) => service.running.nudge()), 20);
    for (let version = 1; version <= 3; version++) await one.publish(riskChangesTopic, changes(40, version));
    const sent = () => sinks.reduce((sum, sink) => sum + sink.calls.length, 0);
    await eventually('half of the calls', () => sent() > 180);
    await other.stop({ keep: true });
    clearInterval(nudges);
    await one.settle();
    for (const sink of sinks) {
      expect(sink.calls).toHaveLength(120);
      expect(new Set(sink.calls.map((call) => call.id)).size).toBe(120);
    }
    const told = await one.published(notificationsTopic);
    expect(told).toHaveLength(360);
    expect(new Set(told.map(({ key, data }) => `${key} ${data.version}`)).size).toBe(360);
    await one.stop();
    await log.dispose();
  });
});

describe('two replicas that tell about one account', () => {
  it('take turns, so that neither takes the other’s version', async () => {
    const service = await startTestService(notifications, { env });
    const sink = await Sink.start();
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    const outbox = service.running.get(Outbox);
    const publish = jest.spyOn(outbox, 'publish');
    await service.running.get(Database).transaction(async (tx) => {
      // The other replica, in the middle of its transaction.
      await service.running.get(DeliveryQueue).lockKeys(tx, ['other', 'acme']);
      await outbox.publish(tx, notificationsTopic, [{ type: 'perennial.notification.changed.v1', key: 'acme', time: new Date(), data: { id: 'd-1', accountId: 'acme', channel: 'webhook', state: 'failed', eventType: 'x', at: '2026-03-02T09:00:00.000Z' } }]);
      await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
      await eventually('the request', () => sink.calls.length === 1);
      await sleep(300);
    });
    await service.settle();
    expect((await service.published(notificationsTopic)).map(({ data }) => [data.version, data.state])).toEqual([[1, 'failed'], [2, 'delivered']]);
    // At the first try.
    expect(publish).toHaveBeenCalledTimes(2);
    expect(sink.calls).toHaveLength(1);
    await service.stop();
  });
});

describe('a delivery that a dead process had claimed', () => {
  it('is due until its lease has run out, also where time stands still', async () => {
    const service = await startTestService(notifications, { env });
    const sink = await Sink.start();
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    await service.running.get(Database).query({
      text: `UPDATE webhook_delivery SET state = 'pending', next_at = $1, lease_until = clock_timestamp() + interval '2 seconds', lease_token = gen_random_uuid()`,
      values: [service.clock.now()],
    });
    const claimedAt = performance.now();
    service.running.nudge();
    await service.settle();
    expect(performance.now() - claimedAt).toBeGreaterThan(1_900);
    expect(sink.calls).toHaveLength(2);
    await service.stop();
  });
});

describe('kill -9', () => {
  const loader = fileURLToPath(new URL('../../../libs/testing/jest/register-typescript.mjs', import.meta.url));
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.exitCode ?? child.kill('SIGKILL')));

  async function startProcess(more: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, ['--conditions=source', '--disable-warning=ExperimentalWarning', '--import', loader, main], {
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', PERENNIAL_TEST: '1', DUE_WORK_POLL_MS: '100', ...env, WEBHOOK_TIMEOUT_MS: '500', ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    const ready = () => text.split('\n').find((line) => line.includes('"ready"'));
    await eventually('the start', () => ready() !== undefined);
    return { child, url: (JSON.parse(ready()!) as { url: string }).url };
  }

  it.each([
    ['notifications.after-claim', 1],
    ['notifications.after-send', 2],
    ['notifications.before-settle', 2],
  ])('%s: the delivery is sent under the same id when its lease has run out', async (point, calls) => {
    const postgres = await testPostgres();
    const [databaseUrl, logUrl] = [await postgres.emptyDatabase(), await postgres.emptyDatabase()];
    const keys = await newIdentityKeys();
    const settings = { DATABASE_URL: databaseUrl, LOG_DATABASE_URL: logUrl, IDENTITY_PUBLIC_KEY: keys.publicJwk };
    const signer = await IdentityTokenSigner.fromJwk(keys.privateJwk);
    const call = async <Body>(url: string, method: string, path: string, body?: object): Promise<Body> => {
      const token = await signer.sign({ sub: 'test', role: null, scopes }, 'notifications');
      const response = await fetch(`${url}/api/v1/${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
      return (await response.json()) as Body;
    };
    const log = await PostgresEventLog.open({ url: logUrl });
    await log.ensureTopics([topicSpec(riskChangesTopic)]);
    const sink = await Sink.start();

    const victim = await startProcess({ ...settings, PERENNIAL_KILL_POINT: point });
    await call(victim.url, 'POST', 'webhook-endpoints', { url: sink.url });
    const killed = once(victim.child, 'exit');
    const { type, key, data, id } = riskChange('acme', 1);
    const envelope = { id: id!, source: '/test', time: data.occurredAt, subject: key, causationId: null, causationDepth: 0, traceparent: null };
    await log.append(riskChangesTopic.name, [{ key, value: Buffer.from(JSON.stringify(data)), headers: encodeHeaders(type, envelope) }]);
    expect((await killed)[1]).toBe('SIGKILL');
    expect(sink.calls).toHaveLength(calls - 1);

    const next = await startProcess(settings);
    await eventually('the delivery', async () => (await call<{ data: { state: string }[] }>(next.url, 'GET', 'deliveries')).data[0]?.state === 'delivered');
    expect(sink.calls).toHaveLength(calls);
    expect(new Set(sink.calls.map((one) => one.id)).size).toBe(1);
    next.child.kill('SIGTERM');
    expect((await once(next.child, 'exit'))[0]).toBe(0);
    await log.close();
    await Promise.all([postgres.drop(databaseUrl), postgres.drop(logUrl)]);
  });
});
