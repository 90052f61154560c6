import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Story } from './story.js';
import { dayAfter, daysAfter, System } from './system.js';
import { workedAccounts } from './worked-accounts.js';

interface Measure {
  id: string;
  state: string;
  value: number | null;
  points: number | null;
  weight: number;
  band: string;
  text: string;
}
interface Health {
  rawScore: number;
  healthScore: number;
  riskLevel: string;
  measures: Measure[];
  indicators: { id: string; kind: string; text: string; evidence: string[] }[];
}

await describeOnBothLogs('H3 to H6, H12, H13, H23 and H25: what accounts are judged by', (log) => {
  const start = new Date('2026-07-30T12:00:00Z');
  let system: System;
  const health = (id: string) => system.get<Health>(`/api/v1/accounts/${id}/health`);
  const measure = async (id: string, name: string) => (await health(id)).measures.find((one) => one.id === name);
  /** Of a worked account: health, and how likely the term that is running renews. */
  const outcome = async (name: string) => {
    const renewals = await system.list<{ state: string; forecast: { probability: number } }>(`/api/v1/renewals?accountId=${name}&limit=100`);
    return { health: await health(name), renews: renewals.find(({ state }) => state === 'open' || state === 'churn_notified')!.forecast.probability };
  };
  const first = new Map<string, Awaited<ReturnType<typeof outcome>>>();
  const kinds = async (id: string) => (await health(id)).indicators.map(({ kind }) => kind);
  const send = async (...signals: object[]) => {
    await system.signals(signals as Record<string, unknown>[]);
    await system.settle();
  };
  const said = (accountId: string, kind: string, data: object, name?: string) => ({ kind, accountId, ...(name === undefined ? {} : { personId: `${accountId}-${name}` }), data });
  const prepared = (id: string) => prepareAccount(id, start, { endsOn: dayAfter(start, 300) }).signals;
  const story = (id: string, tell: (story: Story) => Story) => tell(new Story(id, start)).signals;

  /** Month of life, seats used and bought; `more`: what is bought since. */
  const licensed = (id: string, month: number, used: number, bought: number, more: (story: Story) => Story = (story) => story) =>
    story(id, (it) => more(it.contract(-Math.round(month * 30.4375), null).tell(-20, 'milestone', { milestoneId: 'v', name: 'Value', phase: 'value', status: 'achieved' }).tell(-Math.round(month * 30.4375), 'license', { seatsBought: bought, seatsAssigned: used })));
  const answered = (id: string, daysAgo: number, score: number) => story(id, (it) => it.contract(-400, null).roles(-400, { s: 'executive_sponsor' }).tell(-daysAgo, 'survey', { type: 'nps', score }, 's'));

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    for (const { name, tier } of workedAccounts) if (tier !== undefined) await system.call('PUT', `/api/v1/accounts/${name}`, { name, tier });
    const unmet = prepared('unmet-co').map((signal) => (signal['kind'] === 'engagement' ? { ...signal, data: { ...(signal['data'] as object), attendees: (signal['data'] as { attendees: { personId: string }[] }).attendees.filter(({ personId }) => personId !== 'unmet-co-sponsor') } } : signal));
    for (const { name, tell } of workedAccounts.filter(({ isFirst }) => isFirst)) {
      await system.signals(story(name, tell));
      await system.settle();
      first.set(name, await outcome(name));
    }
    // Their tickets come first: from when on there is a source of tickets decides whether "none" is known, and partitions share no order.
    await system.signals(workedAccounts.filter(({ isFirst }) => !isFirst).flatMap(({ name, tell }) => story(name, tell)));
    await system.settle();
    await system.signals([
      ...prepared('met-co'), ...unmet, { kind: 'engagement', accountId: 'unmet-co', occurredAt: daysAfter(start, -95), data: { type: 'meeting', outcome: 'held', attendees: [{ personId: 'unmet-co-sponsor' }] } },
      ...licensed('seats-1', 1, 36, 500), ...licensed('seats-7', 7, 36, 500), ...licensed('seats-45-5', 5, 45, 100), ...licensed('seats-45-7', 7, 45, 100),
      ...licensed('seats-60-5', 5, 60, 100), ...licensed('seats-60-8', 8, 60, 100), ...licensed('seats-60-10', 10.5, 60, 100), ...licensed('seats-more', 7, 36, 500, (it) => it.tell(-89, 'license', { seatsBought: 1000, seatsAssigned: 36 })),
      ...['urgent-co', 'low-co', 'answers-co', 'roles-co', 'title-co', 'handed-co', 'bounced-co', 'moved-co'].flatMap(prepared),
      ...answered('fresh-9', 100, 9), ...answered('fading-9', 150, 9), ...answered('stale-9', 181, 9), ...answered('fresh-3', 100, 3), ...answered('fading-3', 150, 3), ...answered('stale-3', 181, 3),
      ...story('slow-co', (it) => it.contract(-60, 300).tell(-59, 'milestone', { milestoneId: 'live', name: 'Go live', phase: 'onboarding', status: 'planned', dueOn: it.day(-13) })),
    ]);
    await system.settle();
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  it('H3 no touch of the executive for more than 90 days: executive touch and multithreading fall, all else is equal, and the last meeting is named', async () => {
    const [met, unmet] = [await health('met-co'), await health('unmet-co')];
    const shown = ({ measures }: Health, without: readonly string[]) => measures.filter(({ id }) => !without.includes(id)).map(({ id, value, points, state, weight }) => [id, value, points, state, weight]);
    const fallen = ['executive_touch', 'multithreading'];
    expect(shown(unmet, fallen)).toEqual(shown(met, fallen));
    for (const id of fallen) expect((await measure('unmet-co', id))!.points).toBeLessThan((await measure('met-co', id))!.points!);
    expect((await measure('unmet-co', 'executive_touch'))!.text).toContain(`95 days ago, on ${dayAfter(start, -95)}`);
    expect(unmet.rawScore).toBeLessThan(met.rawScore);
  });

  it('H4 rates the use of seats by the month of life, and gives added ones 90 days', async () => {
    const rated = async (id: string) => {
      const found = (await measure(id, 'license_utilisation'))!;
      return [found.state, found.band, found.value];
    };
    expect((await measure('seats-1', 'license_utilisation'))!.state).toBe('not_applicable');
    expect((await measure('seats-7', 'license_utilisation'))!.text).toContain('7.2 %');
    expect(await rated('seats-7')).toEqual(['ok', 'red', 0.072]);
    expect([(await rated('seats-45-5'))[1], (await rated('seats-45-7'))[1]]).toEqual(['amber', 'red']);
    expect([(await rated('seats-60-5'))[1], (await rated('seats-60-8'))[1], (await rated('seats-60-10'))[1]]).toEqual(['green', 'amber', 'red']);
    expect(await rated('seats-more')).toEqual(['ok', 'red', 0.072]);
  });

  it('H5 two open urgent tickets are worse than five open low ones', async () => {
    const open = (accountId: string, priority: string, count: number) => Array.from({ length: count }, (_, i) => said(accountId, 'ticket', { ticketId: `${accountId}-${i}`, status: 'opened', priority }));
    await send(...open('urgent-co', 'urgent', 2), ...open('low-co', 'low', 5));
    const [urgent, low] = [await health('urgent-co'), await health('low-co')];
    expect((await measure('urgent-co', 'ticket_load'))!.points).toBeLessThan((await measure('low-co', 'ticket_load'))!.points!);
    expect([urgent.rawScore < low.rawScore, urgent.healthScore < low.healthScore]).toEqual([true, true]);
  });

  it('H6 an answer counts at once, fades and goes stale without ever raising the score; a CSAT erases no NPS', async () => {
    const points = async (id: string) => [(await measure(id, 'survey'))!.state, (await measure(id, 'survey'))!.points] as const;
    expect([await points('fresh-9'), await points('stale-9'), await points('fresh-3'), await points('fading-3'), await points('stale-3')]).toEqual([['ok', 85], ['stale', 50], ['ok', 17.5], ['ok', 17.5], ['stale', 17.5]]);
    const [, fading] = await points('fading-9');
    expect([fading! < 85, fading! > 50]).toEqual([true, true]);

    const before = await health('answers-co');
    await send(said('answers-co', 'survey', { type: 'nps', score: 3 }, 'champion'));
    const after = await health('answers-co');
    expect(after.rawScore).toBeLessThan(before.rawScore);
    await send(said('answers-co', 'survey', { type: 'csat', score: 5 }, 'champion'));
    expect((await measure('answers-co', 'survey'))!.text).toContain('3 answers');
    expect(await kinds('answers-co')).toContain('negative_survey');
  });

  it('H6 a decision maker who would not renew moves health and forecast in the same minute', async () => {
    const renews = async () => (await system.list<{ forecast: { probability: number } }>('/api/v1/renewals?accountId=answers-co'))[0]!.forecast.probability;
    const before = await renews();
    await send(said('answers-co', 'survey', { type: 'renewal_intent', score: 1 }, 'budget'));
    expect(await health('answers-co')).toMatchObject({ healthScore: expect.closeTo(35, 0), riskLevel: 'red', indicators: expect.arrayContaining([expect.objectContaining({ kind: 'no_renewal_intent' })]) });
    expect(await renews()).toBeLessThan(before - 0.25);
  });

  it('H12 shows who has which of the five roles; a champion who leaves is a gap and an indicator', async () => {
    const roles = async () => (await system.list<{ roles: string[] }>('/api/v1/accounts/roles-co/sentiment')).flatMap((one) => one.roles).sort();
    expect(await roles()).toEqual(['budget_holder', 'champion', 'executive_sponsor', 'influencer', 'power_user']);
    const before = (await measure('roles-co', 'multithreading'))!;
    expect(before).toMatchObject({ points: 100, text: expect.stringContaining('every required role reached') });
    await send(said('roles-co', 'person', { change: 'departed' }, 'champion'));
    const after = (await measure('roles-co', 'multithreading'))!;
    expect(after.text).toContain('without champion');
    expect(after.points).toBeLessThan(before.points!);
    expect(await kinds('roles-co')).toContain('champion_left');
  });

  it('H13 a new spelling of a title is no news; a role handed on, a bounce and a new company ask for confirmation', async () => {
    await send(said('title-co', 'person', { change: 'updated', title: 'VP, Operations' }, 'sponsor'));
    await send(said('title-co', 'person', { change: 'updated', title: 'VP Operations' }, 'sponsor'));
    expect(await kinds('title-co')).not.toContain('sponsor_change');
    await send(
      said('handed-co', 'person', { change: 'updated', roles: ['executive_sponsor'] }, 'influencer'), said('handed-co', 'person', { change: 'updated', roles: ['influencer'] }, 'sponsor'),
      said('bounced-co', 'person', { change: 'bounced' }, 'sponsor'), said('moved-co', 'person', { change: 'updated', company: 'Elsewhere' }, 'sponsor'),
    );
    for (const id of ['handed-co', 'bounced-co', 'moved-co']) {
      const found = (await health(id)).indicators.find(({ kind }) => kind === 'sponsor_change');
      expect([id, found?.text]).toEqual([id, expect.stringContaining('please confirm')]);
      if (id === 'moved-co') await system.post(`/api/v1/accounts/${id}/indicators/${found!.id}/confirm`, { reason: 'He told us' });
    }
    expect((await health('moved-co')).indicators.find(({ kind }) => kind === 'sponsor_change')?.text).toContain('is gone and not replaced');
  });

  it('H23 onboarding that runs a quarter longer than planned is told', async () => {
    expect((await health('slow-co')).indicators.find(({ kind }) => kind === 'onboarding_delayed')?.evidence).toEqual(['slow-co-1']);
  });

  it.each(workedAccounts.map((one) => [one.name, one] as const))('H25 %s comes out as worked by hand', async (name, { health: expected, about, renews }) => {
    const found = first.get(name) ?? (await outcome(name));
    expect(found.health).toMatchObject(expected);
    if (about !== null) expect(Math.abs(found.health.healthScore - about)).toBeLessThanOrEqual(2);
    expect(found.renews).toBeCloseTo(renews, 2);
  });
});
