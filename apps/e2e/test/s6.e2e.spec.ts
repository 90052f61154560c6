import { describeOnBothLogs } from './both-logs.js';
import { System, until } from './system.js';

interface ItemResult {
  index: number;
  status: string;
  code?: string;
  pointer?: string;
  detail?: string;
}

await describeOnBothLogs('S6: nothing is dropped silently', (log) => {
  let system: System;

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: '2026-03-02T08:00:00Z' });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('answers each bad item with code, pointer and words, takes its neighbours, and lists the rejects', async () => {
    const good = (id: string) => ({ id, kind: 'pulse', accountId: 's6-co', data: { pulse: 4, reason: 'fine' } });
    const answer = await system.post<{ accepted: number; rejected: number; results: ItemResult[] }>('/api/v1/signals', {
      signals: [good('a'), { id: 'b', kind: 'pulse', accountId: 's6-co', data: { pulse: 9, reason: 'x' } }, { id: 'c', kind: 'nonsense', accountId: 's6-co', data: {} }, { ...good('d'), occuredAt: 'typo' }, good('e')],
    });
    expect(answer).toMatchObject({ accepted: 2, rejected: 3 });
    for (const result of answer.results.filter((each) => each.status === 'rejected')) {
      expect(result.code).toEqual(expect.any(String));
      expect(result.pointer).toEqual(expect.stringMatching(/^\//));
      expect(result.detail!.length).toBeGreaterThan(5);
    }
    await until('three listed rejects', async () => (await system.list('/api/v1/rejected')).length === 3);
    const rejected = await system.list<{ code: string; detail: string; state: string }>('/api/v1/rejected');
    for (const row of rejected) expect(row).toMatchObject({ code: expect.any(String), detail: expect.any(String), state: 'open' });
    await system.settle();
    expect(await system.list('/api/v1/accounts/s6-co/signals')).toHaveLength(2);
  }, 30_000);

  it('lists an id that comes again with another body', async () => {
    await system.post('/api/v1/signals', { signals: [{ id: 'a', kind: 'pulse', accountId: 's6-co', data: { pulse: 1, reason: 'other' } }] });
    await until('id_conflict', async () => (await system.list<{ code: string }>('/api/v1/rejected')).some((row) => row.code === 'id_conflict'));
  });

  it('takes a rejected item once it is mended, once', async () => {
    const found = (await system.list<{ id: string; pointer: string | null; code: string }>('/api/v1/rejected')).find(({ pointer }) => pointer === '/data/pulse');
    const path = `/api/v1/rejected/${found!.id}/replay`;
    expect(await system.post(path, {})).toMatchObject({ result: 'refused', code: expect.any(String) });
    expect(await system.post(path, { patch: { data: { pulse: 2 } } })).toMatchObject({ result: 'taken' });
    expect((await system.call('POST', path, { patch: { data: { pulse: 2 } } })).status).toBe(409);
    await system.settle();
    const signals = await system.list<{ id: string; data: object }>('/api/v1/accounts/s6-co/signals');
    expect(signals.find(({ id }) => id === 'b')?.data).toMatchObject({ pulse: 2 });
    expect(signals).toHaveLength(3);
  }, 30_000);

  it('says what rules would change before they hold, and then they hold', async () => {
    const { url, writeKey } = system.ready;
    const track = (id: string) => fetch(`${url}/v1/track`, { method: 'POST', headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` }, body: JSON.stringify({ messageId: id, userId: 'u', event: 'Report Exported', properties: { count: 3 }, context: { groupId: 's6-map' } }) });
    expect((await track('m1')).status).toBe(200);
    await system.settle();
    const source = (await system.list<{ id: string; type: string }>('/api/v1/sources')).find(({ type }) => type === 'segment')!;
    const rules = { rules: [{ name: 'Exports', events: ['Report Exported'], feature: 'exports', quantity: { cel: 'properties.count' } }] };
    const dry = await system.call<{ rules: { matched: number }[] }>('POST', `/api/v1/sources/${source.id}/mapping/dry-run`, rules);
    expect(JSON.stringify(dry.body)).toContain('exports');
    expect((await system.call('PUT', `/api/v1/sources/${source.id}/mapping`, { ...rules, expectedRevision: 0 })).status).toBe(200);
    // Other processes read it within two seconds; this one at once.
    expect((await track('m2')).status).toBe(200);
    await system.settle();
    const data = new Map((await system.list<{ id: string; data: object }>('/api/v1/accounts/s6-map/signals')).map((one) => [one.id, one.data]));
    expect(data.get('m2')).toMatchObject({ event: 'Report Exported', feature: 'exports', quantity: 3 });
    expect(data.get('m1')).not.toHaveProperty('feature');
    expect(await system.get(`/api/v1/sources/${source.id}/figures`)).toMatchObject({ accepted: 2, state: 'active' });
  }, 30_000);

  it('refuses an unknown write key with 401', async () => {
    const answer = await system.call('POST', '/v1/track', { userId: 'u', event: 'x' }, { authorization: `Basic ${Buffer.from('nobody:').toString('base64')}` });
    expect(answer.status).toBe(401);
  });
});
