import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch } from '@perennial/messaging/batch-consumer';
import type { EventLog } from '@perennial/messaging/event-log';
import { Transient } from '@perennial/messaging/errors';
import { signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { Database, type Statement, type Transaction } from '@perennial/persistence/transaction';
import type { StartedService } from '@perennial/service-kit/started-service';
import { testEventLog } from '@perennial/testing/event-log';
import { startTestService, type TestService } from '@perennial/testing/service';
import { TelemetryConsumer } from '../src/messaging/telemetry-consumer.js';
import { signalIngestion } from '../src/service.js';

type Telemetry = EventBatch<typeof telemetryTopic>['events'][number];

/** An event and a chunk as the transport hands them over. */
function telemetry(event: Pick<Telemetry, 'type' | 'data' | 'key'>, id: string, offset = 0): Telemetry {
  const envelope = { id, source: '/test', time: '', subject: null, causationId: null, causationDepth: 0, traceparent: null };
  return { ...event, envelope, version: 0, partition: 0, offset: BigInt(offset), receivedAt: new Date() } as Telemetry;
}
const chunk = (events: readonly Telemetry[]): EventBatch<typeof telemetryTopic> => ({ topic: telemetryTopic, partition: 0, events, memory: { keep: (_slot, make) => make() }, caughtUp: true, rebuilding: false });

describe('the consumer under load', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());

  const call = (name: string, key: string, body: Record<string, unknown>) =>
    ({ type: 'perennial.vendor.call.v1' as const, key, data: { sourceId: 'web', vendor: 'segment', call: name, body, receivedAt: service.clock.now().toISOString(), sentAt: null } });

  it('loses and doubles nothing when people get their accounts in other partitions meanwhile', async () => {
    const people = Array.from({ length: 60 }, (_, i) => `race-${i}`);
    const tracks = people.flatMap((userId) => Array.from({ length: 5 }, (_, n) => call('track', userId, { messageId: `${userId}-${n}`, userId, anonymousId: `browser-${userId}`, event: 'x' })));
    const groups = people.map((userId, i) => call('group', `other-${i}`, { messageId: `${userId}-g`, userId, groupId: `race-co-${i % 3}` }));
    const pages = people.map((userId) => call('page', `page-${userId}`, { messageId: `${userId}-p`, anonymousId: `browser-${userId}` }));
    await Promise.all([tracks.slice(0, 150), groups, pages, tracks.slice(150)].map((part) => service.publish(telemetryTopic, part)));
    await service.settle();
    const ids = (await service.published(signalsTopic)).flatMap(({ key, data }) => (key.startsWith('race-co-') && 'id' in data ? [data.id] : []));
    expect(ids.toSorted()).toEqual([...tracks, ...pages].map(({ data }) => data.body['messageId']).toSorted());
  }, 30_000);

  it('makes a signal wait for an assignment that is not committed yet', async () => {
    const running = service.running as StartedService;
    const database = running.get(Database);
    const consumer = running.get(TelemetryConsumer);
    const handle = (name: string, body: Record<string, unknown>, hold: Promise<void>) =>
      database.transaction(async (tx) => {
        await consumer.handle(chunk([telemetry(call(name, 'late', body), `late-${name}`)]), tx);
        await hold;
      });
    // The row is there already: making it would be a lock of its own.
    await service.publish(telemetryTopic, [call('track', 'late', { messageId: 'late-0', userId: 'late', event: 'x' })]);
    await service.settle();
    let commit: () => void = () => undefined;
    const assignment = handle('group', { messageId: 'late-g', userId: 'late', groupId: 'late-co' }, new Promise((resolve) => (commit = resolve)));
    await sleep(200);
    const signal = handle('track', { messageId: 'late-1', userId: 'late', event: 'x' }, Promise.resolve());
    await sleep(200);
    commit();
    await Promise.all([assignment, signal]);
    await service.settle();
    const ids = (await service.published(signalsTopic)).flatMap(({ key, data }) => (key === 'late-co' && 'id' in data ? [data.id] : []));
    expect(ids.toSorted()).toEqual(['late-0', 'late-1']);
  }, 30_000);

  it('takes the same number of statements for ten messages as for a thousand', async () => {
    const running = service.running as StartedService;
    const database = running.get(Database);
    const consumer = running.get(TelemetryConsumer);
    const statements = async (size: number, prefix: string): Promise<number> => {
      const events = Array.from({ length: size }, (_, i): Telemetry => {
        const kind = ['track', 'identify', 'group', 'alias', 'page'][i % 5] ?? 'track';
        const body = { messageId: `${prefix}-${i}`, userId: `${prefix}-u${i}`, anonymousId: `${prefix}-b${i}`, previousId: `${prefix}-old${i}`, groupId: `${prefix}-co${i % 7}`, event: 'x', context: i % 3 === 0 ? {} : { groupId: `${prefix}-co${i % 7}` }, traits: { name: `n${i}` } };
        return telemetry(call(kind, body.userId, body), `${prefix}-${i}`, i);
      });
      let count = 0;
      await database.transaction(async (tx) => {
        const counting: Transaction = { afterCommit: (effect) => tx.afterCommit(effect), query: <Row>(statement: Statement | string): Promise<Row[]> => (count++, tx.query<Row>(statement)) };
        await consumer.handle(chunk(events), counting);
      });
      await service.settle();
      return count;
    };
    const few = await statements(10, 'few');
    expect(await statements(1000, 'many')).toBe(few);
    expect(few).toBeLessThanOrEqual(22);
  }, 30_000);
});

describe('the edge without its log', () => {
  it('answers 503 with Retry-After, and never before the log has it', async () => {
    const log = await testEventLog();
    const { eventLog } = log;
    let mode: 'works' | 'away' | 'hangs' = 'works';
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const append: EventLog['append'] = async (topic, records) => {
      if (topic === telemetryTopic.name && mode === 'away') throw new Transient('the log is away');
      if (topic === telemetryTopic.name && mode === 'hangs') await held;
      return eventLog.append(topic, records);
    };
    // The log itself, but for one method.
    const flaky = Object.create(eventLog, { append: { value: append } }) as EventLog;
    const service = await startTestService(signalIngestion, { eventLog: flaky, env: { EDGE_BUFFER_BYTES: '1048576' } });
    const sender = async () => {
      const { body: { writeKey } } = await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'x' } });
      return { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
    };
    const [headers, others] = [await sender(), await sender()];
    const big = { batch: Array.from({ length: 15 }, (_, i) => ({ type: 'track', userId: `u${i}`, event: 'x', properties: { a: 'y'.repeat(30_000) } })) };

    mode = 'away';
    expect(await service.request('POST', '/v1/batch', { headers, body: big })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    mode = 'hangs';
    let answered = 0;
    const send = (by: Record<string, string>) => service.request('POST', '/v1/batch', { headers: by, body: big }).then((answer) => (answered++, answer.status));
    const pending = [send(headers)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    // There is room, but not for one sender alone: what is left is for others.
    expect(await service.request('POST', '/v1/batch', { headers, body: big })).toMatchObject({ status: 503, body: { code: 'unavailable', detail: expect.stringContaining('of this source') } });
    pending.push(send(others));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answered).toBe(0);
    expect(await service.request('POST', '/v1/batch', { headers: await sender(), body: big })).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'unavailable' } });
    release();
    expect(await Promise.all(pending)).toEqual([200, 200]);
    await service.stop();
    await log.dispose();
  }, 30_000);
});
