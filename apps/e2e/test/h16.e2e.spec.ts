import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnBothLogs } from './both-logs.js';
import { Receiver } from './receiver.js';
import { dayAfter, daysAfter, System, until } from './system.js';

interface Health {
  healthScore: number;
  riskLevel: string;
  scorecard: { id: string; revision: number };
  indicators: { kind: string; byRevision?: boolean }[];
}
interface Revision {
  state: string;
  publications: { action: string; reason: string; by: string; at: string }[];
  rollout: { waiting: number; bands: object[]; riskLevels: object[] };
}

await describeOnBothLogs('H16 and H26: scorecards change by revisions, and alarm nobody', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const ids = Array.from({ length: 300 }, (_, n) => `book-${n}`);
  let system: System;
  let receiver: Receiver;
  let folder: string;
  let before: Health;

  const health = (id: string) => system.get<Health>(`/api/v1/accounts/${id}/health`);
  const counted = async (riskLevel: string): Promise<number> => {
    let [count, after] = [0, ''];
    for (;;) {
      const { data, hasMore } = await system.get<{ data: { id: string }[]; hasMore: boolean }>(`/api/v1/accounts?riskLevel=${riskLevel}&limit=100${after}`);
      count += data.length;
      if (!hasMore) return count;
      after = `&startingAfter=${data.at(-1)!.id}`;
    }
  };
  const inbox = async (kind: string) => (await system.list<{ kind: string; title: string }>('/api/v1/inbox?limit=100')).filter((item) => item.kind === kind).map(({ title }) => title);
  const quiet = async () => ({ webhooks: receiver.calls.length, deliveries: (await system.list('/api/v1/deliveries')).length, runs: (await system.list('/api/v1/runs')).length, alarms: (await inbox('risk_changed')).length });
  /** The scorecard in force, as an admin gets it into a file, with some words of it changed. */
  const edited = async (name: string, ...changes: [from: string, to: string][]): Promise<string> => {
    let text = await system.perennial('scorecard', 'show', 'csm-led');
    for (const [from, to] of changes) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  const strict = () => edited('strict.yaml', ['amber: 40', 'amber: 98'], ['green: 70', 'green: 99'], ['nps: 6', 'nps: 8']);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perennial-cards-'));
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    await system.post('/api/v1/webhook-endpoints', { url: receiver.url });
    const at = daysAfter(start, -1);
    await system.signals(ids.flatMap((accountId) => {
      const say = (kind: string, data: object, name?: string) => ({ kind, accountId, occurredAt: at, ...(name === undefined ? {} : { personId: `${accountId}-${name}` }), data });
      return [
        say('person', { change: 'created', name: 'Sam', roles: ['executive_sponsor'] }, 'sam'),
        say('goal', { goalId: 'g', name: 'Faster', metric: 'days', baseline: 10, target: 5, startsOn: dayAfter(start, -60), dueOn: dayAfter(start, 30), status: 'confirmed', actual: 5 }),
        say('survey', { type: 'nps', score: 8 }, 'sam'),
        say('survey', { type: 'renewal_intent', score: 9 }, 'sam'),
        say('pulse', { pulse: 4, reason: 'good talks' }),
        say('engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: `${accountId}-sam` }, { personId: `${accountId}-kim` }] }),
      ];
    }));
    await system.settle();
    // Last, so that none is taken for an old account of which half is known.
    await system.signals(ids.map((accountId) => ({ kind: 'contract', accountId, occurredAt: at, data: { contractId: 'c', status: 'created', startsOn: dayAfter(start, -200), endsOn: null, arrMinor: 1_000_000, currency: 'USD' } })));
    await system.settle();
    before = await health('book-7');
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it('begins with the shipped scorecard, and with a quiet book', async () => {
    expect(before).toMatchObject({ riskLevel: 'green', scorecard: { id: 'csm-led', revision: 1 } });
    expect(await counted('green')).toBe(ids.length);
    expect(await quiet()).toEqual({ webhooks: 0, deliveries: 0, runs: 0, alarms: 0 });
  }, 30_000);

  it('refuses what cannot judge, by pointer and by line', async () => {
    const file = await edited('wrong.yaml', ['amber: 40', 'amber: 90'], ['id: ticket_load', 'id: ticket_lode']);
    await expect(system.perennial('scorecard', 'publish', file, '--reason', 'r')).rejects.toThrow(/wrong\.yaml:\d+ \/bands .*[^]*wrong\.yaml:\d+ \/measures\/9\/id no measure is called ticket_lode/);
    const { document } = await system.get<{ document: { measures: object[] } }>('/api/v1/scorecards/csm-led');
    const answer = await system.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/scorecards', { document: { ...document, measures: [] } });
    expect([answer.status, answer.body.errors.map(({ pointer }) => pointer)]).toEqual([400, ['/document/measures']]);
    expect((await system.list('/api/v1/scorecards/csm-led/revisions'))).toHaveLength(1);
  }, 30_000);

  it('simulates a draft on the whole book, and changes nothing', async () => {
    const told = await system.perennial('scorecard', 'simulate', await strict(), '--days', '30');
    expect(told).toContain(`${ids.length} accounts, ${ids.length} account-days from 2026-02-01 to 2026-03-02\n`);
    expect(told.match(/^ {2}green +0 +0 +300 +0$/gm)).toHaveLength(2);
    expect(told).toContain('300 accounts have another band on any day; 0 become unknown, 0 no longer are\n');
    // No contract has ended, and nobody knows whom the indicator would have been raised on.
    expect(told).toMatch(/0 terms that ended.*\n {2}Too few outcomes to say whether the draft would have warned better/);
    expect(told).toMatch(/what the kept days cannot answer\n {2}indicators\.negative_survey: .* \(300 accounts, 300 account-days\)/);
    const [{ id, result }] = (await system.list<{ id: string; result: { differing: number; backtest: { finding: string } } }>('/api/v1/scorecards/csm-led/simulations')) as [{ id: string; result: object }];
    expect(result).toMatchObject({ differing: 300, backtest: { finding: 'too_few' }, unanswered: [{ path: 'indicators.negative_survey' }] });
    expect(await system.get(`/api/v1/scorecards/csm-led/simulations/${id}/accounts?limit=1`)).toMatchObject({ data: [{ id: 'book-0', days: 1, inForce: { band: 'green', healthScore: before.healthScore }, draft: { band: 'red', healthScore: before.healthScore } }], hasMore: true });
    expect(await health('book-7')).toEqual(before);
    expect(await system.list('/api/v1/scorecards/csm-led/revisions')).toHaveLength(1);
    expect(await quiet()).toEqual({ webhooks: 0, deliveries: 0, runs: 0, alarms: 0 });
  }, 60_000);

  it('compares a draft and publishes it: all 300 accounts turn red by it, through kill -9, and nobody is alarmed', async () => {
    const file = await strict();
    expect(await system.perennial('scorecard', 'diff', file)).toBe('against revision 1 of csm-led, which is in force:\n  band amber 40 -> 98\n  band green 70 -> 99\n  indicator negative_survey: settings.nps 6 -> 8\n');
    expect(await health('book-7')).toEqual(before);

    await system.perennial('scorecard', 'publish', file, '--reason', 'only the best are green', '--no-wait');
    await system.killAndRestart();
    await system.settle();
    expect((await system.get<Revision>('/api/v1/scorecards/csm-led/revisions/2')).rollout.waiting).toBe(0);
    expect(await counted('red')).toBe(ids.length);
    const after = await health('book-7');
    expect(after).toMatchObject({ healthScore: before.healthScore, scorecard: { id: 'csm-led', revision: 2 }, indicators: [{ kind: 'negative_survey', byRevision: true }] });
    expect((await system.list(`/api/v1/accounts/book-7/health/history`)).at(-1)).toMatchObject({ riskLevel: 'red', scorecard: { id: 'csm-led', revision: 2 }, shadows: [{ scorecard: { id: 'goals-only', revision: 1 } }] });
    expect(await system.get('/api/v1/scorecards/csm-led')).toMatchObject({
      revision: 2, state: 'in_force', publications: [{ action: 'publish', reason: 'only the best are green' }],
      rollout: { waiting: 0, bands: [{ from: 'green', to: 'red', accounts: 300 }], riskLevels: [{ from: 'green', to: 'red', accounts: 300 }] },
    });
    expect(await quiet()).toEqual({ webhooks: 0, deliveries: 0, runs: 0, alarms: 0 });
    expect(await inbox('scorecard_changed')).toEqual(['Revision 2 of the scorecard csm-led is in force (only the best are green): 300 accounts changed the band: 300 from green to red; risk level: 300 from green to red.']);
  }, 120_000);

  it('rolls back as quietly, and what happens to an account still alarms', async () => {
    const told = await system.perennial('scorecard', 'roll-back', 'csm-led', '--reason', 'too strict');
    expect(told).toBe('revision 1 of csm-led is in force again\nall accounts were looked at; band: 300 from red to green; risk level: 300 from red to green\n');
    await system.settle();
    expect(await counted('green')).toBe(ids.length);
    expect(await health('book-7')).toMatchObject({ healthScore: before.healthScore, scorecard: { id: 'csm-led', revision: 1 }, indicators: [] });
    expect(await quiet()).toEqual({ webhooks: 0, deliveries: 0, runs: 0, alarms: 0 });
    expect(await inbox('scorecard_changed')).toHaveLength(2);

    await system.signals([{ id: 'notice', kind: 'contract', accountId: 'book-7', data: { contractId: 'c', status: 'cancel_scheduled', startsOn: dayAfter(start, -200), endsOn: dayAfter(start, 300), arrMinor: 1_000_000, currency: 'USD' } }]);
    await until('a webhook', async () => receiver.calls.length > 0);
    await system.settle();
    expect(receiver.calls.map(({ body }) => body.data)).toMatchObject([{ accountId: 'book-7', from: 'green', to: 'red', cause: 'signal', scorecardRevision: { id: 'csm-led', revision: 1 } }]);
    expect((await system.list<{ accountId: string }>('/api/v1/runs')).map(({ accountId }) => accountId)).toContain('book-7');
  }, 120_000);

  it('takes a scorecard out of force, and says which must stay', async () => {
    expect(await system.perennial('scorecard', 'retire', 'goals-only', '--reason', 'tried out')).toBe('revision 1 of goals-only is no longer in force; its accounts are looked at again in the background\n');
    await system.settle();
    expect((await system.get<{ state: string }>('/api/v1/scorecards/goals-only')).state).not.toBe('in_force');
    expect((await system.list(`/api/v1/accounts/book-8/health/history`)).at(-1)).not.toHaveProperty('shadows.0');
    await expect(system.perennial('scorecard', 'retire', 'csm-led', '--reason', 'no more')).rejects.toThrow('one primary scorecard without criteria must be in force');
  }, 120_000);
});
