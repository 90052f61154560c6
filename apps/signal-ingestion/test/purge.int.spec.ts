import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { PurgeOldMessages } from '../src/application/purge-old-messages.js';
import { PurgeRejected } from '../src/application/purge-rejected.js';
import { PurgeRestatements } from '../src/application/purge-restatements.js';
import { signalIngestion } from '../src/service.js';

const dayMs = 86_400_000;
const thisWeek = Math.floor(Date.now() / (7 * dayMs));

describe('old messages', () => {
  let service: TestService;
  let database: Database;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { SIGNALS_KEPT_DAYS: '35' } });
    database = service.running.get(Database);
  }, 30_000);
  afterAll(() => service.stop());

  const weeks = async () => (await database.query<{ week: number }>('SELECT DISTINCT week FROM message ORDER BY week')).map(({ week }) => week - thisWeek);
  const tables = async () => (await database.query(`SELECT 1 FROM pg_inherits WHERE inhparent = 'message'::regclass`)).length;

  async function write(week: number, personKey: string | null): Promise<void> {
    await database.query({ text: 'SELECT make_message_week($1)', values: [week] });
    await database.query({
      text: `INSERT INTO message (week, source_id, message_id, hash, place, person_key, account_id, kind, occurred_at, received_at, clamped)
             VALUES ($1, 's', 'm', '', nextval('message_place'), $2::text, CASE WHEN $2::text IS NULL THEN 'acme' END, 'usage', now(), now(), false)`,
      values: [week, personKey],
    });
  }

  it('go by the week once the whole of it is older than it is kept, and nobody waits for them any more', async () => {
    await database.query(`INSERT INTO identity (key, waiting, first_seen_at) VALUES ('anna', 3, now())`);
    await write(thisWeek - 20, null);
    await write(thisWeek - 7, 'anna');
    // The last day of this one lies at most 35 days back.
    await write(thisWeek - 5, 'anna');
    await write(thisWeek, null);
    const before = await tables();
    const purge = service.running.get(PurgeOldMessages);
    await purge.runDue(new Date());
    expect(await weeks()).toEqual([-5, 0]);
    expect(await tables()).toBe(before - 2);
    expect(await database.query(`SELECT waiting FROM identity WHERE key = 'anna'`)).toEqual([{ waiting: '2' }]);
    // Nothing is left to forget, and it is not due all the time because of that.
    expect((await purge.nextDueAt()).getTime()).toBeGreaterThan(Date.now() + 6 * dayMs);
    await purge.runDue(new Date());
    expect(await weeks()).toEqual([-5, 0]);
  });
});

describe('old lists', () => {
  let service: TestService;
  let database: Database;
  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    database = service.running.get(Database);
  }, 30_000);
  afterAll(() => service.stop());

  const ago = (days: number) => new Date(service.clock.now().getTime() - days * dayMs);

  it('of rejected items lose what is older than 30 days', async () => {
    await database.query({
      text: `INSERT INTO rejected (id, source_id, received_at, code, detail, payload, state) SELECT gen_random_uuid(), 's', at, 'c', 'd', '{}', 'open' FROM unnest($1::timestamptz[]) AS at`,
      values: [[...Array<Date>(2500).fill(ago(31)), ago(28), ago(1)]],
    });
    const ages = async () => (await database.query<{ at: Date }>('SELECT received_at AS at FROM rejected ORDER BY received_at')).map(({ at }) => Math.round((service.clock.now().getTime() - at.getTime()) / dayMs));
    await service.running.get(PurgeRejected).runDue(service.clock.now());
    expect(await ages()).toEqual([28, 1]);
    await service.advance(new Date(service.clock.now().getTime() + 3 * dayMs));
    expect(await ages()).toEqual([4]);
  });

  it('of restatements lose what was finished more than 90 days ago, and nothing that is open', async () => {
    await database.query({
      text: `INSERT INTO restatement (id, account_id, reason, state, created_at, done_at) SELECT gen_random_uuid(), r.account_id, 'r', 'done', r.at, r.at FROM unnest($1::text[], $2::timestamptz[]) AS r (account_id, at)`,
      values: [['old', 'young'], [ago(91), ago(80)]],
    });
    await database.query({ text: `INSERT INTO restatement (id, account_id, reason, state, created_at) VALUES (gen_random_uuid(), 'open', 'r', 'waiting', $1)`, values: [ago(300)] });
    await service.running.get(PurgeRestatements).runDue(service.clock.now());
    expect((await database.query<{ account_id: string }>('SELECT account_id FROM restatement ORDER BY 1')).map((row) => row.account_id)).toEqual(['open', 'young']);
  });
});
