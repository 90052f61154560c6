import { jest } from '@jest/globals';
import { signalsTopic, sourcesTopic, telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import type { FiguresView } from '../src/http/source-figures.controller.js';
import { signalIngestion } from '../src/service.js';

const hourMs = 3_600_000;

jest.setTimeout(30_000);

describe('the figures of a source', () => {
  let service: TestService;
  let sourceId: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(async () => {
    sourceId = (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'Web' } })).body.id;
  });

  const call = (messageId: string, receivedAt: number, more: { body?: object; sentAt?: string | null; sourceId?: string; userId?: string } = {}) => ({
    type: 'perennial.vendor.call.v1' as const,
    key: more.userId ?? 'u',
    data: { sourceId: more.sourceId ?? sourceId, vendor: 'segment', call: 'track', body: { messageId, userId: more.userId ?? 'u', event: 'x', ...more.body }, receivedAt: new Date(receivedAt).toISOString(), sentAt: more.sentAt ?? null },
  });
  const figures = async (query = '') => (await service.request<FiguresView>('GET', `/api/v1/sources/${sourceId}/figures${query}`, { scopes: ['operate'] })).body;
  const told = async () => (await service.published(sourcesTopic)).flatMap((event) => (event.type === 'perennial.sender.changed.v1' && event.key === sourceId ? [event.data] : []));

  it('count what came, how it came, and by how much its clock is wrong', async () => {
    expect(await figures()).toMatchObject({ state: 'never_sent', accepted: 0, clockSkewMs: null, eventsPerMinute: 0, hours: [] });
    const now = service.clock.now().getTime();
    const minutesAgo = (minutes: number) => now - minutes * 60_000;
    const sentAt = (ms: number) => new Date(ms).toISOString();
    await service.publish(telemetryTopic, [
      // The sender's clock is 10 s behind in one half, 30 s in the other; partitions differ by user.
      ...Array.from({ length: 30 }, (_, i) => call(`a${i}`, minutesAgo(5), { userId: `u${i}`, sentAt: sentAt(minutesAgo(5) - (i % 2 === 0 ? 10_000 : 30_000)), sourceId: i < 10 ? `${sourceId}/app` : sourceId })),
      call('b', minutesAgo(90), { body: { timestamp: sentAt(minutesAgo(90) - 3 * 24 * hourMs) } }),
      call('c', minutesAgo(90), { body: { timestamp: sentAt(minutesAgo(80)) } }),
      call('b', minutesAgo(5), { body: { timestamp: sentAt(minutesAgo(90) - 3 * 24 * hourMs) } }),
      call('b', minutesAgo(5), { body: { event: 'other' } }),
      call('d', minutesAgo(5), { body: { event: '' } }),
      call('old', now - 26 * hourMs),
    ]);
    await service.settle();
    expect(await figures()).toMatchObject({
      state: 'active', accepted: 32, duplicates: 1, rejected: 2, clamped: 1, late: 1, clockSkewMs: 20_000, eventsPerMinute: 2, newestReceivedAt: sentAt(minutesAgo(5)),
      hours: [{ hour: '2026-03-02T07:00:00.000Z', accepted: 2 }, { hour: '2026-03-02T08:00:00.000Z', accepted: 30, duplicates: 1, rejected: 2 }],
    });
    expect((await figures()).rejectedByCode.toSorted((a, b) => (a.code < b.code ? -1 : 1))).toEqual([{ code: 'id_conflict', count: 1 }, { code: 'missing_field', count: 1 }]);
    expect((await figures('?hours=27')).accepted).toBe(33);
    expect((await service.request('GET', '/api/v1/sources/nobody/figures', { scopes: ['operate'] })).status).toBe(404);
    expect((await service.request('GET', '/api/v1/sources/api/figures', { scopes: ['operate'] })).body).toMatchObject({ state: 'never_sent' });
  });

  it('say which names found no more room, and the use they stand for still counts', async () => {
    const now = service.clock.now().getTime();
    const event = (i: number) => call(`n${i}`, now, { userId: `n${i % 4}`, body: { event: `viewed ${i}`, context: { groupId: 'names-co' } } });
    await service.publish(telemetryTopic, Array.from({ length: 1000 }, (_, i) => event(i)));
    await service.settle();
    expect((await figures()).notices).toEqual([]);
    await service.publish(telemetryTopic, [event(1000), event(1004), call('n2000', now, { userId: 'n1', body: { event: 'viewed 7', context: { groupId: 'names-co' } } })]);
    await service.settle();
    expect((await figures()).notices).toMatchObject([{ code: 'too_many_event_names', count: 2, example: expect.stringMatching(/^viewed 100/), detail: expect.stringContaining('(other)') }]);
    const events = (await service.published(signalsTopic)).flatMap(({ data }) => ('kind' in data && data.kind === 'usage' && data.accountId === 'names-co' ? [data.data.event] : []));
    expect(events.filter((name) => name === '(other)')).toHaveLength(2);
    expect(events).toHaveLength(1003);
    expect((await figures()).accepted).toBe(1003);
  });

  it('tell operators once when it goes quiet against its own rhythm, and once when it is back', async () => {
    const now = service.clock.now().getTime();
    const last = now + 24 * hourMs;
    await service.publish(telemetryTopic, Array.from({ length: 15 * 24 }, (_, i) => call(`h${i}`, last - i * hourMs)).reverse());
    await service.advance(new Date(last + 3 * hourMs));
    expect(await told()).toEqual([]);
    await service.advance(new Date(last + 8 * hourMs));
    expect(await told()).toMatchObject([{ state: 'quiet', name: 'Web', since: '2026-03-03T13:00:00.000Z', lastReceivedAt: new Date(last).toISOString() }]);
    expect(await figures()).toMatchObject({ state: 'quiet', stateSince: '2026-03-03T13:00:00.000Z' });
    const { body: metrics } = await service.request<string>('GET', '/metrics');
    expect(metrics).toMatch(/^perennial_sources\{state="quiet"[^}]*\} 1$/m);

    await service.publish(telemetryTopic, [call('back', last + 8 * hourMs)]);
    await service.settle();
    expect(await told()).toMatchObject([{ state: 'quiet' }, { state: 'active', since: new Date(last + 8 * hourMs).toISOString() }]);
    expect(await figures()).toMatchObject({ state: 'active' });

    // Who revokes a source means its silence.
    await service.request('DELETE', `/api/v1/sources/${sourceId}`, { scopes: ['operate'] });
    await service.advance(new Date(last + 48 * hourMs));
    expect(await told()).toHaveLength(2);
  });
});
