import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount, usageOfDay, type PreparedAccount } from './prepared-account.js';
import { dayAfter, daysAfter, System, until } from './system.js';

interface Indicator {
  id: string;
  kind: string;
  evidence: string[];
}

await describeOnBothLogs('H1: what "at risk" means', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;
  let account: PreparedAccount;
  const indicators = () => system.list<Indicator>(`/api/v1/accounts/${account.accountId}/indicators`);
  const raised = (kind: string) => until(`indicator ${kind}`, async () => (await indicators()).find((indicator) => indicator.kind === kind), 5_000);
  const send = (id: string, kind: string, data: object, personId?: string) =>
    system.signals([{ id, kind, accountId: account.accountId, ...(personId ? { personId } : {}), data }]);

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    account = prepareAccount('h1-co', start);
    await system.signals(account.signals);
    await system.settle();
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('raises nothing on the prepared account', async () => {
    expect((await indicators()).map((indicator) => indicator.kind)).toEqual([]);
  });

  it('raises sponsor_change when the sponsor moves company', async () => {
    await send('moved', 'person', { change: 'updated', company: 'Somewhere Else' }, account.sponsor);
    expect((await raised('sponsor_change')).evidence).toContain('moved');
  });

  it('raises urgent_ticket_open', async () => {
    await send('urgent', 'ticket', { ticketId: 't-1', status: 'opened', priority: 'urgent' });
    expect((await raised('urgent_ticket_open')).evidence).toContain('urgent');
  });

  it('raises negative_survey on the sponsor’s NPS 3', async () => {
    await send('nps-3', 'survey', { type: 'nps', score: 3 }, account.sponsor);
    expect((await raised('negative_survey')).evidence).toContain('nps-3');
  });

  it('raises milestone_missed', async () => {
    await send('late', 'milestone', { milestoneId: 'm-2', name: 'Second team', phase: 'adoption', status: 'missed', dueOn: dayAfter(start, -1) });
    expect((await raised('milestone_missed')).evidence).toContain('late');
  });

  it('raises usage_drop after 28 days at 30 % of use, and each kind once', async () => {
    // Two weekly looks running have to see the fall: at the latest two weeks after the 28 days.
    for (let day = 0; day < 43; day++) {
      const today = new Date(daysAfter(start, day));
      if (day > 0) await system.clock(today);
      await system.signals(usageOfDay(account.accountId, account.users, today, 0.3).map((signal) => ({ ...signal, id: `${String(signal['id'])}-low` })));
    }
    await system.settle();
    const drop = await raised('usage_drop');
    expect(drop.evidence.length).toBeGreaterThan(0);
    const kinds = (await indicators()).map((indicator) => indicator.kind);
    for (const kind of ['sponsor_change', 'urgent_ticket_open', 'negative_survey', 'milestone_missed', 'usage_drop']) {
      expect(kinds.filter((each) => each === kind)).toHaveLength(1);
    }
  }, 120_000);
});
