import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount, usageOfDay } from './prepared-account.js';
import { dayAfter, daysAfter, System, until } from './system.js';

interface Run {
  id: string;
  playbook: { id: string };
  state: string;
  outcome: string | null;
}

await describeOnBothLogs('P1: a playbook starts on the risk change', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'p1-co';
  const endsOn = dayAfter(start, 300);
  let system: System;
  const runs = async () => (await system.list<Run>(`/api/v1/runs?accountId=${accountId}&limit=100`)).filter((run) => run.playbook.id === 'risk-response');
  const contract = (id: string, status: string) => ({
    id, kind: 'contract', accountId, data: { contractId: `${accountId}-c1`, status, startsOn: dayAfter(start, -200), endsOn, arrMinor: 12_000_000, currency: 'USD' },
  });

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    await system.call('PUT', `/api/v1/accounts/${accountId}`, { name: 'P1 Co', ownerId: 'owner-1', tier: 'mid' });
    await system.signals(prepareAccount(accountId, start, { endsOn }).signals);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('has none while green', async () => {
    expect(await system.get(`/api/v1/accounts/${accountId}/health`)).toMatchObject({ riskLevel: 'green' });
    expect(await runs()).toEqual([]);
  });

  it('starts one when the account turns red, with tasks for its owner', async () => {
    await system.signals([contract('notice', 'cancel_scheduled')]);
    await until('a risk-response run', async () => (await runs()).length > 0);
    await system.settle();
    expect(await system.get(`/api/v1/accounts/${accountId}/health`)).toMatchObject({ riskLevel: 'red' });
    expect(await runs()).toMatchObject([{ state: 'running' }]);
    const tasks = await system.list<{ runId: string; ownerId: string; dueOn: string; status: string }>(`/api/v1/tasks?accountId=${accountId}&status=open`);
    const [run] = await runs();
    const own = tasks.filter((task) => task.runId === run!.id);
    expect(own.length).toBeGreaterThan(0);
    for (const task of own) expect(task).toMatchObject({ ownerId: 'owner-1', dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
  }, 30_000);

  it('updates the open run on further trouble instead of starting a second', async () => {
    const [before] = await runs();
    await system.signals([
      { id: 'urgent', kind: 'ticket', accountId, data: { ticketId: 't-1', status: 'opened', priority: 'urgent' } },
      { id: 'nps', kind: 'survey', accountId, personId: `${accountId}-sponsor`, data: { type: 'nps', score: 2 } },
    ]);
    await system.settle();
    expect((await runs()).map((run) => run.id)).toEqual([before!.id]);
  }, 30_000);

  it('survives kill -9 without a second run, and closes itself when the reason is gone', async () => {
    const [before] = await runs();
    await system.killAndRestart();
    await system.signals([
      contract('withdrawn', 'cancel_withdrawn'),
      { id: 'solved', kind: 'ticket', accountId, data: { ticketId: 't-1', status: 'solved', priority: 'urgent' } },
      { id: 'nps-2', kind: 'survey', accountId, personId: `${accountId}-sponsor`, data: { type: 'nps', score: 9 } },
    ]);
    // Improving bands need their three days; the product is in use meanwhile.
    for (let day = 1; day <= 5; day++) {
      const today = new Date(daysAfter(start, day));
      await system.clock(today);
      await system.signals(usageOfDay(accountId, Array.from({ length: 10 }, (_, i) => `${accountId}-user-${i}`), today, 1));
    }
    await system.settle();
    expect(await system.get(`/api/v1/accounts/${accountId}/health`)).toMatchObject({ riskLevel: 'green' });
    const after = await runs();
    expect(after.map((run) => run.id)).toEqual([before!.id]);
    expect(after[0]!.state).not.toBe('running');
    expect(after[0]!.outcome).not.toBeNull();
  }, 60_000);
});
