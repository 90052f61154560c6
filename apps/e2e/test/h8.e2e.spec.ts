import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { dayAfter, System, until } from './system.js';

interface Strikes {
  strikes: { count: number; groups: string[]; savePlanReview: boolean };
  indicators: { kind: string }[];
}
interface Task {
  id: string;
  title: string;
  status: string;
}

await describeOnBothLogs('H8: three strikes', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'h8-co';
  let system: System;
  const health = () => system.get<Strikes>(`/api/v1/accounts/${accountId}/health`);
  const reviews = async (status: string) => (await system.list<Task>(`/api/v1/tasks?accountId=${accountId}&status=${status}&limit=100`)).filter((task) => /save-plan review/i.test(task.title));
  const send = (id: string, kind: string, data: object, personId?: string) => system.signals([{ id, kind, accountId, ...(personId ? { personId } : {}), data }]);

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    const account = prepareAccount(accountId, start, { endsOn: dayAfter(start, 270) });
    await system.signals(account.signals);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('asks for no review while three indicators stand in two groups', async () => {
    await send('urgent', 'ticket', { ticketId: 't-1', status: 'opened', priority: 'urgent' });
    await send('complaint', 'ticket', { ticketId: 't-2', status: 'opened', priority: 'normal', complaint: true });
    await send('nps', 'survey', { type: 'nps', score: 3 }, `${accountId}-sponsor`);
    await system.settle();
    const { strikes, indicators } = await health();
    expect(indicators.map((indicator) => indicator.kind)).toEqual(expect.arrayContaining(['urgent_ticket_open', 'complaint_open', 'negative_survey']));
    expect(strikes).toMatchObject({ count: 2, savePlanReview: false });
    expect(await reviews('open')).toEqual([]);
  }, 30_000);

  it('asks for one review at the third group, 270 days before the notice date', async () => {
    await send('late', 'milestone', { milestoneId: 'm-2', name: 'Second team', phase: 'adoption', status: 'missed', dueOn: dayAfter(start, -1) });
    await until('a save-plan review', async () => (await reviews('open')).length > 0);
    await system.settle();
    expect((await health()).strikes).toMatchObject({ count: 3, savePlanReview: true });
    expect(await reviews('open')).toHaveLength(1);
  }, 30_000);

  it('stays shut once decided, until a new group', async () => {
    const [review] = await reviews('open');
    await system.post(`/api/v1/tasks/${review!.id}`, { status: 'done', reason: 'plan agreed' });
    await system.settle();
    await send('late-2', 'milestone', { milestoneId: 'm-3', name: 'Third team', phase: 'adoption', status: 'missed', dueOn: dayAfter(start, -1) });
    await system.settle();
    expect(await reviews('open')).toEqual([]);
    expect((await health()).strikes.savePlanReview).toBe(false);

    await send('unpaid', 'invoice', { invoiceId: 'i-1', status: 'overdue', amountMinor: 100_00, currency: 'USD', dueOn: dayAfter(start, -40) });
    await until('a second review', async () => (await reviews('open')).length > 0);
    expect(await reviews('open')).toHaveLength(1);
  }, 30_000);
});
