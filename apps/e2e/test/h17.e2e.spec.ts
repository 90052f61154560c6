import { describeOnBothLogs } from './both-logs.js';
import { dayAfter, daysAfter, System } from './system.js';

interface Backtest {
  state: string;
  accounts: number;
  report: {
    terms: number;
    losses: number;
    finding: string;
    leads: { leadDays: number; terms: number; finding: string; auc: { value: number; low: number } | null; precision: { count: number; of: number } | null; recall: { count: number; of: number } | null }[];
    red: { answered: object | null; untouched: { count: number; of: number } | null; leadDays: { median: number } | null };
    drivers: { text: string };
  };
}

await describeOnBothLogs('H17: a backtest says what the score was worth as a warning', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const [lost, renewed] = ['lost', 'kept'].map((name) => Array.from({ length: 11 }, (_, n) => `${name}-${n}`)) as [string[], string[]];
  let system: System;

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  /** A term of 45 days whose notice date is day 34. */
  const term = { startsOn: dayAfter(start, 0), endsOn: dayAfter(start, 44), arrMinor: 1_000_000, currency: 'USD', noticeDays: 10 };

  it('by what was known thirty days before, told from contracts by another service', async () => {
    const at = start.toISOString();
    await system.signals([...lost, ...renewed].flatMap((accountId) => {
      const say = (kind: string, data: object, name?: string) => ({ kind, accountId, occurredAt: at, ...(name === undefined ? {} : { personId: `${accountId}-${name}` }), data });
      return [
        say('contract', { contractId: `${accountId}-c`, status: 'created', ...term }),
        say('person', { change: 'created', name: 'Sam', roles: ['executive_sponsor'] }, 'sam'),
        say('goal', { goalId: 'g', name: 'Faster', metric: 'days', baseline: 10, target: 5, startsOn: dayAfter(start, -60), dueOn: dayAfter(start, 30), status: 'confirmed', actual: 5 }),
        say('survey', { type: 'nps', score: 9 }, 'sam'),
        say('survey', { type: 'renewal_intent', score: lost.includes(accountId) ? 2 : 9 }, 'sam'),
        say('pulse', { pulse: lost.includes(accountId) ? 2 : 4, reason: 'as heard' }),
      ];
    }));
    await system.settle();
    await system.clock(daysAfter(start, 6));
    const now = daysAfter(start, 6);
    const told = (accountId: string, data: object) => ({ kind: 'contract', accountId, occurredAt: now, data: { contractId: `${accountId}-c`, ...term, ...data } });
    await system.signals([
      ...lost.map((accountId) => told(accountId, { status: 'lost' })),
      ...renewed.map((accountId) => told(accountId, { status: 'renewed', startsOn: dayAfter(start, 45), endsOn: dayAfter(start, 409) })),
    ]);
    await system.settle();
    const text = await system.perennial('scorecard', 'backtest', 'csm-led');
    expect(text).toContain('The score told losses from renewals 30 days before the notice date: a lost account had the lower score in 100 % of pairs');
    const [{ id } = { id: '' }] = await system.list<{ id: string }>('/api/v1/scorecards/csm-led/backtests');
    const { state, accounts, report } = await system.get<Backtest>(`/api/v1/scorecards/csm-led/backtests/${id}`);
    expect({ state, accounts }).toEqual({ state: 'done', accounts: 22 });
    expect(report).toMatchObject({ terms: 22, losses: 11, finding: 'signal', red: { answered: null, untouched: { count: 11, of: 11 } }, drivers: { text: expect.stringContaining('Too few outcomes') } });
    expect(report.leads.map(({ leadDays, terms, finding }) => [leadDays, terms, finding])).toEqual([[270, 0, 'too_few'], [180, 0, 'too_few'], [90, 0, 'too_few'], [60, 0, 'too_few'], [30, 22, 'signal']]);
    expect(report.leads[4]).toMatchObject({ auc: { value: 1 }, precision: { count: 11, of: 11 }, recall: { count: 11, of: 11 } });
    expect(report.red.leadDays!.median).toBe(34);
  }, 240_000);
});
