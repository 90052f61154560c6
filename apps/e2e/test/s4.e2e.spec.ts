import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { System, until } from './system.js';

type Json = Record<string, unknown>;
interface Health {
  rawScore: number;
  measures: { id: string; value: number | null; points: number | null; state: string; contribution: number | null }[];
}

/** A fixed shuffle (mulberry32), so that a failure repeats. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

await describeOnBothLogs('S4: order and repetition change nothing', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;
  const figures = async (id: string) => {
    const { rawScore, measures } = await system.get<Health>(`/api/v1/accounts/${id}/health`);
    return { rawScore, measures: measures.map(({ id, value, points, state, contribution }) => ({ id, value, points, state, contribution })) };
  };
  const history = (accountId: string): Json[] => [
    ...prepareAccount(accountId, start, { endsOn: '2026-12-31' }).signals,
    ...['low', 'urgent', 'high'].map((priority, i) => ({ id: `${accountId}-t${i}`, kind: 'ticket', accountId, occurredAt: `2026-02-${10 + i}T10:00:00.000Z`, data: { ticketId: `t${i}`, status: 'opened', priority } })),
    { id: `${accountId}-t1-solved`, kind: 'ticket', accountId, occurredAt: '2026-02-20T10:00:00.000Z', data: { ticketId: 't1', status: 'solved', priority: 'urgent' } },
  ];

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('gives the same facts, measures and raw score in order, shuffled, and shuffled three times over', async () => {
    await system.signals(history('in-order'));
    await system.signals(shuffled(history('shuffled'), 7));
    const tripled = history('tripled');
    await system.signals(shuffled([...tripled, ...tripled, ...tripled], 11));
    await system.settle();
    const expected = await figures('in-order');
    expect(expected.measures.filter((measure) => measure.state === 'ok').length).toBeGreaterThan(5);
    expect(await figures('shuffled')).toEqual(expected);
    expect(await figures('tripled')).toEqual(expected);
    expect(await system.list('/api/v1/rejected')).toEqual([]);
  }, 90_000);

  it('judges accounts anew by what a mapping makes of the past, where that is asked for', async () => {
    const { id, writeKey } = await system.post<{ id: string; writeKey: string }>('/api/v1/sources', { type: 'segment', name: 'Web' });
    const at = (await system.now()).toISOString();
    const batch = ['a', 'b', 'c'].map((messageId) => ({ type: 'track', messageId, userId: 'u', event: messageId === 'b' ? 'Complained' : 'Opened', context: { groupId: 'mapped' }, timestamp: at }));
    const taken = await fetch(`${system.ready.url}/v1/batch`, { method: 'POST', headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` }, body: JSON.stringify({ batch }) });
    expect(taken.status).toBe(200);
    await system.settle();
    const kinds = async () => (await system.list<{ id: string; kind: string }>('/api/v1/accounts/mapped/signals')).map((signal) => [signal.id, signal.kind]).sort();
    const concern = async () => (await system.get<{ indicators: { kind: string; evidence: string[] }[] }>('/api/v1/accounts/mapped/health')).indicators.find(({ kind }) => kind === 'csm_concern');
    expect([await kinds(), await concern()]).toEqual([[['a', 'usage'], ['b', 'usage'], ['c', 'usage']], undefined]);

    const rules = [{ name: 'Complaints', events: ['Complained'], kind: 'pulse', data: { pulse: 1, reason: 'complained' } }];
    expect((await system.call('PUT', `/api/v1/sources/${id}/mapping`, { rules, expectedRevision: 0, restateDays: 7 })).status).toBe(200);
    await until('the past read anew', async () => {
      // As it reads on, it looks again a second later.
      await system.clock(new Date((await system.now()).getTime() + 10_000));
      await system.settle();
      return (await system.list<{ state: string; changed: number }>(`/api/v1/sources/${id}/mapping/restatements`)).find(({ state, changed }) => state === 'done' && changed === 1);
    }, 20_000);
    expect(await kinds()).toEqual([['a', 'usage'], ['b', 'pulse'], ['c', 'usage']]);
    expect((await until('the concern', concern)).evidence).toEqual(['b']);
  }, 60_000);
});
