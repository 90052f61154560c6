import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';
import { shippedDocument } from './scenario.js';

jest.setTimeout(60_000);

const card = shippedDocument('csm-led');
const beyond = { ...card, measures: [...card.measures, { id: 'measure_of_tomorrow', weight: 1, curve: [[0, 0], [1, 100]], validityDays: null, settings: {} }] };

describe('the older of two versions that run side by side', () => {
  let service: TestService;
  let desk: Desk;
  let today: string;
  const sql = (text: string, ...values: unknown[]) => service.running.get(Database).query({ text, values });
  const answered = async (path: string) => {
    const { status, headers, body } = await desk.get<{ code?: string; detail?: string }>(path);
    return { status, code: body.code, detail: body.detail, retryAfter: headers['retry-after'] };
  };

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    today = desk.days(0).slice(0, 10);
    const ids = ['unfit', 'lately', 'state', 'contact', 'day'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
    await service.advance(desk.days(7));

    // What the newer one published, and whom it judged by that: today, or some days ago.
    await sql(`INSERT INTO scorecard_revision (scorecard_id, revision, document, created_at, created_by) VALUES ('csm-led', 2, $1, now(), 'x')`, JSON.stringify(beyond));
    await sql(`UPDATE health_day SET scorecard_revision = 2 WHERE account_id = 'unfit' OR (account_id = 'lately' AND day < $1::date + 3)`, today);
    await sql(`UPDATE portfolio SET verdict = jsonb_set(verdict::jsonb, '{scorecard,revision}', '2')::text WHERE account_id = 'unfit'`);
    // And what it wrote.
    await sql(`UPDATE account_health SET state = set_byte(state, 0, 99), revision = revision + 1 WHERE account_id = 'state'`);
    await sql(`UPDATE contact_health SET facts = set_byte(facts, 0, 99) WHERE account_id = 'contact'`);
    await sql(`UPDATE health_day SET facts = set_byte(facts, 0, 99) WHERE account_id = 'day'`);
  });
  afterAll(() => service.stop());

  it.each([
    '/unfit/health/explanation', '/unfit/health/weekly', '/lately/health/explanation?since=DAY', '/unfit/health/history/DAY', '/state/health/history/DAY?scorecardId=csm-led&revision=2',
  ])('says that it cannot judge by a scorecard of the newer one: %s', async (path) => {
    expect(await answered(path.replace('DAY', today))).toEqual({ status: 409, code: 'scorecard_unfit', detail: expect.stringMatching(/revision 2 .*measure_of_tomorrow/), retryAfter: undefined });
  });

  it.each([
    '/state/strikes', '/state/adoption', '/state/roll-up', '/state/leading-indicators', '/contact/adoption', '/contact/adoption/contacts', '/contact/leading-indicators',
    '/day/leading-indicators', '/day/health/explanation', '/day/health/weekly', '/day/health/history/DAY',
  ])('says what to do about a row of the newer one: %s', async (path) => {
    expect(await answered(path.replace('DAY', today))).toEqual({ status: 503, code: 'unavailable', detail: expect.stringContaining('finish the upgrade'), retryAfter: '30' });
  });

  it('changes no such row, and says so', async () => {
    const { status, headers, body } = await desk.post<{ detail: string }>('/state/overrides', { healthScore: 33, reason: 'They told me', expiresAt: desk.days(30) });
    expect([status, headers['retry-after'], body.detail]).toEqual([503, '30', expect.stringContaining('finish the upgrade')]);
  });

  it.each(['/state/health', '/state/health/explanation', '/day/strikes', '/unfit/strikes', '/lately/health/explanation'])('answers what it can: %s', async (path) => {
    expect((await answered(path)).status).toBe(200);
  });
});
