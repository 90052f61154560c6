import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { DayStore } from '../src/application/day-store.js';
import { ForgetReadings } from '../src/application/forget-readings.js';
import { ScoringPolicy } from '../src/application/scoring-policy.js';
import { judgeDay, markOf } from '../src/domain/days/judge-day.js';
import { unreadIn } from '../src/domain/days/reading-plan.js';
import { compileScorecard } from '../src/domain/scorecard/compile-scorecard.js';
import { parseDay } from '../src/domain/time/day.js';
import type { PastDayView } from '../src/http/past-day.dto.js';
import { healthScoring } from '../src/service.js';
import { shippedScorecards } from '../src/scorecards/shipped-scorecards.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

describe('what is kept of each day', () => {
  let service: TestService;
  let desk: Desk;
  const store = () => service.running.get(DayStore);
  const cardOf = ({ id, revision }: { id: string; revision: number }) => service.running.get(ScoringPolicy).current().primary.find((card) => card.id === id && card.revision === revision)!;

  beforeEach(async () => {
    service = await startTestService(healthScoring, { env: { READINGS_KEPT_DAYS: '20' } });
    desk = new Desk(service);
  });
  afterEach(() => service.stop());

  it('gives every day again as it was shown, for one account and for the whole book, until it is forgotten', async () => {
    const today = parseDay(desk.days(0).slice(0, 10));
    await desk.tellAccounts(desk.account('one', { segment: 'enterprise' }), desk.account('two', { tier: 'digital' }), desk.account('quiet'));
    await desk.tell(...desk.well('one'), ...desk.well('two'));
    const shown = new Map<number, { healthScore: number | null; rawScore: number | null; points: (number | null)[] }>();
    for (let day = 0; day <= 12; day += 1) {
      if (day > 0) await service.advance(desk.days(1));
      if (day === 4) await desk.tell(desk.signal('one', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent' }));
      if (day === 7) await desk.tell(desk.signal('one', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'sam' }));
      const { healthScore, rawScore, measures } = await desk.health('one');
      shown.set(today + day, { healthScore, rawScore, points: measures.map(({ points }) => points) });
    }
    const days = await store().readingsOf('one', today, today + 12);
    expect(days.map(({ day }) => day)).toEqual([...shown.keys()]);
    for (const { day, judgedBy, facts, mark } of days) {
      const judged = judgeDay(facts, cardOf(judgedBy));
      expect({ healthScore: judged.adjusted.healthBp! / 100, rawScore: judged.rawBp! / 100, points: judged.measures.map(({ pointsBp }) => (pointsBp === null ? null : pointsBp / 100)) }).toEqual(shown.get(day));
      expect(markOf(judged)).toBe(mark);
    }
    expect(days.at(-1)!.facts.applicant).toMatchObject({ tier: 'mid', segment: 'enterprise' });
    for (const { document } of shippedScorecards) expect(unreadIn(days[0]!.facts.plan, compileScorecard(document, 1))).toEqual([]);

    const first = await store().book(today + 3, today + 5, null, 2);
    expect(first.map(({ accountId, days: own }) => [accountId, own.map(({ day }) => day - today)])).toEqual([['one', [3, 4, 5]], ['quiet', [3, 4, 5]]]);
    const rest = await store().book(today + 3, today + 5, 'quiet', 2);
    expect(rest.map(({ accountId, days: own }) => [accountId, own.map(({ judgedBy }) => judgedBy.id)])).toEqual([['two', ['digital', 'digital', 'digital']]]);

    // Any day can be read in full, by the revision that judged it or another one.
    const past = async (path: string) => (await desk.get<PastDayView & { code: string }>(`/one/health/history/${path}`)).body;
    const seventh = new Date((today + 7) * 86_400_000).toISOString().slice(0, 10);
    const asThen = await past(seventh);
    expect(asThen).toMatchObject({ accountId: 'one', day: seventh, healthScore: shown.get(today + 7)!.healthScore, riskLevel: 'red', scorecard: { id: 'csm-led', revision: 1 }, asSaid: true, unread: [] });
    expect(asThen.measures.map(({ points }) => points)).toEqual(shown.get(today + 7)!.points);
    expect(asThen.indicators.map(({ kind }) => kind)).toContain('no_renewal_intent');
    const sum = (view: PastDayView) => 5_000 + view.measures.reduce((all, { contribution }) => all + Math.round((contribution ?? 0) * 100), 0);
    const other = await past(`${seventh}?scorecardId=digital&revision=1`);
    expect([sum(asThen), sum(other)]).toEqual([asThen.rawScore! * 100, other.rawScore! * 100].map(Math.round));
    expect(other).toMatchObject({ scorecard: { id: 'digital', revision: 1 }, asSaid: null });
    for (const [path, code] of [[`${seventh}?scorecardId=digital`, 'invalid'], [`${seventh}?scorecardId=luck&revision=1`, 'not_found'], ['2026-02-30', 'not_found'], ['2020-01-01', 'not_found'], ['x', 'not_found']]) expect([path, (await past(path!)).code]).toEqual([path, code]);

    // A look at which nothing differs is no reason to write.
    const rows = () => service.running.get(Database).query(`SELECT xmin::text, facts FROM health_day WHERE account_id = 'one' ORDER BY day DESC LIMIT 1`);
    const before = await rows();
    await desk.tell(desk.signal('one', 'note', { text: 'x', author: 'olga' }));
    expect(await rows()).toEqual(before);

    await service.advance(desk.days(12));
    expect((await store().readingsOf('one', today, today + 30)).map(({ day }) => day - today)).toEqual(Array.from({ length: 21 }, (_, n) => n + 4));
    const { body } = await desk.get<{ data: object[] }>('/one/health/history?limit=100');
    expect(body.data).toHaveLength(25);
    expect(await service.running.get(ForgetReadings).nextDueAt()).toEqual(new Date((today + 25) * 86_400_000 + 3 * 3_600_000));
  });
});
