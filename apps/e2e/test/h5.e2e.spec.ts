import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { System, until } from './system.js';

interface Health {
  rawScore: number;
  healthScore: number;
  measures: { id: string; points: number | null; state: string }[];
}

await describeOnBothLogs('H5: tickets by number and priority', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('scores two open urgent tickets worse than five open low ones', async () => {
    const open = (accountId: string, priority: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ id: `${accountId}-ticket-${i}`, kind: 'ticket', accountId, data: { ticketId: `${accountId}-${i}`, status: 'opened', priority } }));
    await system.signals([...prepareAccount('urgent-co', start).signals, ...open('urgent-co', 'urgent', 2)]);
    await system.signals([...prepareAccount('low-co', start).signals, ...open('low-co', 'low', 5)]);
    await system.settle();
    const health = (id: string) => until(`health of ${id}`, async () => system.get<Health>(`/api/v1/accounts/${id}/health`));
    const [urgent, low] = [await health('urgent-co'), await health('low-co')];
    const load = (health: Health) => health.measures.find((measure) => measure.id === 'ticket_load')?.points;
    expect(load(urgent)).toBeLessThan(load(low)!);
    expect(urgent.rawScore).toBeLessThan(low.rawScore);
    expect(urgent.healthScore).toBeLessThan(low.healthScore);
  }, 60_000);
});
