import { jest } from '@jest/globals';
import { riskChangesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { notifications } from '../src/service.js';
import { eventually } from './eventually.js';
import { riskChange } from './risk-change.js';
import { StreamReader } from './stream-reader.js';

jest.setTimeout(30_000);
const start = new Date('2026-03-02T09:00:00Z');
const dayAfter = (days: number) => new Date(start.getTime() + days * 86_400_000);

describe('the live stream', () => {
  let service: TestService;
  const readers: StreamReader[] = [];
  const open = async (options: Parameters<typeof StreamReader.open>[1] = {}) => {
    const reader = await StreamReader.open(service, options);
    readers.push(reader);
    return reader;
  };
  const publish = async (accountId: string, version: number, occurredAt = service.clock.now()) => {
    await service.publish(riskChangesTopic, [riskChange(accountId, version, { occurredAt: occurredAt.toISOString() })]);
    await service.settle();
  };

  beforeEach(async () => {
    service = await startTestService(notifications, { clock: new TestClock(start) });
  });
  afterEach(async () => {
    readers.splice(0).forEach((reader) => reader.leave());
    await service.stop();
  });

  it('tells what happens from now on, with ids that rise by one', async () => {
    await publish('before', 1);
    const [one, two] = [await open(), await open()];
    expect(one.response.headers.get('content-type')).toBe('text/event-stream');
    for (let version = 1; version <= 3; version++) await publish('acme', version);
    for (const reader of [one, two]) {
      const events = await reader.until(3);
      expect(events).toMatchObject([2, 3, 4].map((id) => ({ id: String(id), event: 'risk.changed', data: { accountId: 'acme', version: id - 1 } })));
    }
  });

  it('resumes behind Last-Event-ID without a hole and without a repeat, while events come in', async () => {
    const total = 60;
    const publishing = (async () => {
      for (let version = 1; version <= 5; version++) await service.publish(riskChangesTopic, Array.from({ length: total / 5 }, (_, i) => riskChange(`acme-${i}`, version)));
    })();
    const seen: string[] = [];
    for (let at = '0'; seen.length < total; at = seen.at(-1) ?? '0') {
      const reader = await open({ lastEventId: at });
      await reader.until(1);
      reader.leave();
      await eventually('the end', () => reader.ended);
      seen.push(...reader.events.map(({ id }) => id!));
    }
    await publishing;
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => String(i + 1)));
  });

  it('tells of a gap when the events after Last-Event-ID are no longer kept', async () => {
    await publish('acme', 1);
    await publish('acme', 2);
    await service.advance(dayAfter(20));
    await publish('acme', 3);
    await service.advance(dayAfter(33));
    expect(await (await open({ lastEventId: '0' })).until(2)).toMatchObject([{ id: null, event: 'gap', data: { oldestId: '3' } }, { id: '3' }]);
    // Everything after 2 is still there.
    expect(await (await open({ lastEventId: '2' })).until(1)).toMatchObject([{ id: '3', event: 'risk.changed' }]);
    await service.advance(dayAfter(60));
    const late = await open({ lastEventId: '1' });
    await publish('acme', 4);
    expect(await late.until(2)).toMatchObject([{ event: 'gap', data: { oldestId: '4' } }, { id: '4' }]);
  });

  it('tells of a gap when the id is of a stream before a restore', async () => {
    await publish('acme', 1);
    const reader = await open({ lastEventId: '70' });
    expect(await reader.until(2)).toMatchObject([{ event: 'gap', data: { oldestId: '1' } }, { id: '1' }]);
  });

  it('refuses ids that are none, and callers without the scope', async () => {
    for (const lastEventId of ['x', '-1', '1.5', '9'.repeat(19)]) expect((await service.request('GET', '/api/v1/stream/risk-changes', { scopes: ['notifications:read'], headers: { 'last-event-id': lastEventId } })).status).toBe(400);
    expect((await service.request('GET', '/api/v1/stream/risk-changes', { scopes: ['health:read'] })).status).toBe(403);
    expect((await service.request('GET', '/api/v1/stream/risk-changes')).status).toBe(401);
    expect((await service.request('HEAD', '/api/v1/stream/risk-changes', { scopes: ['notifications:read'] })).status).toBe(200);
  });

  it('tells the events of other replicas too', async () => {
    const reader = await open();
    // As another process commits: nothing wakes this one.
    await service.running.get(Database).query(`WITH c AS (UPDATE stream_position SET last_id = last_id + 1 RETURNING last_id) INSERT INTO stream_event SELECT last_id, 'risk.changed', '{}', now() FROM c`);
    expect(await reader.until(1)).toMatchObject([{ id: '1' }]);
  });

  it('does not hold up the service’s end: readers are told at once, one that takes nothing is cut', async () => {
    const reader = await open();
    const stuck = await service.fetch('GET', '/api/v1/stream/risk-changes', { scopes: ['notifications:read'], headers: { 'last-event-id': '0' } });
    // More than the buffers between hold, none of it read.
    const text = 'x'.repeat(200_000);
    await service.running.get(Database).query({
      text: `WITH c AS (UPDATE stream_position SET last_id = last_id + 100 RETURNING last_id - 100 AS base)
             INSERT INTO stream_event SELECT base + n, 'risk.changed', json_build_object('text', $1::text)::text, now() FROM c, generate_series(1, 100) n`,
      values: [text],
    });
    await reader.until(100);
    await sleep(300);
    const startedAt = performance.now();
    await service.running.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await eventually('the end of the stream', () => reader.ended, 1_000);
    await stuck.body?.cancel().catch(() => undefined);
  });
});
