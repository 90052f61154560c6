import { describeOnBothLogs } from './both-logs.js';
import { System } from './system.js';

interface Task {
  title: string;
  ownerId: string | null;
  dueOn: string;
  playbook: { id: string };
}

await describeOnBothLogs('P2: guidance to close the renewal', (log) => {
  const accountId = 'p2-co';
  let system: System;
  const countdown = async () => (await system.list<Task>(`/api/v1/tasks?accountId=${accountId}&limit=100`)).filter((task) => task.playbook.id === 'renewal-countdown');

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: '2026-09-01T08:00:00Z' });
    await system.call('PUT', `/api/v1/accounts/${accountId}`, { name: 'P2 Co', ownerId: 'owner-2', country: 'US', timeZone: 'America/New_York' });
    await system.signals([{ id: 'c', kind: 'contract', accountId, data: { contractId: 'c-1', status: 'created', startsOn: '2026-04-01', endsOn: '2027-03-31', arrMinor: 5_000_000, currency: 'USD', noticeDays: 60 } }]);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('counts back from the last day the customer can say no', async () => {
    const [renewal] = await system.list<{ noticeOn: string; renewalOn: string }>(`/api/v1/renewals?accountId=${accountId}`);
    expect(renewal).toMatchObject({ renewalOn: '2027-03-31', noticeOn: '2027-01-30' });
  });

  it('gives tasks with owner and due date on business days, the last before the notice date', async () => {
    await system.clock('2027-01-29T23:00:00Z');
    const tasks = await countdown();
    expect(tasks.length).toBeGreaterThanOrEqual(4);
    for (const { ownerId, dueOn } of tasks) {
      expect(ownerId).toBe('owner-2');
      expect([0, 6]).not.toContain(new Date(`${dueOn}T12:00:00Z`).getUTCDay());
      expect(['2026-11-26', '2026-12-25', '2027-01-01', '2027-01-18']).not.toContain(dueOn);
    }
    const last = tasks.map((task) => task.dueOn).sort().at(-1)!;
    expect(last < '2027-01-30').toBe(true);
  }, 120_000);
});
