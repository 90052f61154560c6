import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount, usageOfDay, type PreparedAccount } from './prepared-account.js';
import { Story } from './story.js';
import { dayAfter, daysAfter, System, until } from './system.js';

interface Indicator {
  id: string;
  kind: string;
  text: string;
  evidence: string[];
}
interface Health {
  rawScore: number;
  dataCoverage: number;
}
interface Leading {
  day: string;
  accounts?: number;
  isPartial?: boolean;
  indicators: { id: string; value: number | null; before: number | null; trend: string | null; byRole?: { role: string; value: number; before: number; trend: string }[] }[];
}

await describeOnBothLogs('H1, H9, H10, H11, H22 and the leading indicators: ten weeks of a small book', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const crowd = (count: number) => Array.from({ length: count }, (_, i) => `crowd-${i}`);
  let system: System;
  let account: PreparedAccount;
  let others: PreparedAccount[];
  const health = (id: string) => system.get<Health>(`/api/v1/accounts/${id}/health`);
  const indicators = (id = account.accountId) => system.list<Indicator>(`/api/v1/accounts/${id}/indicators`);
  const kinds = async (id: string) => (await indicators(id)).map(({ kind }) => kind);
  const raised = (kind: string) => until(`indicator ${kind}`, async () => (await indicators()).find((indicator) => indicator.kind === kind), 5_000);
  const send = (id: string, kind: string, data: object, personId?: string, accountId = account.accountId) => system.signals([{ id, kind, accountId, ...(personId ? { personId } : {}), data }]);
  const leading = (path: string) => system.get<Leading>(`/api/v1/${path}`);
  /** Tickets by week, the last in the week of `lastDay`, a Thursday: whatever the account's own weekday, one instant a week is in one of its weeks. */
  const weekly = (id: string, lastDay: number, counts: readonly number[]) =>
    counts.reduce((story, count, week) => Array.from({ length: count }).reduce<Story>((it, _, i) => it.tell(lastDay - 7 * (counts.length - 1 - week) + 0.3, 'ticket', { ticketId: `${id}-${lastDay}-${week}-${i}`, status: 'opened', priority: 'low' }), story), new Story(id, start)).signals.map((signal, n) => ({ ...signal, id: `${id}-${lastDay}-${n}` }));

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString(), env: { KEY_FEATURES: 'reports' } });
    account = prepareAccount('h1-co', start);
    others = ['h9-quiet', 'h9-busy', 'h9-other'].map((id) => prepareAccount(id, start));
    for (const id of ['h9-busy', 'h9-other']) await system.call('PUT', `/api/v1/accounts/${id}`, { name: id, ownerId: 'olga' });
    const power = ['p0', 'p1', 'p2', 'p3', 'p4'];
    const readers = crowd(10);
    await system.signals([
      ...[account, ...others].flatMap(({ signals }) => signals),
      // Three of five power users stay away for six weeks while everybody else comes in.
      ...new Story('h10-co', start).contract(-300, null).roles(-290, Object.fromEntries(power.map((name) => [name, 'power_user'])))
        .use(-208, -48, 1, { names: [...power, ...crowd(3)], step: 7 }).use(-41, -1, 1, { names: [...power.slice(0, 2), ...crowd(9)], step: 7 }).signals,
      // Four of ten go on with the key feature; all of them go on with the product.
      ...new Story('h22-co', start).contract(-300, null).use(-208, -48, 1, { names: readers, step: 7, feature: 'reports' }).use(-41, -1, 1, { names: readers.slice(0, 4), step: 7, feature: 'reports' }).use(-41, -1, 1, { names: readers.slice(4), step: 7 }).signals,
      ...weekly('h11-rises', -4, [2, 2, 3, 4, 6]), ...weekly('h11-jumps', -4, [6, 3, 11, 2, 8]),
    ]);
    await system.settle();
  }, 180_000);
  afterAll(() => system?.stop(), 30_000);

  it('H1 raises nothing on the prepared account', async () => {
    expect((await indicators()).map((indicator) => indicator.kind)).toEqual([]);
  });

  it('H1 raises sponsor_change when the sponsor moves company', async () => {
    await send('moved', 'person', { change: 'updated', company: 'Somewhere Else' }, account.sponsor);
    expect((await raised('sponsor_change')).evidence).toContain('moved');
  });

  it('H1 raises urgent_ticket_open', async () => {
    await send('urgent', 'ticket', { ticketId: 't-1', status: 'opened', priority: 'urgent' });
    expect((await raised('urgent_ticket_open')).evidence).toContain('urgent');
  });

  it('H1 raises negative_survey on the sponsor’s NPS 3', async () => {
    await send('nps-3', 'survey', { type: 'nps', score: 3 }, account.sponsor);
    expect((await raised('negative_survey')).evidence).toContain('nps-3');
  });

  it('H1 raises milestone_missed', async () => {
    await send('late', 'milestone', { milestoneId: 'm-2', name: 'Second team', phase: 'adoption', status: 'missed', dueOn: dayAfter(start, -1) });
    expect((await raised('milestone_missed')).evidence).toContain('late');
  });

  it('H10 raises a fall among power users that growth elsewhere hides', async () => {
    const found = (await indicators('h10-co')).filter(({ kind }) => kind.startsWith('power') || kind === 'usage_drop');
    expect(found.map(({ kind, text }) => [kind, text])).toEqual([['power_user_decline', '2 power users by role active in four weeks, usually 5']]);
  });

  it('H22 raises a fall of a key feature’s users while total use is level', async () => {
    const found = (await indicators('h22-co')).filter(({ kind }) => kind === 'key_feature_drop' || kind === 'usage_drop');
    expect(found.map(({ kind, text }) => [kind, text])).toEqual([['key_feature_drop', '4 contacts used the key feature reports in four weeks, usually 10']]);
  });

  it('H1 raises usage_drop after 28 days at 30 % of use, and each kind once; H11 raises tickets that rise at the look after the 11', async () => {
    const before = await health('h9-quiet');
    let risesOn: number | null = null;
    // Two weekly looks running have to see the fall: at the latest two weeks after the 28 days.
    for (let day = 0; day < 43; day++) {
      const today = new Date(daysAfter(start, day));
      if (day > 0) await system.clock(today);
      await system.signals([
        ...usageOfDay(account.accountId, account.users, today, 0.3), ...others.slice(1).flatMap(({ accountId, users }) => usageOfDay(accountId, users, today, 1)),
        ...(day === 4 ? [...weekly('h11-rises', 3, [8]), ...weekly('h11-jumps', 3, [4])] : day === 11 ? weekly('h11-rises', 10, [11]) : []),
      ].map((signal) => ({ ...signal, id: `${String(signal['id'])}-live` })));
      if (risesOn === null && day >= 9 && (await kinds('h11-rises')).includes('ticket_surge')) risesOn = day;
      if (day === 20) await send('metric-20', 'metric', { metric: 'onboarding_days', value: 15 }, undefined, 'h9-other');
      if (day === 20) await send('nps-20', 'survey', { type: 'nps', score: 4 }, others[1]!.sponsor, 'h9-busy');
      expect(day > 30 || !(await kinds('h11-jumps')).includes('ticket_surge')).toBe(true);
    }
    await system.settle();
    expect((await raised('usage_drop')).evidence.length).toBeGreaterThan(0);
    const found = (await indicators()).map((indicator) => indicator.kind);
    for (const kind of ['sponsor_change', 'urgent_ticket_open', 'negative_survey', 'milestone_missed', 'usage_drop']) expect(found.filter((each) => each === kind)).toHaveLength(1);
    expect(risesOn).toBeGreaterThan(10);
    expect(risesOn).toBeLessThanOrEqual(17);

    // H9: the one account that is quiet, with no event arriving.
    expect(await kinds('h9-quiet')).toContain('gone_dark');
    expect((await health('h9-quiet')).rawScore).toBeLessThan(before.rawScore);
    expect(await kinds('h9-busy')).not.toContain('gone_dark');
  }, 240_000);

  it('shows the five leading indicators of an account and of a book, each with its trend', async () => {
    const of = async (id: string) => Object.fromEntries((await leading(`accounts/${id}/leading-indicators`)).indicators.map((one) => [one.id, one]));
    expect(Object.keys(await of('h1-co'))).toEqual(['plan_progress', 'usage_by_role', 'ticket_trend', 'executive_contact', 'stakeholder_sentiment']);
    expect((await of('h1-co'))['usage_by_role']).toMatchObject({ value: 6, before: 10, trend: 'down', byRole: expect.arrayContaining([expect.objectContaining({ role: 'power_user', value: 1, before: 1, trend: 'flat' })]) });
    expect((await of('h9-other'))['plan_progress']).toMatchObject({ value: 0.68, before: 1, trend: 'down' });
    expect((await of('h9-busy'))['stakeholder_sentiment']).toMatchObject({ value: 6, before: 9, trend: 'down' });
    expect((await of('h9-busy'))['executive_contact']).toMatchObject({ value: 1, before: 1, trend: 'flat' });
    expect((await of('h11-rises'))['ticket_trend']).toMatchObject({ value: 0 });

    await system.clock(daysAfter(start, 43));
    const [busy, other, book] = [await of('h9-busy'), await of('h9-other'), await leading('leading-indicators?ownerId=olga')];
    expect(book).toMatchObject({ day: dayAfter(start, 42), accounts: 2, isPartial: false });
    const value = (id: string) => book.indicators.find((one) => one.id === id)!;
    for (const id of ['plan_progress', 'executive_contact', 'stakeholder_sentiment']) {
      for (const at of ['value', 'before'] as const) expect([id, value(id)[at]]).toEqual([id, expect.closeTo((busy[id]![at]! + other[id]![at]!) / 2, 4)]);
    }
    expect(value('usage_by_role')).toMatchObject({ value: 20, before: 20, trend: 'flat' });
    expect((await leading('leading-indicators')).accounts).toBeGreaterThan(6);
    expect((await leading('leading-indicators?ownerId=nobody'))).toMatchObject({ accounts: 0, indicators: expect.arrayContaining([expect.objectContaining({ id: 'plan_progress', value: null, trend: null })]) });
  }, 60_000);

  it('H9 raises none when the whole source is quiet: data coverage falls and the operator is told once', async () => {
    const before = await health('h9-busy');
    await system.clock(daysAfter(start, 73));
    for (const { accountId } of others.slice(1)) expect(await kinds(accountId)).not.toContain('gone_dark');
    const after = await health('h9-busy');
    expect(after.dataCoverage).toBeLessThan(before.dataCoverage);
    expect(after.rawScore).toBeLessThanOrEqual(before.rawScore);
    const told = (await system.list<{ kind: string; title: string }>('/api/v1/inbox?limit=100')).filter((item) => item.kind === 'source_stale' && item.title.includes('usage'));
    expect(told).toHaveLength(1);
  }, 180_000);
});
