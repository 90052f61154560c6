import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { dayAfter, daysAfter, System } from './system.js';

interface Health {
  healthScore: number;
  rawScore: number;
  band: string;
  adjustments: { points: number }[];
  measures: { id: string; weight: number; points: number | null; contribution: number | null; state: string; validUntil: string | null }[];
  scorecard: { id: string };
  passage?: { from: { id: string }; share: number; until: string };
}
interface Explanation {
  cohort: { segment: string | null; table: string | null; measures: { measure: string; accounts: number | null; topQuartile: number | null; gap: number | null; text: string }[] };
  since: { change: number; parts: { kind: string; id: string | null; by: number }[]; healthScore: { from: number; to: number } } | null;
}
interface Day {
  day: string;
  healthScore: number;
  restated?: { differs: boolean | null; unknown: string[] } | null;
}
interface Week {
  week: string;
  light: string;
  lights: { measure: string }[];
  causes: { measure: string; from: string; to: string }[];
}

await describeOnBothLogs('H2, H18, H19 and H23: a score that explains itself', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const peers = Array.from({ length: 10 }, (_, n) => `peer-${n}`);
  let system: System;
  const health = (id: string) => system.get<Health>(`/api/v1/accounts/${id}/health`);
  const explanation = (id: string, query = '') => system.get<Explanation>(`/api/v1/accounts/${id}/health/explanation${query}`);
  const hundredths = (values: readonly (number | null)[]): number => values.reduce<number>((sum, value) => sum + Math.round((value ?? 0) * 100), 0);
  const mustAddUp = ({ healthScore, rawScore, adjustments, measures }: Health) => {
    const raw = 5000 + hundredths(measures.map(({ contribution }) => contribution));
    expect(raw).toBe(hundredths([rawScore]));
    expect(raw + hundredths(adjustments.map(({ points }) => points))).toBe(hundredths([healthScore]));
  };

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    for (const id of ['h18-co', ...peers]) await system.call('PUT', `/api/v1/accounts/${id}`, { name: id, segment: 'smb', tier: 'mid' });
    await system.signals(prepareAccount('h18-co', start).signals);
    const ago = (days: number) => daysAfter(start, -days);
    await system.signals(peers.flatMap((accountId, n) => [
      { kind: 'person', accountId, personId: `${accountId}-sam`, occurredAt: ago(200), data: { change: 'created', name: 'Sam', roles: ['executive_sponsor'] } },
      { kind: 'pulse', accountId, occurredAt: ago(1), data: { pulse: n < 5 ? 5 : 3, reason: 'r' } },
      { kind: 'survey', accountId, personId: `${accountId}-sam`, occurredAt: ago(1), data: { type: 'nps', score: 9 } },
    ]));
    const newly = (kind: string, days: number, data: object, personId?: string) => ({ kind, accountId: 'newly', occurredAt: ago(days), ...(personId ? { personId } : {}), data });
    await system.signals([
      newly('contract', 12, { contractId: 'n', status: 'created', startsOn: dayAfter(start, -12), endsOn: dayAfter(start, 353), arrMinor: 1_000_000, currency: 'USD' }),
      newly('license', 12, { seatsBought: 200 }),
      newly('person', 12, { change: 'created', name: 'Nia', roles: ['executive_sponsor'] }, 'nia'),
      newly('milestone', 6, { milestoneId: 'kick', name: 'Kickoff', phase: 'onboarding', status: 'achieved', dueOn: dayAfter(start, -5) }),
      newly('engagement', 6, { type: 'meeting', outcome: 'held', attendees: [{ personId: 'nia' }] }),
      ...Array.from({ length: 6 }, (_, n) => newly('usage', 2, { event: 'signed_in' }, `n-user-${n}`)),
    ]);
    await system.settle();
  }, 90_000);
  afterAll(() => system?.stop(), 30_000);

  it('H2 shows every measure with weight, points, state, validity and contribution, and they add up to the hundredth', async () => {
    const found = await health('h18-co');
    mustAddUp(found);
    expect(found.scorecard.id).toBe('csm-led');
    expect(found.measures).toHaveLength(13);
    for (const { weight, points, contribution, state } of found.measures) expect([state, points === null, contribution === null, weight > 0]).toEqual([state, !['ok', 'stale'].includes(state), !['ok', 'stale'].includes(state), true]);
    expect(found.measures.find(({ id }) => id === 'survey')?.validUntil).not.toBeNull();
  });

  it('H23 on day 12 an account is judged by the onboarding scorecard and is not red; it grows out of it step by step', async () => {
    const young = await health('newly');
    expect(young).toMatchObject({ scorecard: { id: 'onboarding' }, band: 'green' });
    mustAddUp(young);
    await system.clock(daysAfter(start, 2));
    await system.signals([{ kind: 'milestone', accountId: 'newly', data: { milestoneId: 'first', name: 'First value', phase: 'value', status: 'achieved', dueOn: dayAfter(start, 5) } }]);
    await system.settle();
    for (const [days, share] of [[2, 0], [3, 0.0714], [5, 0.2143]] as const) {
      await system.clock(new Date(Date.parse(daysAfter(start, days)) + 60_000));
      const under = await health('newly');
      expect(under).toMatchObject({ scorecard: { id: 'csm-led' }, passage: { from: { id: 'onboarding' }, share, until: '2026-03-18' } });
      mustAddUp(under);
    }
  }, 60_000);

  it('H19 each account shows its gap to the top quarter of its cohort by measure, and what cannot be compared says so', async () => {
    const { cohort } = await explanation('h18-co');
    expect(cohort).toMatchObject({ segment: 'smb', table: '2026-03-05' });
    const of = (id: string) => cohort.measures.find(({ measure }) => measure === id);
    // Five of eleven pulses are 5, one is 4, five are 3: the top quarter begins at 5.
    expect(of('csm_sentiment')).toMatchObject({ accounts: 11, topQuartile: 100, gap: 15 });
    expect(of('goal_attainment')).toMatchObject({ accounts: null, topQuartile: null, gap: null, text: 'Goal attainment: not enough peers' });
  });

  it('what changed since a day sums to the change', async () => {
    await system.signals([
      { kind: 'pulse', accountId: 'h18-co', data: { pulse: 1, reason: 'angry' } },
      { kind: 'ticket', accountId: 'h18-co', data: { ticketId: 'u', status: 'opened', priority: 'urgent' } },
    ]);
    await system.settle();
    const { since } = await explanation('h18-co', '?since=2026-03-06');
    expect(since!.parts.map(({ id }) => id)).toEqual(expect.arrayContaining(['csm_sentiment', 'ticket_load']));
    expect(hundredths(since!.parts.map(({ by }) => by))).toBe(hundredths([since!.change]));
    expect(since!.change).toBeLessThan(0);
    expect(since!.healthScore.to).toBe((await health('h18-co')).healthScore);
  });

  it('H18 has a light for every Monday from three measures, with a cause for each change', async () => {
    await system.clock('2026-03-10T06:00:00Z');
    await system.signals([{ kind: 'pulse', accountId: 'h18-co', data: { pulse: 5, reason: 'better' } }]);
    await system.clock('2026-03-16T06:00:00Z');
    const weeks = await system.list<Week>('/api/v1/accounts/h18-co/health/weekly');
    expect(weeks.map(({ week, light }) => [week, light])).toEqual([['2026-03-09', 'red'], ['2026-03-16', 'amber']]);
    expect(weeks[0]!.lights.map(({ measure }) => measure)).toEqual(['usage_level', 'ticket_load', 'csm_sentiment']);
    expect(weeks[1]!.causes).toContainEqual(expect.objectContaining({ measure: 'csm_sentiment', from: 'red', to: 'green' }));
  }, 60_000);

  it('a signal five days late changes the score of its day as known now; as known then it stays, and told twice it is told once', async () => {
    const history = (known: string) => system.list<Day>(`/api/v1/accounts/h18-co/health/history?from=2026-03-09&to=2026-03-15&known=${known}`);
    const then = await history('then');
    expect(await history('now')).toEqual(then.map((day) => ({ ...day, restated: null })));
    const late = { id: 'told-late', kind: 'pulse', accountId: 'h18-co', occurredAt: '2026-03-11T06:00:00Z', data: { pulse: 1, reason: 'was not well' } };
    await system.signals([late]);
    await system.settle();
    expect(await history('then')).toEqual(then);
    const now = await history('now');
    expect(now.map(({ day, restated }) => [day, restated])).toEqual(then.map(({ day }) => [day, day < '2026-03-11' ? null : { differs: true, unknown: ['indicators'] }]));
    const [was, is] = [then, now].map((days) => days.find(({ day }) => day === '2026-03-11')!.healthScore);
    expect(is).toBeLessThan(was!);
    const full = await system.get<Health & { restated: object }>('/api/v1/accounts/h18-co/health/history/2026-03-11?known=now');
    expect(full).toMatchObject({ healthScore: is, restated: { differs: true, unknown: ['indicators'] } });
    mustAddUp(full);
    await system.signals([late]);
    await system.settle();
    expect(await history('now')).toEqual(now);
  }, 60_000);
});
