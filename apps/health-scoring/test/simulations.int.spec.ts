import { jest } from '@jest/globals';
import { healthTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { testEventLog } from '@perennial/testing/event-log';
import { startTestService, type TestService } from '@perennial/testing/service';
import { DayStore } from '../src/application/day-store.js';
import { ScoringPolicy } from '../src/application/scoring-policy.js';
import { OutcomeStore } from '../src/application/outcome-store.js';
import { SimulationStore } from '../src/application/simulations/simulation-store.js';
import { SimulationImpossible, Simulator } from '../src/application/simulations/simulator.js';
import { backtestDifferenceOf } from '../src/domain/backtest/backtest-difference.js';
import { rounded } from '../src/domain/backtest/rounded.js';
import type { Scorecard } from '../src/domain/scorecard/scorecard.js';
import { simulatedCards } from '../src/domain/simulation/simulated-cards.js';
import { simulateAccount } from '../src/domain/simulation/simulate-account.js';
import { WatchedTerms } from '../src/domain/simulation/watched-terms.js';
import { addUp, emptyTally, tallyOf } from '../src/domain/simulation/tally.js';
import { parseDay } from '../src/domain/time/day.js';
import type { SimulatedAccountView, SimulationView } from '../src/http/simulation.dto.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';
import { wanderingDays } from './kept-days.js';
import { shippedDocument } from './scenario.js';
import { storeDays } from './stored-days.js';

jest.setTimeout(120_000);

const card = shippedDocument('csm-led');
const inForce = ['csm-led', 'digital', 'onboarding', 'goals-only'].map((id) => ({ document: shippedDocument(id), revision: 1 }));
const strict: Scorecard = { ...card, bands: { amber: 50, green: 80 }, coverage: { green: 0.8, any: 0.5 } };

const callsTo = (service: TestService) => ({
  get: <B>(path: string) => service.request<B>('GET', `/api/v1/scorecards${path}`, { scopes: ['health:read'] }),
  post: <B>(path: string, body: unknown = {}) => service.request<B>('POST', `/api/v1/scorecards${path}`, { scopes: ['operate'], sub: 'olga', body }),
});

describe('simulations', () => {
  it('go on after a stop in the middle, count every account once, and what a count by hand does', async () => {
    const log = await testEventLog();
    let service = await startTestService(healthScoring, { eventLog: log.eventLog });
    try {
      const { plan, primary } = service.running.get(ScoringPolicy).current();
      const today = parseDay(service.clock.now().toISOString().slice(0, 10));
      const book = Array.from({ length: 330 }, (_, n) => ({ accountId: `a-${String(n).padStart(3, '0')}`, days: n % 20 === 7 ? [] : wanderingDays(n + 1, today - 20, 21, plan, primary.find(({ id }) => id === 'csm-led')!) }));
      await storeDays(service.running.get(Database), book);
      // Some have terms that ended in these days, with or without a sign.
      const ended = book.filter((_, n) => n % 3 === 0).map(({ accountId }, n) => ({ accountId, startsOn: null, noticeOn: today + 19 + (n % 9), lost: n % 2 === 0, decidedOn: n % 5 === 0 ? today - 12 : null }));
      await service.running.get(Database).transaction((tx) => service.running.get(OutcomeStore).keepOutcomes(tx, ended.map(({ accountId, ...outcome }) => ({ accountId, outcomes: [{ ...outcome, renewalId: 'r' }] }))));

      // Five accounts a transaction; the database goes away in the third, before that is saved.
      const simulator = service.running.get(Simulator);
      const run = simulator.run.bind(simulator);
      simulator.run = (task) => run({ ...task, forMs: 0 });
      const store = service.running.get(SimulationStore);
      const save = store.save.bind(store);
      let saved = 0;
      store.save = async (...of) => {
        if ((saved += 1) > 2) throw new Error('away');
        return save(...of);
      };
      const started = await callsTo(service).post<SimulationView>('/csm-led/simulations', { document: strict, days: 15 });
      expect([started.status, started.body]).toEqual([202, expect.objectContaining({ state: 'queued', revision: null, from: '2026-02-16', to: '2026-03-02', createdBy: 'olga', result: null })]);
      const path = `/csm-led/simulations/${started.body.id}`;
      while (saved < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await callsTo(service).get<SimulationView>(path)).body).toMatchObject({ state: 'running', progress: { done: 10, of: 330 }, result: null });
      await service.stop({ keep: true });

      service = await startTestService(healthScoring, { eventLog: log.eventLog, databaseUrl: service.databaseUrl });
      await service.settle();
      const { body } = await callsTo(service).get<SimulationView>(path);
      expect(body).toMatchObject({ state: 'completed', progress: { done: 330, of: 330 }, error: null });
      const days = await service.running.get(DayStore).book(today - 14, today, null, 400);
      const cards = simulatedCards(inForce, { document: strict, revision: 0 }, inForce);
      const outcomes = days.map(({ accountId, days: own }) => ({ accountId, outcome: simulateAccount(own, cards, new WatchedTerms(accountId, ended.filter((one) => one.accountId === accountId))) }));
      const tally = outcomes.map(({ outcome }) => tallyOf(outcome)).reduce(addUp, emptyTally);
      const { result } = body;
      expect(result).toMatchObject({ accounts: 313, withoutDays: 17, accountDays: 313 * 15, differing: tally.differing, newlyUnknown: tally.newlyUnknown, unanswered: [] });
      expect(Object.fromEntries(result!.bands.map(({ from, to, accounts }) => [`${from}>${to}`, accounts]))).toEqual(tally.bands);
      expect(Object.fromEntries(result!.weeks.map(({ week, ...alerts }) => [week, alerts]))).toEqual(tally.weeks);
      expect(tally.newlyUnknown).toBeGreaterThan(0);
      const difference = backtestDifferenceOf(outcomes.flatMap(({ accountId, outcome }) => (outcome?.terms ?? []).map((term) => ({ accountId, ...term }))));
      expect(result!.backtest).toEqual(rounded(difference));
      expect(difference.leads.map(({ leadDays, finding }) => `${leadDays} ${finding}`)).toEqual(['270 too_few', '180 too_few', '90 too_few', '60 too_few', expect.not.stringContaining('too_few')]);
      expect(difference.leads[4]!.leftOut.decided).toBeGreaterThan(0);
      expect(await service.running.get(Database).query('SELECT FROM simulated_term')).toEqual([]);

      const differing = outcomes.filter(({ outcome }) => outcome && (outcome.differingDays > 0 || outcome.inForce.riskLevel !== outcome.draft.riskLevel));
      const page = await callsTo(service).get<{ data: SimulatedAccountView[]; hasMore: boolean }>(`${path}/accounts?limit=100`);
      const { outcome: first, accountId } = differing[0]!;
      expect(page.body.data[0]).toEqual({ id: accountId, days: 15, inForce: first!.inForce, draft: first!.draft, differingDays: first!.differingDays, bandChanges: first!.bandChanges });
      expect(page.body.data.map(({ id }) => id)).toEqual(differing.slice(0, 100).map((one) => one.accountId));
      // Nothing follows from it.
      expect([await service.published(healthTopic), await service.published(riskChangesTopic)]).toEqual([[], []]);
    } finally {
      await service.stop();
      await log.dispose();
    }
  });

  it('that end before they are completed leave nothing of their terms', async () => {
    const service = await startTestService(healthScoring);
    try {
      const database = service.running.get(Database);
      const store = service.running.get(SimulationStore);
      store.claim = () => Promise.resolve(null);
      const terms = async () => (await database.query<{ id: string }>('SELECT simulation_id AS id FROM simulated_term')).map(({ id }) => id);
      const begun = async () => {
        const { id } = (await callsTo(service).post<SimulationView>('/csm-led/simulations', {})).body;
        await database.query({ text: `INSERT INTO simulated_term VALUES ($1, 'a', '[]')`, values: [id] });
        return id;
      };
      const [cancelled, failed, other] = [await begun(), await begun(), await begun()];
      await callsTo(service).post(`/csm-led/simulations/${cancelled}/cancel`);
      expect((await terms()).sort()).toEqual([failed, other].sort());
      await database.transaction((tx) => store.fail(tx, failed, 'why', service.clock.now()));
      expect(await terms()).toEqual([other]);
    } finally {
      await service.stop();
    }
  });

  it('of kept drafts are listed, can be cancelled, and refuse what they cannot do', async () => {
    const service = await startTestService(healthScoring, { env: { READINGS_KEPT_DAYS: '100' } });
    try {
      const { get, post } = callsTo(service);
      const desk = new Desk(service);
      await desk.tellAccounts(desk.account('one'));
      await desk.tell(...desk.well('one'));
      const { body: draft } = await post<{ revision: number }>('', { document: { ...strict, measures: card.measures.map((measure) => (measure.id === 'touches' ? { ...measure, settings: { windowDays: 60, neverFromDay: 30 } } : measure)) } });
      const first = await post<SimulationView>('/csm-led/simulations', { days: 7 });
      expect(first.body).toMatchObject({ revision: draft.revision, from: '2026-02-24' });
      await service.settle();
      const done = (await get<SimulationView>(`/csm-led/simulations/${first.body.id}`)).body;
      expect(done.result).toMatchObject({ accounts: 1, accountDays: 1, unanswered: [{ side: 'draft', path: 'measures.touches', accounts: 1, accountDays: 1 }] });

      const second = (await post<SimulationView>('/csm-led/simulations', { revision: 1 })).body.id;
      await service.settle();
      // Of the same instant the one with the higher id comes first.
      expect((await get<{ data: SimulationView[] }>('/csm-led/simulations')).body.data.map(({ id }) => id)).toEqual([second, first.body.id].sort((a, b) => (a > b ? -1 : 1)));
      expect((await post(`/csm-led/simulations/${first.body.id}/cancel`)).status).toBe(409);

      // More terms than fit into memory do not undo what was counted.
      const simulator = service.running.get(Simulator);
      const difference = simulator.difference.bind(simulator);
      simulator.difference = () => Promise.reject(new SimulationImpossible('out of memory'));
      const large = (await post<SimulationView>('/csm-led/simulations', { days: 7 })).body.id;
      await service.settle();
      expect((await get<SimulationView>(`/csm-led/simulations/${large}`)).body).toMatchObject({ state: 'completed', error: null, result: { accounts: 1, backtest: null, noBacktest: 'out of memory' } });
      simulator.difference = difference;

      const store = service.running.get(SimulationStore);
      store.save = () => Promise.reject(new Error('away'));
      const third = (await post<SimulationView>('/csm-led/simulations', { document: card })).body.id;
      expect((await post<SimulationView>(`/csm-led/simulations/${third}/cancel`)).body).toMatchObject({ state: 'cancelled', result: null });
      await service.settle();
      expect((await get<SimulationView>(`/csm-led/simulations/${third}`)).body.state).toBe('cancelled');
      // None of them is there for ever, also where nobody asks for another.
      await service.advance(new Desk(service).days(91));
      await service.settle();
      expect((await get<{ data: SimulationView[] }>('/csm-led/simulations')).body.data).toEqual([]);

      const refused = async (path: string, body: object) => {
        const answer = await post<{ code: string; errors?: { pointer: string }[] }>(path, body);
        return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
      };
      expect(await refused('/csm-led/simulations', { days: 101 })).toEqual([400, 'invalid', '/days']);
      expect(await refused('/csm-led/simulations', { document: card, revision: 1 })).toEqual([400, 'invalid', '/revision']);
      expect(await refused('/csm-led/simulations', { revision: 99 })).toEqual([404, 'not_found', undefined]);
      expect(await refused('/luck/simulations', {})).toEqual([404, 'not_found', undefined]);
      expect(await refused('/digital/simulations', { document: card })).toEqual([400, 'scorecard_invalid', '/document/id']);
      expect(await refused('/csm-led/simulations', { document: { ...card, bands: { amber: 90, green: 10 } } })).toEqual([400, 'scorecard_invalid', '/document/bands']);
      expect(await refused('/csm-led/simulations', { document: { ...card, criteria: { tiers: ['mid'] } } })).toEqual([409, 'nobody_judges', '/criteria']);
      for (const path of ['/csm-led/simulations/x', `/digital/simulations/${third}`]) expect((await get(path)).status).toBe(404);
      expect((await service.request('POST', '/api/v1/scorecards/csm-led/simulations', { scopes: ['health:read'], body: {} })).status).toBe(403);
    } finally {
      await service.stop();
    }
  });
});
