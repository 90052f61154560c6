import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount, usageOfDay, type PreparedAccount } from './prepared-account.js';
import { daysAfter, System } from './system.js';

interface Health {
  rawScore: number;
  dataCoverage: number;
  indicators: { kind: string }[];
}

await describeOnBothLogs('H9: silence is a signal', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;
  let accounts: PreparedAccount[];
  const health = (id: string) => system.get<Health>(`/api/v1/accounts/${id}/health`);
  const kinds = async (id: string) => (await health(id)).indicators.map((indicator) => indicator.kind);

  /** Each weekday at 08:00 of [from, to) the accounts named use the product. */
  const live = async (from: number, to: number, users: readonly PreparedAccount[]) => {
    for (let day = from; day < to; day++) {
      const at = new Date(daysAfter(start, day));
      await system.clock(at);
      const signals = users.flatMap((account) => usageOfDay(account.accountId, account.users, at, 1).map((signal) => ({ ...signal, id: `${String(signal['id'])}-live` })));
      if (signals.length > 0) await system.signals(signals);
    }
    await system.settle();
  };

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    accounts = ['h9-quiet', 'h9-busy', 'h9-other'].map((id) => prepareAccount(id, start));
    for (const account of accounts) await system.signals(account.signals);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('raises gone_dark on the one quiet account, with no event arriving', async () => {
    const before = await health('h9-quiet');
    await live(1, 32, accounts.slice(1));
    expect(await kinds('h9-quiet')).toContain('gone_dark');
    expect((await health('h9-quiet')).rawScore).toBeLessThan(before.rawScore);
    expect(await kinds('h9-busy')).not.toContain('gone_dark');
  }, 180_000);

  it('raises none when the whole source is quiet: data coverage falls and the operator is told once', async () => {
    const before = await health('h9-busy');
    await system.clock(daysAfter(start, 62));
    expect(await kinds('h9-busy')).not.toContain('gone_dark');
    expect(await kinds('h9-other')).not.toContain('gone_dark');
    const after = await health('h9-busy');
    expect(after.dataCoverage).toBeLessThan(before.dataCoverage);
    expect(after.rawScore).toBeLessThanOrEqual(before.rawScore);
    const told = (await system.list<{ kind: string; title: string }>('/api/v1/inbox?limit=100')).filter((item) => item.kind === 'source_stale' && item.title.includes('usage'));
    expect(told).toHaveLength(1);
  }, 180_000);
});
