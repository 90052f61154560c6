import { jest } from '@jest/globals';
import type { HealthState } from '@perennial/contracts/health';
import { scorecardsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { testEventLog } from '@perennial/testing/event-log';
import type { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { LookAtDueAccounts } from '../src/application/look-at-due-accounts.js';
import { ScoringPolicy } from '../src/application/scoring-policy.js';
import type { Scorecard } from '../src/domain/scorecard/scorecard.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';
import { shippedDocument } from './scenario.js';

jest.setTimeout(60_000);

interface Revision {
  readonly revision: number;
  readonly state: string;
  readonly document: Scorecard;
  readonly publications: readonly { action: string; reason: string; by: string; at: string; generation: number }[];
  readonly rollout: { waiting: number; bands: object[]; riskLevels: object[] } | null;
}
interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

const card = shippedDocument('csm-led');
/** Nobody reaches amber. */
const strict: Scorecard = { ...card, bands: { amber: 98, green: 99 } };

const callsTo = (service: TestService) => ({
  get: <B>(path: string) => service.request<B>('GET', `/api/v1/scorecards${path}`, { scopes: ['health:read'] }),
  post: <B>(path: string, body: unknown, headers: Record<string, string> = {}) => service.request<B>('POST', `/api/v1/scorecards${path}`, { scopes: ['operate'], sub: 'olga', body, headers }),
});

describe('scorecards', () => {
  let service: TestService;
  let desk: Desk;
  let get: ReturnType<typeof callsTo>['get'];
  let post: ReturnType<typeof callsTo>['post'];

  beforeEach(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    ({ get, post } = callsTo(service));
  });
  afterEach(() => service.stop());

  const draft = async (document: unknown): Promise<number> => {
    const { status, body } = await post<Revision>('', { document, note: 'a try' });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.revision;
  };
  const publish = (revision: number, more: object = {}, headers: Record<string, string> = {}) => post<Problem & { generation: number; replaced: number }>(`/csm-led/revisions/${revision}/publish`, { reason: 'the board wants it', ...more }, headers);

  it('the shipped ones are in force from the start, and can be read', async () => {
    const { body } = await get<{ data: { id: string; revision: number; role: string; newestRevision: number }[] }>('');
    expect(body.data).toMatchObject([{ id: 'csm-led', role: 'primary', revision: 1, newestRevision: 1 }, { id: 'digital', role: 'primary' }, { id: 'goals-only', role: 'shadow', revision: 1, newestRevision: 1 }, { id: 'onboarding', role: 'primary' }]);
    expect((await get<Revision>('/csm-led')).body).toMatchObject({ revision: 1, state: 'in_force', document: card, publications: [{ action: 'publish', by: 'service:health-scoring' }], rollout: { waiting: 0, bands: [] } });
    for (const path of ['/luck', '/%00', '/luck/revisions', '/csm-led/revisions/9', '/csm-led/revisions/x', '/csm-led/revisions/0', '/csm-led/revisions/1/diff?against=7']) expect([path, (await get(path)).status]).toEqual([path, 404]);
    for (const path of ['?startingAfter=%00', '/csm-led/revisions?startingAfter=x', '/csm-led/revisions/1/diff?against=x']) expect([path, (await get(path)).status]).toEqual([path, 400]);
  });

  it('refuses a wrong document with pointers, and keeps nothing of it', async () => {
    const wrong = { ...card, bands: { amber: 70, green: 40 }, measures: [{ ...card.measures[0], id: 'luck' }] };
    const { status, body } = await post<Problem>('', { document: wrong });
    expect([status, body.code, body.errors?.map(({ pointer }) => pointer)]).toEqual([400, 'scorecard_invalid', expect.arrayContaining(['/document/bands', '/document/measures/0/id'])]);
    expect((await post<{ faults: object[] }>('/check', { document: wrong })).status).toBe(403);
    const checked = await service.request<{ faults: { pointer: string }[] }>('POST', '/api/v1/scorecards/check', { scopes: ['health:read'], body: { document: wrong } });
    expect(checked.body.faults.map(({ pointer }) => pointer)).toContain('/bands');
    for (const bad of [{}, { document: 'csm-led' }, { document: [] }, { document: card, revision: 3 }, { document: card, note: '' }]) expect([bad, (await post('', bad)).status]).toEqual([bad, 400]);
    expect((await get<{ data: object[] }>('/csm-led/revisions')).body.data).toHaveLength(1);
    expect((await service.request('POST', '/api/v1/scorecards', { scopes: ['health:write'], body: { document: card } })).status).toBe(403);
  });

  it('a draft judges nobody; compared and published it judges everybody, as its own doing; rolled back it never was', async () => {
    const ids = ['a', 'b', 'c'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
    const before = await desk.health('a');
    const told = (await desk.risks('a')).length;

    const revision = await draft(strict);
    await service.settle();
    expect(await desk.health('a')).toEqual(before);
    const diff = await get<{ from: number; to: number; changes: { text: string }[] }>(`/csm-led/revisions/${revision}/diff`);
    expect([diff.body.from, diff.body.to, diff.body.changes.map(({ text }) => text)]).toEqual([1, revision, ['band amber 40 -> 98', 'band green 70 -> 99']]);

    expect(await publish(revision, { expectedRevision: 1 })).toMatchObject({ status: 200, body: { scorecardId: 'csm-led', revision, replaced: 1, action: 'publish', by: 'olga' } });
    await service.settle();
    const after = await desk.health('a');
    expect(after).toMatchObject({ rawScore: before.rawScore, band: 'red', riskLevel: 'red', scorecard: { id: 'csm-led', revision } });
    expect((await desk.risks('a')).slice(told)).toMatchObject([{ from: 'green', to: 'red', cause: 'revision', scorecardRevision: { id: 'csm-led', revision } }]);
    expect((await desk.get<{ data: object[] }>('/a/health/history')).body.data).toMatchObject([{ scorecard: { id: 'csm-led', revision }, shadows: [{ scorecard: { id: 'goals-only', revision: 1 }, rawScore: 100 }] }]);
    expect((await get<Revision>(`/csm-led/revisions/${revision}`)).body).toMatchObject({
      state: 'in_force', publications: [{ action: 'publish', reason: 'the board wants it', by: 'olga' }],
      rollout: { waiting: 0, bands: [{ from: 'green', to: 'red', accounts: 3 }], riskLevels: [{ from: 'green', to: 'red', accounts: 3 }] },
    });

    const summed = async () => (await service.published(scorecardsTopic)).map(({ key, data }) => [key, data.action, data.revision, data.bands]);
    expect(await summed()).toEqual([['csm-led', 'publish', revision, [{ from: 'green', to: 'red', accounts: 3 }]]]);

    expect(await post('/csm-led/roll-back', { reason: 'too strict' })).toMatchObject({ status: 200, body: { revision: 1, replaced: revision, action: 'roll_back' } });
    await service.settle();
    expect(await desk.health('a')).toMatchObject({ band: before.band, healthScore: before.healthScore, scorecard: { id: 'csm-led', revision: 1 } });
    // Asked for twice, e.g. after an answer that got lost, it does not bring back what was fled from.
    expect(await post('/csm-led/roll-back', { reason: 'too strict' })).toMatchObject({ status: 409, body: { code: 'nothing_before' } });
    expect((await desk.risks('a')).slice(told + 1)).toMatchObject([{ from: 'red', to: 'green', cause: 'revision' }]);
    expect((await summed()).slice(1)).toEqual([['csm-led', 'roll_back', 1, [{ from: 'red', to: 'green', accounts: 3 }]]]);
    const { data } = (await get<{ data: Revision[] }>('/csm-led/revisions')).body;
    expect(data.map((row) => [row.revision, row.state, row.publications.map(({ action, reason }) => `${action}: ${reason}`)])).toEqual([
      [revision, 'replaced', ['publish: the board wants it']],
      [1, 'in_force', ['roll_back: too strict', 'publish: edition 3 comes with the software']],
    ]);
  });

  it('a silence that was due before the publication, and that nobody had looked for, alarms as time\'s doing, once', async () => {
    await desk.tellAccounts(desk.account('quiet', { createdAt: desk.days(-90) }), desk.account('busy', { createdAt: desk.days(-90) }));
    await desk.tell(...['quiet', 'busy'].flatMap((id) => [...desk.well(id), ...Array.from({ length: 84 }, (_, day) => desk.signal(id, 'usage', { event: 'used', quantity: 100 }, { at: desk.days(day - 84), personId: 'pat' }))]));
    for (let day = 1; day <= 10; day += 1) {
      await desk.tell(desk.signal('busy', 'usage', { event: 'used', quantity: 100 }, { personId: 'pat' }));
      await service.advance(desk.days(1));
    }
    const told = (await desk.risks('quiet')).length;
    expect([await desk.kinds('quiet'), (await desk.health('quiet')).riskLevel]).toEqual([[], 'green']);

    // Two days on the silence is too long; the sweep stands still until the publication has been followed.
    const sweep = jest.spyOn(service.running.get(LookAtDueAccounts), 'runDue').mockResolvedValue();
    await desk.tell(desk.signal('busy', 'usage', { event: 'used', quantity: 100 }, { personId: 'pat' }));
    (service.clock as TestClock).advance(new Date(desk.days(2)));
    const revision = await draft({ ...card, description: 'as before' });
    expect((await publish(revision)).status).toBe(200);
    await until(async () => (await desk.health('quiet')).scorecard.revision === revision);
    sweep.mockRestore();
    service.running.nudge();
    await service.settle();
    expect((await desk.health('quiet')).indicators).toMatchObject([{ kind: 'gone_dark' }]);
    expect((await desk.health('quiet')).indicators[0]).not.toHaveProperty('byRevision');
    expect((await desk.risks('quiet')).slice(told)).toMatchObject([{ from: 'green', to: 'amber', cause: 'time', scorecardRevision: { id: 'csm-led', revision: 1 } }]);
    expect((await get<Revision>(`/csm-led/revisions/${revision}`)).body.rollout).toMatchObject({ waiting: 0, riskLevels: [] });
  });

  it('says why it does not publish, and changes nothing then', async () => {
    const revision = await draft(strict);
    const shadow = await draft({ ...card, role: 'shadow' });
    const choosy = await draft({ ...card, criteria: { tiers: ['high'] } });
    expect(await publish(revision, { expectedRevision: 7 })).toMatchObject({ status: 409, body: { code: 'revision_conflict' } });
    expect(await publish(revision, { expectedRevision: null })).toMatchObject({ status: 409, body: { code: 'revision_conflict' } });
    expect(await publish(1)).toMatchObject({ status: 409, body: { code: 'in_force' } });
    expect(await publish(99)).toMatchObject({ status: 404 });
    expect(await publish(shadow)).toMatchObject({ status: 409, body: { code: 'nobody_judges', errors: [{ pointer: '/criteria' }] } });
    expect(await publish(choosy)).toMatchObject({ status: 409, body: { code: 'nobody_judges' } });
    expect(await post('/csm-led/retire', { reason: 'r' })).toMatchObject({ status: 409, body: { code: 'nobody_judges' } });
    expect(await post('/csm-led/roll-back', { reason: 'r' })).toMatchObject({ status: 409, body: { code: 'nothing_before' } });
    expect(await post('/luck/roll-back', { reason: 'r' })).toMatchObject({ status: 404 });
    expect(await post('/luck/retire', { reason: 'r' })).toMatchObject({ status: 409, body: { code: 'not_in_force' } });
    for (const bad of [{}, { reason: '' }, { reason: 'a\u0000b' }, { reason: 'r', expectedRevision: 'x' }]) expect((await post(`/csm-led/revisions/${revision}/publish`, bad)).status).toBe(400);
    expect((await service.request('POST', `/api/v1/scorecards/csm-led/revisions/${revision}/publish`, { scopes: ['health:write'], body: { reason: 'r' } })).status).toBe(403);
    expect((await get<Revision>('/csm-led')).body.publications).toHaveLength(1);

    expect(await post('/goals-only/retire', { reason: 'not needed' })).toMatchObject({ status: 200, body: { revision: null, replaced: 1 } });
    expect((await get<{ data: { id: string; revision: number | null }[] }>('')).body.data).toMatchObject([{ id: 'csm-led', revision: 1 }, { id: 'digital' }, { id: 'goals-only', revision: null }, { id: 'onboarding' }]);
  });

  it('keeps and publishes in one step: both or neither', async () => {
    const published = (body: object) => post<Revision & { code: string }>('', { document: strict, note: 'n', ...body });
    const revisions = async () => (await get<{ data: Revision[] }>('/csm-led/revisions')).body.data.map((row) => [row.revision, row.state]);
    expect(await published({ publish: { reason: 'r', expectedRevision: 7 } })).toMatchObject({ status: 409, body: { code: 'revision_conflict' } });
    expect(await published({ document: { ...card, role: 'shadow' }, publish: { reason: 'r' } })).toMatchObject({ status: 409, body: { code: 'nobody_judges' } });
    for (const publish of [{}, { reason: '' }, 'r', { reason: 'r', expectedRevision: 'x' }]) expect((await published({ publish })).status).toBe(400);
    expect(await revisions()).toEqual([[1, 'in_force']]);
    expect(await published({ publish: { reason: 'r', expectedRevision: 1 } })).toMatchObject({ status: 201, body: { revision: 2, state: 'in_force', publications: [{ reason: 'r', by: 'olga' }] } });
    expect(await revisions()).toEqual([[2, 'in_force'], [1, 'replaced']]);
  });

  it('of drafts that never judged keeps the newest hundred, and all that did; and does not make scorecards without end', async () => {
    const sql = service.running.get(Database);
    const judged = await draft({ ...strict, description: 'judged' });
    await publish(judged);
    const tested = await draft({ ...strict, description: 'tested' });
    await post(`/csm-led/backtests`, { revision: tested });
    await sql.query(`INSERT INTO scorecard_revision (scorecard_id, revision, document, created_at, created_by) SELECT 'csm-led', n, document, now(), 'x' FROM scorecard_revision, generate_series(4, 103) n WHERE scorecard_id = 'csm-led' AND revision = 1`);
    const newest = await draft(strict);
    expect(newest).toBe(104);
    expect(await sql.query(`SELECT revision FROM scorecard_revision WHERE scorecard_id = 'csm-led' AND revision < 7 ORDER BY revision`)).toEqual([1, judged, tested, 5, 6].map((revision) => ({ revision })));
    expect(await get('/csm-led/revisions/4')).toMatchObject({ status: 404, body: { detail: expect.stringContaining('the newest 100 are kept') } });

    await sql.query(`INSERT INTO scorecard_revision (scorecard_id, revision, document, created_at, created_by) SELECT 'trial-' || n, 1, document, now(), 'x' FROM scorecard_revision, generate_series(5, 200) n WHERE scorecard_id = 'csm-led' AND revision = 1`);
    expect(await post('', { document: { ...card, id: 'one-more' } })).toMatchObject({ status: 409, body: { code: 'too_many' } });
    expect((await post('', { document: card })).status).toBe(201);
  });

  it('takes a repeated call for the one it is, and of two at once one', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const [one, again] = [await post<Revision>('', { document: strict }, key), await post<Revision>('', { document: strict }, key)];
    expect(again.body.revision).toBe(one.body.revision);
    const other = await draft({ ...strict, description: 'another' });
    const [a, b] = await Promise.all([publish(one.body.revision, { expectedRevision: 1 }), publish(other, { expectedRevision: 1 })]);
    expect([a.status, b.status].sort()).toEqual([200, 409]);
    const { generation } = (a.status === 200 ? a : b).body;
    const third = await draft({ ...strict, description: 'a third' });
    const twice = [await publish(third, {}, { 'idempotency-key': 'k-2' }), await publish(third, {}, { 'idempotency-key': 'k-2' })];
    expect(twice.map(({ status, body }) => [status, body.generation])).toEqual([[200, generation + 1], [200, generation + 1]]);
  });
});

describe('scorecards over several versions and replicas', () => {
  it('what a replica judges by the scorecards of before is judged anew by the one that knows better', async () => {
    const log = await testEventLog();
    const newer = await startTestService(healthScoring, { eventLog: log.eventLog });
    try {
      const desk = new Desk(newer);
      const ids = Array.from({ length: 12 }, (_, n) => `acme-${n}`);
      await desk.tellAccounts(...ids.map((id) => desk.account(id)));
      await desk.tell(...ids.flatMap((id) => desk.well(id)));
      const older = await startTestService(healthScoring, { eventLog: log.eventLog, databaseUrl: newer.databaseUrl, clock: newer.clock });
      try {
        // It never hears of the publication.
        older.running.get(ScoringPolicy).refresh = () => Promise.resolve();
        const { post } = callsTo(newer);
        const { revision } = (await post<Revision>('', { document: strict })).body;
        await post(`/csm-led/revisions/${revision}/publish`, { reason: 'r' });
        const judged = async (by: number) => (await Promise.all(ids.map((id) => desk.health(id)))).filter(({ scorecard }) => scorecard.revision === by).length;
        await until(async () => (await judged(revision)) > 0);

        for (const id of ids) {
          const wish = { healthScore: 60, reason: 'r', expiresAt: desk.days(5) };
          expect((await older.request('POST', `/api/v1/accounts/${id}/overrides`, { scopes: ['health:write'], body: wish })).status).toBe(201);
        }
        await older.stop({ keep: true });
        await until(async () => {
          // On a test clock due work wakes by this alone; else it asks every few seconds.
          newer.running.nudge();
          return (await judged(revision)) === ids.length;
        });
        expect((await desk.health(ids[0]!)).override).toMatchObject({ healthScore: 60 });
        await newer.settle();
        // Those that the newer one had judged already: by the new, by the older replica once more by the old, and by the new again.
        const told = await Promise.all(ids.map(async (id) => (await desk.published(id)).map(({ scorecard }) => scorecard.revision).slice(-3).join()));
        expect(told).toContain(`${revision},1,${revision}`);
      } finally {
        await older.stop({ keep: true }).catch(() => undefined);
      }
    } finally {
      await newer.stop();
      await log.dispose();
    }
  });

  it('a version goes on by the newest that it can judge by, and the next one takes over', async () => {
    const first = await startTestService(healthScoring);
    const sql = first.running.get(Database);
    const beyond = { ...card, measures: [...card.measures, { id: 'measure_of_tomorrow', weight: 1, curve: [[0, 0], [1, 100]], validityDays: null, settings: {} }] };
    await sql.query({ text: `INSERT INTO scorecard_revision (scorecard_id, revision, document, created_at, created_by) VALUES ('csm-led', 2, $1, now(), 'x')`, values: [JSON.stringify(beyond)] });
    await sql.query(`INSERT INTO scorecard_publication (generation, scorecard_id, revision, replaced, action, reason, at, by) SELECT max(generation) + 1, 'csm-led', 2, 1, 'publish', 'r', now(), 'x' FROM scorecard_publication`);
    const desk = new Desk(first);
    await first.running.get(ScoringPolicy).refresh();
    await desk.tell(...desk.well('a'));
    expect((await desk.health('a')).scorecard.revision).toBe(1);
    await first.stop({ keep: true });

    // As tomorrow's version would see it: it can judge by what is in force.
    const second = await startTestService(healthScoring, { databaseUrl: first.databaseUrl });
    try {
      await second.running.get(Database).query({ text: 'UPDATE scorecard_revision SET document = $1 WHERE revision = 2', values: [JSON.stringify(strict)] });
    } finally {
      await second.stop({ keep: true });
    }
    const third = await startTestService(healthScoring, { databaseUrl: first.databaseUrl });
    try {
      await third.settle();
      const { body } = await third.request<HealthState>('GET', '/api/v1/accounts/a/health', { scopes: ['health:read'] });
      expect(body).toMatchObject({ band: 'red', scorecard: { revision: 2 } });
    } finally {
      await third.stop();
    }
  });

  it('an edition never takes the place of a newer one, nor of what people published; an edited one stops the start', async () => {
    const service = await startTestService(healthScoring);
    const { post } = callsTo(service);
    const { revision } = (await post<Revision>('', { document: strict })).body;
    await post(`/csm-led/revisions/${revision}/publish`, { reason: 'r' });
    const sql = service.running.get(Database);
    // Another edition was there before: the one that comes with this version is newer.
    await sql.query(`UPDATE scorecard_revision SET edition = 0 WHERE edition IS NOT NULL`);
    await service.stop({ keep: true });
    let next = await startTestService(healthScoring, { databaseUrl: service.databaseUrl });
    const { data } = (await callsTo(next).get<{ data: Revision[] }>('/csm-led/revisions')).body;
    expect(data.map((row) => [row.revision, row.state])).toEqual([[3, 'draft'], [2, 'in_force'], [1, 'replaced']]);
    // Unchanged by hand, the next edition takes force by itself.
    expect((await callsTo(next).get<{ data: Revision[] }>('/goals-only/revisions')).body.data.map((row) => [row.revision, row.state])).toEqual([[2, 'in_force'], [1, 'replaced']]);

    await next.running.get(Database).query(`UPDATE scorecard_revision SET edition = 99 WHERE scorecard_id = 'goals-only' AND revision = 2`);
    await next.stop({ keep: true });
    next = await startTestService(healthScoring, { databaseUrl: service.databaseUrl });
    expect((await callsTo(next).get<{ data: Revision[] }>('/goals-only/revisions')).body.data).toHaveLength(2);

    await next.running.get(Database).query(`UPDATE scorecard_revision SET document = jsonb_set(document::jsonb, '{description}', '"edited"')::json WHERE scorecard_id = 'csm-led' AND revision = 3`);
    await next.stop({ keep: true });
    await expect(startTestService(healthScoring, { databaseUrl: service.databaseUrl })).rejects.toThrow('give the change the next edition');
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error('did not come to hold within 15 s');
  }
}
