import { jest } from '@jest/globals';
import { Database, type Sql, type Statement } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { PersonalDataStore } from '../src/application/personal-data-store.js';
import { signalIngestion } from '../src/service.js';

jest.setTimeout(30_000);

/** Messages of a large account of which some few name the person. */
describe('erasing somebody of a short name and a numeric id', () => {
  const count = 1_700;
  const now = new Date('2026-03-02T09:00:00Z');
  let service: TestService;
  let database: Database;
  let store: PersonalDataStore;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    database = service.running.get(Database);
    store = service.running.get(PersonalDataStore);
  }, 30_000);
  afterAll(() => service.stop());

  /** Each holds the text once, in something else, but for one in a hundred. */
  const fill = async (accountId: string, other: object, naming: object): Promise<void> => {
    await database.query('SELECT make_message_week(message_week(now()))');
    await database.query({
      text: `INSERT INTO message (week, source_id, message_id, hash, place, account_id, kind, occurred_at, received_at, clamped, data)
             SELECT message_week(now()), 's', $1 || n, '', nextval('message_place'), $1, 'note', now(), now(), false, CASE WHEN n % 100 = 0 THEN $3::json ELSE $2::json END FROM generate_series(1, ${count}) n`,
      values: [accountId, JSON.stringify(other), JSON.stringify(naming)],
    });
  };
  /** Rows by content. */
  const told = (accountId: string) => database.query<{ data: unknown; rows: number }>({
    text: `SELECT data::text::json AS data, count(*)::int AS rows FROM message WHERE account_id = $1 GROUP BY data::text ORDER BY 2`,
    values: [accountId],
  });
  const sizeOf = (rows: readonly unknown[]): number => JSON.stringify(rows).length;
  /** What `work` gives, the most rows and characters it ever held of one statement, and how many messages it wrote. */
  const watched = async <T>(work: (tx: Parameters<PersonalDataStore['erase']>[0]) => Promise<T>): Promise<{ done: T; mostRows: number; mostText: number; written: number }> => {
    let mostRows = 0;
    let mostText = 0;
    const done = await database.transaction((tx) => work({
      afterCommit: (effect) => tx.afterCommit(effect),
      query: async <Row>(statement: Statement | string) => {
        const rows = await tx.query<Row>(statement);
        mostRows = Math.max(mostRows, rows.length);
        mostText = Math.max(mostText, sizeOf(rows));
        return rows;
      },
    }));
    const [written] = await database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM message WHERE xmin::text = (SELECT max(xmin::text::bigint)::text FROM message)');
    return { done, mostRows, mostText, written: written?.rows ?? 0 };
  };

  it('takes the name out of sentences page by page, and writes nothing but those', async () => {
    await fill('large', { text: 'Also signals' }, { text: 'Al called' });
    const { mostRows, written } = await watched((tx) => store.eraseWords(tx, { keys: ['user-of-many'], emails: [], names: ['Al'] }, ['large'], now));
    expect(await told('large')).toEqual([{ data: { text: '(erased) called' }, rows: 17 }, { data: { text: 'Also signals' }, rows: count - 17 }]);
    expect(mostRows).toBeLessThanOrEqual(500);
    expect(written).toBe(17);
  });

  it('finds the number in what others sent page by page, and writes only what changes', async () => {
    await fill('numbers', { value: 1425 }, { value: 42, to: 'al@acme.com' });
    const { done, mostRows, written } = await watched((tx) => store.erase(tx, { keys: ['42', 'email:al@acme.com'], emails: ['al@acme.com'], names: [] }, now));
    expect(done).toEqual({ messages: 17, rejected: 0, accountIds: ['numbers'] });
    expect(await told('numbers')).toEqual([{ data: { to: '(erased)', value: 42 }, rows: 17 }, { data: { value: 1425 }, rows: count - 17 }]);
    expect(mostRows).toBeLessThanOrEqual(500);
    expect(written).toBe(17);
    // What says the number and nothing that can be hidden is told again all the same.
    expect((await watched((tx) => store.erase(tx, { keys: ['42'], emails: [], names: [] }, now))).done).toEqual({ messages: 17, rejected: 0, accountIds: ['numbers'] });
  });

  it('finds the number in what was refused, and in accounts, page by page', async () => {
    await database.query({
      text: `INSERT INTO rejected (id, source_id, received_at, code, detail, payload, state)
             SELECT gen_random_uuid(), 's', now(), 'x', 'x', CASE WHEN n % 100 = 0 THEN '{"userId":"77"}' ELSE '{"value":1775}' END, 'open' FROM generate_series(1, ${count}) n`,
    });
    await database.query({
      text: `INSERT INTO account (id, doc, created_at, version)
             SELECT 'many-' || n, CASE WHEN n % 100 = 0 THEN '{"stamps":{},"traits":{"of":"ed@acme.com"}}'::jsonb ELSE '{"stamps":{},"traits":{"of":1775}}'::jsonb END, now(), 1 FROM generate_series(1, ${count}) n`,
    });
    const { done, mostRows } = await watched((tx) => store.erase(tx, { keys: ['77', 'email:ed@acme.com'], emails: ['ed@acme.com'], names: [] }, now));
    expect(done).toMatchObject({ messages: 0, rejected: 17 });
    expect(done.accountIds).toHaveLength(17);
    expect(mostRows).toBeLessThanOrEqual(500);
    expect(await database.query(`SELECT payload, state, count(*)::int AS rows FROM rejected GROUP BY 1, 2 ORDER BY 3`)).toEqual([{ payload: 'null', state: 'expired', rows: 17 }, { payload: '{"value":1775}', state: 'open', rows: count - 17 }]);
    expect(await database.query(`SELECT doc #>> '{traits,of}' AS "of", count(*)::int AS rows FROM account GROUP BY 1 ORDER BY 2`)).toEqual([{ of: '(erased)', rows: 17 }, { of: '1775', rows: count - 17 }]);
  });

  it('holds little of what was refused at a time, however large, also where it is exported to somebody slow', async () => {
    const large = 200_000;
    await database.query({
      text: `INSERT INTO rejected (id, source_id, received_at, code, detail, payload, state)
             SELECT gen_random_uuid(), 'large', now(), 'x', 'x', '{"userId":"the-large-one","text":"' || repeat('y', ${large}) || '"}', 'open' FROM generate_series(1, 50)`,
    });
    const traces = { keys: ['the-large-one'], emails: [], names: [] };
    const query = jest.spyOn(database, 'query');
    const exported: string[] = [];
    for await (const { kind } of store.exported(traces)) exported.push(kind);
    const mostExported = Math.max(...(await Promise.all(query.mock.results.map(async ({ value }) => sizeOf((await value) as unknown[])))));
    query.mockRestore();
    expect(exported.filter((kind) => kind === 'rejected')).toHaveLength(50);
    expect([mostExported > large, mostExported < 25 * large]).toEqual([true, true]);
    const { done, mostText } = await watched((tx) => store.erase(tx, traces, now));
    expect(done).toMatchObject({ rejected: 50 });
    expect([mostText > large, mostText < 25 * large]).toEqual([true, true]);
  });

  it('reads neither timeline nor people to learn who somebody is and what they are called, for the request waits for it', async () => {
    const asked: Statement[] = [];
    const sql: Sql = {
      query: <Row>(statement: Statement | string) => {
        if (typeof statement !== 'string') asked.push(statement);
        return database.query<Row>(statement);
      },
    };
    expect(await store.traces(sql, 'some@body.com')).toEqual({ keys: ['email:some@body.com', 'some@body.com'], emails: ['some@body.com'], names: [] });
    const ofMessages = asked.filter(({ text }) => text.includes('FROM message'));
    expect(ofMessages).toHaveLength(1);
    // The tables of a test are too short for an index to pay.
    const planOf = ({ text, values = [] }: Statement) => database.transaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      return (await tx.query<Record<'QUERY PLAN', string>>({ text: `EXPLAIN ${text}`, values })).map((line) => line['QUERY PLAN'].trim());
    });
    const ofPeople = await planOf(asked.find(({ text }) => text.includes('FROM identity'))!);
    expect([ofPeople.filter((line) => line.includes('Seq Scan')), ofPeople.filter((line) => line.includes(' on identity_by_email'))]).toEqual([[], [expect.anything()]]);
    const plan = await planOf(ofMessages[0]!);
    const scans = plan.filter((line) => line.includes('message_'));
    expect(scans.filter((line) => line.includes(' Scan ') && !/Index Scan .*_person_(key|id)_idx/.test(line) && !line.includes('Bitmap Heap'))).toEqual([]);
    expect(scans.some((line) => line.includes('_person_key_idx')) && scans.some((line) => line.includes('_person_id_idx'))).toBe(true);
  });
});
