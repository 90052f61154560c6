import { Analytics } from '@segment/analytics-node';
import { describeOnBothLogs } from './both-logs.js';
import { LosingProxy } from './losing-proxy.js';
import { System, until } from './system.js';

await describeOnBothLogs('S1: the Segment node SDK works by changing its host', (log) => {
  let system: System;
  let proxy: LosingProxy;

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: new Date().toISOString() });
    proxy = await LosingProxy.start(system.ready.url);
  }, 60_000);
  afterAll(async () => {
    await proxy?.stop();
    await system?.stop();
  }, 30_000);

  it('delivers every event once, also when replies are lost and it sends again', async () => {
    const analytics = new Analytics({ writeKey: system.ready.writeKey, host: proxy.url, flushAt: 10, flushInterval: 100, maxRetries: 8 });
    analytics.group({ userId: 'anna', groupId: 's1-co', traits: { name: 'S1 Co' } });
    for (let i = 0; i < 45; i++) analytics.track({ userId: 'anna', event: `step-${i}`, properties: { i } });
    await analytics.closeAndFlush({ timeout: 20_000 });
    expect(proxy.lost).toBeGreaterThan(0);

    const usage = await until('45 usage signals', async () => {
      const rows = await system.list<{ data: { event: string } }>('/api/v1/accounts/s1-co/signals?kind=usage&limit=100');
      return rows.length >= 45 && rows;
    });
    await system.settle();
    const events = (await system.list<{ data: { event: string } }>('/api/v1/accounts/s1-co/signals?kind=usage&limit=100')).map((row) => row.data.event).sort();
    expect(usage).toHaveLength(45);
    expect(events).toEqual(Array.from({ length: 45 }, (_, i) => `step-${i}`).sort());
    expect(await system.get('/api/v1/accounts/s1-co')).toMatchObject({ id: 's1-co', name: 'S1 Co' });
  }, 60_000);

  it('moves the account’s usage measures', async () => {
    expect(await system.get('/api/v1/accounts/s1-co/health')).toMatchObject({ accountId: 's1-co' });
  });
});
