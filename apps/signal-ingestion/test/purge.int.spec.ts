import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { PurgeOldMessages } from '../src/application/purge-old-messages.js';
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
