import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import type { HealthDay, HealthDayNow } from '../src/application/health-queries.js';
import { RestatedDayStore } from '../src/application/restated-day-store.js';
import type { PastDayView } from '../src/http/past-day.dto.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

describe('signals that come late', () => {
  let service: TestService;
  let desk: Desk;
  const history = async <Day extends HealthDay>(id: string, query = ''): Promise<Day[]> => (await desk.get<{ data: Day[] }>(`/${id}/health/history?limit=100${query}`)).body.data;
  const now = (id: string) => history<HealthDayNow>(id, '&known=now');
  const day = (count: number): string => desk.days(count).slice(0, 10);
  const past = async (id: string, count: number, query = '') => (await desk.get<PastDayView>(`/${id}/health/history/${day(count)}${query}`)).body;
  const measure = (view: PastDayView, id: string) => view.measures.find((one) => one.id === id)!;

  beforeEach(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    await desk.tellAccounts(desk.account('late', { createdAt: desk.days(-200) }), desk.account('other'));
    await desk.tell(...desk.well('late'));
    await service.advance(desk.days(8));
  });
  afterEach(() => service.stop());

  it('restate the days they belong to as known now; what was shown stays; once is enough', async () => {
    const then = await history('late');
    expect(await now('late')).toEqual(then.map((row) => ({ ...row, restated: null })));
    const pulse = desk.signal('late', 'pulse', { pulse: 1, reason: 'told late' }, { at: desk.days(-5) });
    await desk.tell(pulse);
    expect((await history('late')).slice(0, -1)).toEqual(then.slice(0, -1));
    const known = await now('late');
    expect(known.map(({ day: on, restated }) => [on, restated])).toEqual(then.map(({ day: on }) => [on, on >= day(-5) && on < day(0) ? { differs: true, unknown: ['indicators'] } : null]));
    for (const [place, { healthScore, restated }] of known.entries()) if (restated !== null) expect(healthScore!).toBeLessThan(then[place]!.healthScore!);

    // In full: the day gives what its look would have said, and what it did say.
    const [asThen, asNow] = [await past('late', -3), await past('late', -3, '?known=now')];
    expect(asThen).toMatchObject({ asSaid: true, restated: null });
    expect([measure(asThen, 'csm_sentiment').value, measure(asNow, 'csm_sentiment').value]).toEqual([4, 1]);
    expect(asNow).toMatchObject({ asSaid: null, restated: { differs: true, unknown: ['indicators'] }, healthScore: known.find(({ day: on }) => on === day(-3))!.healthScore });
    expect(asNow.measures.filter(({ id }) => id !== 'csm_sentiment')).toEqual(asThen.measures.filter(({ id }) => id !== 'csm_sentiment').map(({ contribution: _, ...rest }) => expect.objectContaining(rest) as unknown));
    expect(await past('late', -7, '?known=now')).toEqual(await past('late', -7));

    await desk.tell(pulse);
    expect(await now('late')).toEqual(known);
    expect((await now('other')).map(({ restated }) => restated)).toEqual(Array(9).fill(null));
    expect((await desk.get('/late/health/history?known=later')).status).toBe(400);
  });

  it('say what they cannot restate: what another word has replaced since', async () => {
    await desk.tell(desk.signal('late', 'pulse', { pulse: 5, reason: 'on time' }));
    await service.advance(desk.days(2));
    await desk.tell(desk.signal('late', 'pulse', { pulse: 2, reason: 'late' }, { at: desk.days(-4) }));
    const unknown = (await now('late')).filter(({ day: on }) => on >= day(-4) && on < day(0)).map(({ restated }) => restated!.unknown);
    // Until the other one came nothing else was known, but today that is all that is.
    expect(unknown).toEqual([['csm_sentiment', 'indicators'], ['csm_sentiment', 'indicators'], ['indicators'], ['indicators']]);
    expect((await now('late')).slice(-3).map(({ restated }) => restated?.differs ?? null)).toEqual([false, false, null]);
  });

  it('leave days alone that lie too far back, or before the account was told anew', async () => {
    await service.advance(desk.days(10));
    await desk.tell(desk.signal('late', 'pulse', { pulse: 1, reason: 'too late' }, { at: desk.days(-17) }));
    const left = { differs: null, unknown: ['everything'] };
    expect((await now('late')).map(({ day: on, restated }) => [on, restated])).toEqual((await history('late')).map(({ day: on }) => [on, on >= day(-17) && on < day(0) ? left : null]));
    expect((await past('late', -10, '?known=now')).restated).toEqual(left);
    const pulse = desk.signal('other', 'pulse', { pulse: 1, reason: 'late' }, { at: desk.days(-2) });
    await desk.tell(pulse);
    expect((await now('other')).slice(-3).map(({ restated }) => restated?.unknown)).toEqual([['indicators'], ['indicators'], undefined]);
    // Told anew, as by a merge or an erasure, it consists of something else.
    await desk.tell(desk.mark('other', 'reset'), ...desk.again([pulse]), desk.mark('other', 'restated'));
    await service.advance(desk.days(2));
    await desk.tell(desk.signal('other', 'pulse', { pulse: 3, reason: 'late' }, { at: desk.days(-1) }));
    expect((await now('other')).slice(-4).map(({ restated }) => restated)).toEqual([left, null, { differs: true, unknown: ['indicators'] }, null]);
  });

  it.each([
    ['packed by a later version', `facts = decode('63', 'hex') || substr(facts, 2)`],
    ['judged by a revision that is gone', 'scorecard_revision = 99'],
  ])('count today, and leave the days of their account alone where one was %s', async (_, change) => {
    const database = service.running.get(Database);
    await database.query({ text: `UPDATE health_day SET ${change} WHERE account_id = 'late' AND day = $1::date`, values: [day(-1)] });
    const before = await desk.health('late');
    await desk.tell(...['late', 'other'].map((id) => desk.signal(id, 'pulse', { pulse: 1, reason: 'told late' }, { at: desk.days(-3) })));
    expect((await desk.health('late')).healthScore!).toBeLessThan(before.healthScore!);
    const left = { differs: null, unknown: ['everything'] };
    expect((await now('late')).slice(-5).map(({ restated }) => restated)).toEqual([null, left, left, left, null]);
    expect((await now('other')).slice(-5).map(({ restated }) => restated?.unknown)).toEqual([undefined, ['indicators'], ['indicators'], ['indicators'], undefined]);
  });

  it('name the band after days whose readings are forgotten, and leave those', async () => {
    const database = service.running.get(Database);
    await database.query({ text: `UPDATE health_day SET facts = NULL, looked_at = NULL WHERE day < $1::date`, values: [day(-2)] });
    await desk.tell(desk.signal('late', 'pulse', { pulse: 1, reason: 'told late' }, { at: desk.days(-4) }));
    expect((await now('late')).slice(-6).map(({ restated }) => restated?.unknown)).toEqual([undefined, ['everything'], ['everything'], ['band', 'indicators'], ['band', 'indicators'], undefined]);
  });

  it('leave the days that they belong to, and none between those of two', async () => {
    const tooLate = () => desk.tell(desk.signal('late', 'pulse', { pulse: 4, reason: 'too late' }, { at: desk.days(-16) }));
    await service.advance(desk.days(10));
    await tooLate();
    await service.advance(desk.days(20));
    await tooLate();
    const rows = await now('late');
    expect(rows.filter(({ restated }) => restated === null).map(({ day: on }) => on)).toEqual(rows.map(({ day: on }) => on).filter((on) => on < day(-36) || (on >= day(-20) && on < day(-16)) || on === day(0)));
    expect([day(-20), day(-17)].every((on) => rows.some((row) => row.day === on))).toBe(true);
  });

  it('are restated with their facts or not at all: what fails half-way comes again', async () => {
    const store = service.running.get(RestatedDayStore);
    const save = store.save.bind(store);
    let kills = 0;
    store.save = async (...args) => {
      await save(...args);
      kills += 1;
      if (kills === 1) throw new Error('killed after restating');
    };
    await desk.tell(desk.signal('late', 'survey', { type: 'nps', score: 3 }, { at: desk.days(-3), personId: 'cleo' }));
    expect(kills).toBe(2);
    expect((await now('late')).slice(-4).map(({ restated }) => restated?.unknown)).toEqual([['indicators'], ['indicators'], ['indicators'], undefined]);
    const told = (await desk.health('late')).measures.find(({ id }) => id === 'survey')!;
    expect(measure(await past('late', -1, '?known=now'), 'survey').value).toBe(told.value);
    expect(measure(await past('late', -1), 'survey').value).toBe(9);
    expect(told.value).toBeLessThan(9);
  });

  it('are late once: a rebuild meets them again and changes nothing', async () => {
    await desk.tell(desk.signal('late', 'pulse', { pulse: 1, reason: 'late' }, { at: desk.days(-4) }));
    const known = await now('late');
    expect(known.filter(({ restated }) => restated?.differs)).toHaveLength(4);
    expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
    for (let running = true; running; ) running = (await service.request<{ running: boolean }>('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running;
    await service.settle();
    expect(await now('late')).toEqual(known);
  });
});
