import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { dayAfter, System } from './system.js';

interface Health {
  healthScore: number | null;
  band: string;
  riskLevel: string;
  dataCoverage: number;
  strikes: { count: number; groups: string[] };
  measures: { id: string; value: number | null; points: number | null; state: string }[];
  indicators: { kind: string; since: string }[];
}

await describeOnBothLogs('S3: identity', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  /** The twin lives through the same and is never merged: what `main` must be again. */
  const [main, twin, dup] = ['s3-main', 's3-twin', 's3-dup'];
  let system: System;
  /** What a restatement must bring back; texts and instants tell when it was looked at. */
  const health = async (id: string) => {
    const { healthScore, band, riskLevel, dataCoverage, strikes, measures, indicators } = await system.get<Health>(`/api/v1/accounts/${id}/health`);
    return { healthScore, band, riskLevel, dataCoverage, strikes, measures: measures.map(({ id: measure, value, points, state }) => [measure, value, points, state]), indicators: indicators.map(({ kind }) => kind).sort() };
  };
  const renewals = async (id: string) => (await system.list<{ contractId: string; state: string; arrMinor: number }>(`/api/v1/renewals?accountId=${id}`)).map(({ contractId, state, arrMinor }) => `${contractId} ${state} ${arrMinor}`).sort();
  const portfolio = async () => (await system.list<{ id: string; arrMinor: number }>('/api/v1/accounts?limit=100')).map(({ id, arrMinor }) => `${id} ${arrMinor}`).sort();
  const both = async () => [await health(main), await health(dup), await renewals(main), await renewals(dup), await portfolio()];

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    for (const id of [main, twin]) await system.signals(prepareAccount(id, start, { endsOn: dayAfter(start, 200) }).signals);
    await system.signals([
      { id: 'd1', kind: 'contract', accountId: dup, data: { contractId: 'dup-c', status: 'created', startsOn: '2025-09-01', endsOn: '2026-08-31', arrMinor: 500_000, currency: 'USD' } },
      { id: 'd2', kind: 'contract', accountId: dup, data: { contractId: 'dup-c', status: 'cancel_scheduled', startsOn: '2025-09-01', endsOn: '2026-08-31', arrMinor: 500_000, currency: 'USD' } },
      { id: 'd3', kind: 'pulse', accountId: dup, data: { pulse: 2, reason: 'unhappy' } },
    ]);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('a merge restates score and renewals, an unmerge restores both', async () => {
    const before = await both();
    expect(before[0]).toMatchObject({ band: 'green', riskLevel: 'green', indicators: [] });
    expect(before[1]).toMatchObject({ riskLevel: 'red', indicators: ['cadence_missed', 'cancel_scheduled', 'csm_concern', 'executive_gap', 'goals_missing'] });
    await system.post(`/api/v1/accounts/${dup}/merge`, { intoAccountId: main, reason: 'the same customer' });
    await system.settle();
    const merged = await health(main);
    expect(merged).toMatchObject({ band: 'red', riskLevel: 'red' });
    expect(merged.indicators).toEqual(['cancel_scheduled', 'csm_concern']);
    expect(await health(dup)).toMatchObject({ healthScore: null, band: 'unknown', riskLevel: 'unknown', indicators: [] });
    expect(await renewals(main)).toEqual(['dup-c churn_notified 500000', `${main}-c1 open 12000000`]);
    expect(await renewals(dup)).toEqual([]);
    expect(await portfolio()).toEqual([`${main} 12500000`, `${twin} 12000000`]);
    // A correction of the record starts nothing.
    expect(await system.list(`/api/v1/tasks?accountId=${main}&status=open`)).toEqual([]);

    // Days on end a merged account has nothing to be alarmed about, and signals that still name it count where it is now.
    await system.signals([{ id: 'd4', kind: 'ticket', accountId: dup, data: { ticketId: 't', status: 'opened', priority: 'urgent' } }]);
    await system.clock(dayAfter(start, 1));
    expect((await health(main)).indicators).toContain('urgent_ticket_open');
    expect(await health(dup)).toMatchObject({ riskLevel: 'unknown', indicators: [] });
    await system.signals([{ id: 'd5', kind: 'ticket', accountId: dup, data: { ticketId: 't', status: 'solved', priority: 'urgent' } }]);

    await system.post(`/api/v1/accounts/${dup}/unmerge`, {});
    await system.settle();
    const after = await both();
    expect(after[0]).toMatchObject({ band: 'green', riskLevel: 'green', indicators: [] });
    expect(after[0]).toEqual(await health(twin));
    expect(after[1]).toMatchObject({ riskLevel: 'red', indicators: ['cadence_missed', 'cancel_scheduled', 'csm_concern', 'executive_gap', 'goals_missing'] });
    expect(after.slice(2)).toEqual(before.slice(2));
    expect((await system.list<{ id: string }>(`/api/v1/accounts/${dup}/signals`)).map(({ id }) => id).sort()).toEqual(['d1', 'd2', 'd3', 'd4', 'd5']);
  }, 60_000);

  it('shuffled and tripled history, merged halfway, gives the facts and score of the account that had it all in order', async () => {
    const now = await system.now();
    const [whole, parts] = ['s3-whole', 's3-parts'];
    await system.signals(prepareAccount(whole, now, { endsOn: dayAfter(now, 200) }).signals);
    // A third each under the account's own id, that of a duplicate, and its id in another system; one person goes by two ids.
    const [copy, crm, second] = [`${parts}-copy`, `${parts}-crm`, `${parts}-sponsor-2`];
    const history = prepareAccount(parts, now, { endsOn: dayAfter(now, 200) }).signals.map((signal, n) => ({
      ...signal,
      accountId: [parts, copy, crm][n % 3],
      ...(signal['personId'] === `${parts}-sponsor` && signal['kind'] === 'person' ? { personId: second } : {}),
    }));
    const shuffled = shuffle([...history, ...history, ...history], 7);
    const post = (path: string, body: object) => system.post(`/api/v1/${path}`, body);
    const half = Math.floor(shuffled.length / 2);
    // Both are there before the first signal: the merge comes while signals are still under way.
    for (const id of [parts, copy]) expect((await system.call('PUT', `/api/v1/accounts/${id}`, {})).status).toBe(200);
    expect((await system.call('PUT', `/api/v1/accounts/${parts}/aliases/${crm}`)).status).toBe(200);
    await system.signals(shuffled.slice(0, half));
    await post(`accounts/${copy}/merge`, { intoAccountId: parts });
    await system.signals(shuffled.slice(half, half + 200));
    await post(`accounts/${copy}/unmerge`, {});
    await system.signals(shuffled.slice(half + 200));
    await system.settle();
    await post(`accounts/${copy}/merge`, { intoAccountId: parts });
    await post(`people/${second}/merge`, { intoPersonId: `${parts}-sponsor` });
    await system.settle();
    expect(await health(parts)).toEqual(await health(whole));
    expect(await renewals(parts)).toEqual((await renewals(whole)).map((renewal) => renewal.replace(whole, parts)));
    expect((await system.list(`/api/v1/people?accountId=${parts}&limit=100`)).length).toBe((await system.list(`/api/v1/people?accountId=${whole}&limit=100`)).length);
  }, 60_000);

  it('keeps unknown users and accounts in sight, and replays their signals when they are assigned', async () => {
    const usage = async (id: string) => (await health(id)).measures.find(([measure]) => measure === 'usage_level')?.[1] as number;
    const before = await usage(twin);
    const now = await system.now();
    await system.signals(Array.from({ length: 60 }, (_, n) => ({ id: `new-${n}`, kind: 'usage', personId: 'email:new@s3.example', occurredAt: new Date(now.getTime() - n * 60_000).toISOString(), data: { event: 'report_opened' } })));
    await system.signals([{ id: 'crm-1', kind: 'usage', accountId: 's3-crm-9', data: { event: 'report_opened', quantity: 40 } }]);
    await system.settle();
    expect(await system.list('/api/v1/people?unassigned=true')).toMatchObject([{ id: 'email:new@s3.example', waitingSignals: 60, lastSeenAt: now.toISOString() }]);
    expect((await system.list<{ id: string }>('/api/v1/unknown-accounts?limit=100')).find(({ id }) => id === 's3-crm-9')).toMatchObject({ signals: 1, people: 0 });
    await system.post('/api/v1/people/email%3Anew%40s3.example/assign', { accountId: twin });
    await system.post('/api/v1/unknown-accounts/s3-crm-9/assign', { accountId: twin });
    await system.settle();
    expect(await usage(twin)).toBeGreaterThan(before);
    expect((await system.list<{ id: string }>(`/api/v1/accounts/${twin}/signals?limit=100`)).filter(({ id }) => /^(new|crm)-/.test(id))).toHaveLength(61);
    expect(await system.list('/api/v1/people?unassigned=true')).toEqual([]);
    expect(await system.get(`/api/v1/accounts/${twin}`)).toMatchObject({ aliases: ['s3-crm-9'] });
  }, 30_000);
});

/** The same order for the same seed (mulberry32). */
function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return items.map((item) => ({ item, key: next() })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}
