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

  it('refuses an unknown write key with 401', async () => {
    const answer = await system.call('POST', '/v1/track', { userId: 'u', event: 'x' }, { authorization: `Basic ${Buffer.from('nobody:').toString('base64')}` });
    expect(answer.status).toBe(401);
  });
});
