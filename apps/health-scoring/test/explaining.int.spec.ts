import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import type { Explanation } from '../src/application/explain-health.js';
import type { WeeklyLight } from '../src/domain/explain/weekly-light.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(120_000);

describe('explaining', () => {
  const ids = Array.from({ length: 12 }, (_, n) => `a-${String(n).padStart(2, '0')}`);
  let service: TestService;
  let desk: Desk;
  const explanation = async (id: string, query = '') => (await desk.get<Explanation>(`/${id}/health/explanation${query}`)).body;
  const sum = (parts: readonly { readonly by: number }[]): number => parts.reduce((total, { by }) => total + Math.round(by * 100), 0);

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    await desk.tellAccounts(...ids.map((id, n) => desk.account(id, { segment: n < 11 ? 'smb' : 'bank', ...(n === 1 ? { tier: 'gold' } : {}) })));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
    // Their surveys differ.
    await desk.tell(...ids.flatMap((id, n) => Array.from({ length: n % 11 }, () => desk.signal(id, 'survey', { type: 'csat', score: 1 + (n % 5) }, { personId: 'sam' }))));
  });
  afterAll(() => service.stop());

  it('says what would bring the next band, what is missing, and the trend', async () => {
    const health = await desk.health('a-01');
    const told = await explanation('a-01');
    expect(told).toMatchObject({ accountId: 'a-01', healthScore: health.healthScore, band: health.band, asOf: health.asOf, since: null, trend: { direction: 'flat', change: null } });
    expect(told.coverage).toMatchObject({ share: health.dataCoverage, missing: expect.arrayContaining([expect.objectContaining({ measure: 'license_utilisation', state: 'missing' })]) });
    expect(told.tier).toMatchObject({ told: 'gold', judgedAs: 'mid' });
    expect(told.nextBand === null).toBe(health.band === 'green');
    expect(told.cohort).toMatchObject({ segment: 'smb', tenure: '3_to_12_months', table: null });
  });

  it('makes a table of cohorts at noon, says which one an answer rests on, and compares nobody with too few', async () => {
    await service.advance(desk.days(1.5));
    const told = await explanation('a-01');
    expect(told.cohort).toMatchObject({ segment: 'smb', table: '2026-03-02' });
    const survey = told.cohort!.measures.find(({ measure }) => measure === 'survey')!;
    const points = (await Promise.all(ids.slice(0, 11).map((id) => desk.health(id)))).map(({ measures }) => measures.find(({ id }) => id === 'survey')!.points!).sort((a, b) => a - b);
    // The third best of eleven.
    expect(survey).toMatchObject({ accounts: 11, topQuartile: Math.round(((points[7]! + points[8]!) / 2) * 100) / 100 });
    expect(survey.gap).toBeCloseTo(Math.max(0, survey.topQuartile! - survey.points!), 2);
    const alone = (await explanation('a-11')).cohort!;
    expect(alone.table).toBe('2026-03-02');
    expect(alone.measures.every(({ gap, topQuartile, text }) => gap === null && topQuartile === null && text.endsWith('not enough peers'))).toBe(true);
    // Killed and started anew on the same day it makes none a second time.
    const tables = () => service.running.get(Database).query('SELECT day::text FROM cohort_table ORDER BY day');
    expect(await tables()).toHaveLength(1);
    await service.advance(desk.days(0.2));
    expect(await tables()).toHaveLength(1);
  });

  it('what changed since a day sums to the change, through a signal, a cap and another revision of the scorecard', async () => {
    await desk.tell(desk.signal('a-02', 'pulse', { pulse: 2, reason: 'r' }), desk.signal('a-02', 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-09-01', endsOn: '2026-08-31', arrMinor: 1, currency: 'USD' }));
    const call = <Body>(method: 'GET' | 'POST', path: string, body?: unknown) => service.request<Body>(method, `/api/v1/scorecards${path}`, { scopes: ['health:read', 'operate'], ...(body === undefined ? {} : { body }) });
    const { document } = (await call<{ document: { measures: { id: string; weight: number }[] } }>('GET', '/csm-led')).body;
    const changed = { ...document, measures: document.measures.map((one) => (one.id === 'survey' ? { ...one, weight: 40 } : one)) };
    const { revision } = (await call<{ revision: number }>('POST', '', { document: changed })).body;
    expect((await call('POST', `/csm-led/revisions/${revision}/publish`, { reason: 'r' })).status).toBe(200);
    await service.settle();
    const [before, after] = [(await desk.get<{ data: { day: string; healthScore: number }[] }>('/a-02/health/history')).body.data[0]!, await desk.health('a-02')];
    const { since } = await explanation('a-02', `?since=${before.day}`);
    expect(after).toMatchObject({ healthScore: 20, scorecard: { revision } });
    expect(since).toMatchObject({ day: before.day, healthScore: { from: before.healthScore, to: 20 }, scorecard: { from: { id: 'csm-led', revision: 1 }, to: { id: 'csm-led', revision } } });
    expect(Math.round(since!.change! * 100)).toBe(2000 - Math.round(before.healthScore * 100));
    expect(sum(since!.parts)).toBe(Math.round(since!.change! * 100));
    expect(new Set(since!.parts.map(({ kind }) => kind))).toEqual(new Set(['scorecard', 'measure', 'cap']));
    expect(since!.parts.map(({ id }) => id)).toContain('csm_sentiment');
  });

  it('H18 keeps a light for each Monday, with what changed it', async () => {
    const weekly = async (query = '') => (await desk.get<{ data: WeeklyLight[] }>(`/a-03/health/weekly${query}`)).body.data;
    expect(await weekly()).toEqual([]);
    await service.advance('2026-03-09T06:00:00Z');
    await desk.tell(desk.signal('a-03', 'pulse', { pulse: 1, reason: 'r' }), desk.signal('a-03', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent' }));
    await service.advance('2026-03-17T06:00:00Z');
    const weeks = await weekly();
    expect(weeks.map(({ week, light }) => [week, light])).toEqual([['2026-03-09', 'green'], ['2026-03-16', 'red']]);
    expect(weeks[1]!.causes.map(({ measure, from, to }) => [measure, from, to])).toEqual([['ticket_load', 'green', 'amber'], ['csm_sentiment', 'green', 'red']]);
    expect((await weekly('?weeks=1')).map(({ causes }) => causes.length)).toEqual([2]);
  });

  it.each([
    ['/nobody/health/explanation', 404], ['/nobody/health/weekly', 404], ['/a-01/health/explanation?since=2026-03-17', 400], ['/a-01/health/explanation?since=2026-02-01', 400], ['/a-01/health/explanation?since=x', 400],
    ['/a-01/health/weekly?weeks=0', 400], ['/a-01/health/weekly?weeks=53', 400],
  ])('%s is %d', async (path, status) => expect((await desk.get(path)).status).toBe(status));
});
