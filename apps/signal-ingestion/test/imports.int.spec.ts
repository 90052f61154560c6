import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import type { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { signalIngestion } from '../src/service.js';

jest.setTimeout(60_000);
const write = { scopes: ['accounts:write', 'accounts:read'] as const };

interface Job {
  readonly id: string;
  readonly state: string;
  readonly receivedBytes: number;
}
interface RowError {
  readonly row: number;
  readonly code: string;
  readonly column: string | null;
}
type Told = string | { readonly kind: string; readonly data: Readonly<Record<string, unknown>> };

describe('imports', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { IMPORT_MAX_BYTES: '1000000' } });
  }, 30_000);
  afterAll(() => service.stop());

  const send = (method: string, path: string, bytes: string | Buffer, headers: Record<string, string> = {}) =>
    service.request<Job>(method, path, { ...write, bytes: typeof bytes === 'string' ? bytes : new Uint8Array(bytes), headers });
  const importOf = async (query: string, file: string | Buffer) => {
    const { status, body } = await send('POST', `/api/v1/imports?${query}`, file, { 'content-type': 'text/csv' });
    expect(status).toBe(201);
    await service.settle();
    return (await service.request<Job>('GET', `/api/v1/imports/${body.id}`, write)).body;
  };
  const errorsOf = async (id: string) => (await service.request<{ data: RowError[] }>('GET', `/api/v1/imports/${id}/errors`, write)).body.data;
  const eventsOf = async (accountId: string): Promise<Told[]> => (await service.published(signalsTopic)).filter(({ key }) => key === accountId).map(({ type, data }) => ('kind' in data ? data : type));
  const usage = (account: string, days: number) => `Account,User,Date,Action\n${Array.from({ length: days }, (_, i) => `${account},u${i % 3}-${account},2026-01-${String(1 + (i % 28)).padStart(2, '0')}T0${Math.floor(i / 28)}:00:00Z,opened`).join('\n')}\n`;

  it('takes usage as signals between the marks of its beginning and end, and knows them again', async () => {
    const one = await importOf('as=usage&fileName=u.csv', `${usage('acme', 40)}acme,u9,no day,opened\nacme,u9,2026-01-01\n`);
    expect(one).toMatchObject({ state: 'done', rows: { read: 42, taken: 40, repeated: 0, rejected: 2 }, signals: 40, accounts: 1, progress: 1, fileName: 'u.csv', failure: null });
    expect(await errorsOf(one.id)).toEqual([
      { row: 42, line: 42, code: 'invalid_value', column: 'Date', detail: expect.stringContaining('is no date') },
      { row: 43, line: 43, code: 'unreadable_row', column: null, detail: 'has 3 fields, the header has 4' },
    ]);
    const events = await eventsOf('acme');
    expect([events[0], events.at(-1), events.length]).toEqual(['perennial.account.importing.v1', 'perennial.account.imported.v1', 42]);
    expect(events[1]).toMatchObject({ kind: 'usage', personId: 'u0-acme', sourceId: 'import', occurredAt: '2026-01-01T00:00:00.000Z', data: { event: 'opened' } });
    const states = (await service.published(accountsTopic)).filter(({ key }) => key === 'acme').map(({ data }) => data.importing);
    expect(states).toEqual([[one.id], undefined]);

    // In whatever file, a row that was taken has no second effect: the account is not even touched.
    const again = await importOf('as=usage', gzipSync(`${usage('acme', 41)}`));
    expect(again).toMatchObject({ state: 'done', rows: { read: 41, taken: 1, repeated: 40, rejected: 0 }, signals: 1 });
    expect(await importOf('as=usage', usage('acme', 41))).toMatchObject({ rows: { taken: 0, repeated: 41 }, accounts: 0 });
    expect(await eventsOf('acme')).toHaveLength(42 + 3);

    // Rows show in the figures of what comes in, once each; a dry run is none.
    await importOf('as=usage&dryRun=true', `${usage('acme', 41)}acme,u9,no day,opened\n`);
    expect((await service.request('GET', '/api/v1/sources/import/figures', { scopes: ['operate'] })).body).toMatchObject({
      state: 'active', accepted: 41, duplicates: 40 + 41, rejected: 2, late: 41, suppressed: 0, newestEventAt: '2026-01-28T00:00:00.000Z', newestReceivedAt: service.clock.now().toISOString(),
      rejectedByCode: [{ code: 'invalid_value', count: 1 }, { code: 'unreadable_row', count: 1 }],
    });
  });

  it('knows rows again however long ago they were taken', async () => {
    const file = usage('long-ago', 12);
    expect(await importOf('as=usage', file)).toMatchObject({ rows: { taken: 12 } });
    const database = service.running.get<Database>(Database);
    await database.query('SELECT make_message_week(message_week(now()) - 6)');
    await database.query(`UPDATE message SET week = week - 6 WHERE account_id = 'long-ago'`);
    expect(await importOf('as=usage&dryRun=true', `${file}long-ago,u1,2026-01-29,opened\n`)).toMatchObject({ rows: { taken: 1, repeated: 12 } });
    expect(await importOf('as=usage', `${file}long-ago,u1,2026-01-29,opened\n`)).toMatchObject({ rows: { taken: 1, repeated: 12 }, signals: 1 });
  });

  it('makes accounts and changes them field by field, the later word winning', async () => {
    const file = 'id;name;tier;country;parent;customer since;traits.crm\nnorth;North;high;de;;2020-02-01;A1\nsouth;South;mid;xx;;;\neast;East;mid;FR;north;;\nnorth;North Ltd;high;DE;east;;\n';
    const one = await importOf('as=accounts', file);
    expect(one).toMatchObject({ rows: { read: 4, taken: 2, repeated: 0, rejected: 2 }, accounts: 2 });
    expect((await errorsOf(one.id)).map(({ row, code, column }) => [row, code, column])).toEqual([[3, 'invalid_value', 'country'], [5, 'parent_is_below', 'parent']]);
    const account = async (id: string) => (await service.request<{ version: number }>('GET', `/api/v1/accounts/${id}`, write)).body;
    expect(await account('north')).toMatchObject({ name: 'North', tier: 'high', country: 'DE', traits: { crm: 'A1' }, createdAt: '2020-02-01T00:00:00.000Z' });
    const { version } = await account('north');
    expect(await importOf('as=accounts', file)).toMatchObject({ rows: { taken: 0, repeated: 2, rejected: 2 }, accounts: 0 });
    // What a person said after the import began wins; fields that a file leaves out stay.
    await service.request('PUT', '/api/v1/accounts/east', { ...write, body: { name: 'Far East' } });
    (service.clock as TestClock).advance(new Date(service.clock.now().getTime() + 1000));
    expect(await importOf('as=accounts', 'id,tier\nnorth,low\neast,mid\n')).toMatchObject({ rows: { taken: 1, repeated: 1 } });
    expect(await account('north')).toMatchObject({ name: 'North', tier: 'low', version: version + 2 });
    expect(await account('east')).toMatchObject({ name: 'Far East', tier: 'mid', parentId: 'north' });
  });

  it('counts what names an alias or a merged account for the account it leads to, whose verdict waits', async () => {
    await importOf('as=accounts', 'id,name\nwhole,Whole\npart,Part\n');
    expect((await service.request('PUT', '/api/v1/accounts/whole/aliases/crm-7', write)).status).toBeLessThan(300);
    expect((await service.request('POST', '/api/v1/accounts/part/merge', { ...write, body: { intoAccountId: 'whole', reason: 'one company' } })).status).toBeLessThan(300);
    await service.settle();
    const before = (await eventsOf('whole')).length;
    const one = await importOf('as=usage', `${usage('part', 2)}crm-7,u9,2026-01-09,opened\n`);
    expect(one).toMatchObject({ rows: { taken: 3 }, accounts: 1 });
    expect((await eventsOf('whole')).slice(before).map((told) => (typeof told === 'string' ? told : told.kind))).toEqual(['perennial.account.importing.v1', 'usage', 'usage', 'usage', 'perennial.account.imported.v1']);
    const states = (await service.published(accountsTopic)).filter(({ key }) => key === 'whole').map(({ data }) => data.importing);
    expect(states.slice(-2)).toEqual([[one.id], undefined]);
    expect(await eventsOf('crm-7')).toEqual([]);

    // A file of accounts says of an alias what its account is, and of a merged account what that is itself.
    (service.clock as TestClock).advance(new Date(service.clock.now().getTime() + 1000));
    expect(await importOf('as=accounts', 'id,name,parent\ncrm-7,Whole Ltd,\npart,,whole\nwhole,,part\n')).toMatchObject({ rows: { taken: 2, rejected: 1 } });
    expect((await service.request('GET', '/api/v1/accounts/whole', write)).body).toMatchObject({ name: 'Whole Ltd', parentId: null });
  });

  it('changes nothing on a dry run, and says what it would', async () => {
    const before = (await service.published(signalsTopic)).length;
    const one = await importOf('as=usage&dryRun=true', `${usage('dry', 10)}dry,u,never,opened\n`);
    expect(one).toMatchObject({ state: 'done', dryRun: true, rows: { read: 11, taken: 10, repeated: 0, rejected: 1 }, accounts: 0 });
    expect(await importOf('as=accounts&dryRun=true', 'id,country\ndry,de\ndry2,zz\n')).toMatchObject({ rows: { taken: 1, rejected: 1 } });
    expect((await service.published(signalsTopic)).length).toBe(before);
    expect((await service.request('GET', '/api/v1/accounts/dry', write)).status).toBe(404);
  });

  it('states people, contracts and licences as of the file: the same file again is no news, another one in between is', async () => {
    const [first, second] = ['Contact,Account,Job title,Role\nann,west,VP,sponsor\n', 'Contact,Account,Job title,Role\nann,west,SVP,sponsor\n'];
    const titles = async () => (await eventsOf('west')).flatMap((data) => (typeof data === 'string' ? [] : [`${String(data.data['change'])} ${String(data.data['title'])}`]));
    await importOf('as=people', first);
    await importOf('as=people', first);
    expect(await titles()).toEqual(['created VP']);
    (service.clock as TestClock).advance(new Date(service.clock.now().getTime() + 1000));
    await importOf('as=people', second);
    (service.clock as TestClock).advance(new Date(service.clock.now().getTime() + 1000));
    await importOf('as=people', first);
    expect(await titles()).toEqual(['created VP', 'updated SVP', 'updated VP']);
    expect((await service.request('GET', '/api/v1/people?accountId=west', write)).body.data).toMatchObject([{ id: 'ann', title: 'VP', roles: ['executive_sponsor'] }]);
    const contracts = await importOf('as=contracts&map=Buchung%3DcontractId', 'Buchung,Account,Start,End,ARR\nc1,west,2026-01-01,2026-12-31,"1,200.50"\nc2,west,2026-01-01,2025-12-31,5\n');
    expect(await errorsOf(contracts.id)).toEqual([expect.objectContaining({ row: 3, code: 'term_ends_before_start', column: 'End' })]);
    expect((await eventsOf('west')).at(-2)).toMatchObject({ kind: 'contract', data: { contractId: 'c1', arrMinor: 120_050, currency: 'USD' } });
  });

  it('takes SIGNALs as they are, and tells conflicts of ids by row', async () => {
    const line = (id: string, event: string) => JSON.stringify({ id, kind: 'usage', accountId: 'raw', occurredAt: '2026-02-01T00:00:00Z', data: { event } });
    const one = await importOf('as=signals', `${line('1', 'a')}\n${line('1', 'b')}\n${line('1', 'a')}\n{"kind":"usage"}\n`);
    expect(one).toMatchObject({ rows: { read: 4, taken: 1, repeated: 1, rejected: 2 } });
    expect((await errorsOf(one.id)).map(({ row, code }) => [row, code])).toEqual([[2, 'id_conflict'], [4, 'missing_field']]);
  });

  it('loses one row, not the file, to what cannot be kept or nests without end', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const good = '{"id":"kept","name":"Kept"}';
    const accounts = await importOf('as=accounts', `${good}\n{"id":"n1","name":"N\\u0000"}\n{"id":"n2","traits.crm":"\\ud800"}\n{"id":"n3","traits":{"a":${deep}}}\n{"id":"n4","\\u0000":1}\n{"id":"n5","traits":{"\\ud800":1}}\n${good.replace('kept', 'kept-2')}\n`);
    expect(accounts).toMatchObject({ state: 'done', failure: null, rows: { read: 7, taken: 4, rejected: 3 } });
    expect((await errorsOf(accounts.id)).map(({ row, code }) => [row, code])).toEqual([2, 3, 4].map((row) => [row, 'invalid_value']));
    const line = (event: string, more = '') => `{"kind":"usage","accountId":"odd","occurredAt":"2026-02-01T00:00:00Z","data":{"event":"${event}"${more}}}`;
    const signals = await importOf('as=signals', `${line('a')}\n${line('\\u0000')}\n${line('\\ud800')}\n${line('b', `,"properties":{"a":${deep}}`)}\n${line('c')}\n`);
    expect(signals).toMatchObject({ state: 'done', failure: null, rows: { read: 5, taken: 2, rejected: 3 } });
    expect((await errorsOf(signals.id)).map(({ row, code }) => [row, code])).toEqual([[2, 'nul_character'], [3, 'lone_surrogate'], [4, 'too_deep']]);
    expect(await send('POST', '/api/v1/imports/preview?as=signals', line('b', `,"properties":{"a":${deep}}`))).toMatchObject({ status: 200, body: { rows: [{ error: { code: 'too_deep' } }] } });
    expect(await importOf('as=usage', `Account,Date,Action,Quantity\nodd,2026-01-01,opened,${'9'.repeat(400)}\nodd,2026-01-01,opened,9\n`)).toMatchObject({ state: 'done', rows: { taken: 1, rejected: 1 } });
    const csv = await importOf('as=accounts', `id,name\n${'filler,Filler\n'.repeat(6_000)}torn,T\0\nlast,Last\n`);
    expect(csv).toMatchObject({ state: 'done', failure: null, rows: { read: 6_002, rejected: 1 } });
  });

  it('goes on with an upload where it broke off, and checks that it is the file', async () => {
    const file = Buffer.from(usage('parts', 30));
    const sha256 = createHash('sha256').update(file).digest('hex');
    const begun = await send('POST', `/api/v1/imports?as=usage&sha256=${sha256}`, file.subarray(0, 100), { 'upload-complete': '?0' });
    expect(begun).toMatchObject({ status: 201, body: { state: 'uploading', receivedBytes: 100 } });
    const path = `/api/v1/imports/${begun.body.id}`;
    expect(await send('PATCH', path, 'x', { 'upload-offset': '99' })).toMatchObject({ status: 409, body: { code: 'upload_offset_conflict' } });
    // A sender that goes away in the middle: what came stays.
    const broken = new AbortController();
    const half = async function* () {
      yield file.subarray(100, 300);
      await sleep(200);
      broken.abort();
    };
    await expect(service.fetch('PATCH', path, { ...write, headers: { 'upload-offset': '100' }, bytes: ReadableStream.from(half()), signal: broken.signal })).rejects.toThrow();
    const at = async () => (await service.request<Job>('GET', path, write)).body.receivedBytes;
    for (let i = 0; i < 100 && (await at()) === 100; i++) await sleep(20);
    expect(await at()).toBe(300);
    expect(await send('PATCH', path, file.subarray(300), { 'upload-offset': '300' })).toMatchObject({ status: 200, body: { receivedBytes: file.length } });
    await service.settle();
    expect((await service.request('GET', path, write)).body).toMatchObject({ state: 'done', rows: { taken: 30 }, sha256 });
    expect((await service.request('GET', `/api/v1/imports?sha256=${sha256}&as=usage`, write)).body.data).toHaveLength(1);
    expect(await importOf(`as=usage&sha256=${'0'.repeat(64)}`, file)).toMatchObject({ state: 'failed', failure: { code: 'upload_damaged' } });
  });

  it('says why a file or a request cannot be taken', async () => {
    expect(await importOf('as=usage', 'PK\x03\x04')).toMatchObject({ state: 'failed', failure: { code: 'unknown_format' } });
    expect(await importOf('as=usage', 'a,b\n1,2\n')).toMatchObject({ state: 'failed', failure: { code: 'columns_missing' } });
    expect(await importOf('as=usage', gzipSync(usage('x', 40)).subarray(0, 60))).toMatchObject({ state: 'failed', failure: { code: 'broken_file' } });
    expect(await send('POST', '/api/v1/imports?as=usagee&colour=red&map=x', 'a')).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer: '?colour' }, { pointer: '?map' }] } });
    expect(await send('POST', '/api/v1/imports?as=usagee', 'a')).toMatchObject({ status: 400, body: { code: 'unknown_kind' } });
    expect(await send('POST', '/api/v1/imports?as=usage', Buffer.alloc(1_000_001))).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect(await send('POST', '/api/v1/imports/preview?as=usage', usage('pre', 9))).toMatchObject({ status: 200, body: { format: { kind: 'csv' }, columns: [{ field: 'accountId' }, { field: 'personId' }, { field: 'occurredAt' }, { field: 'event' }], rows: { length: 5 } } });
    expect((await service.request('POST', '/api/v1/imports?as=usage', { scopes: ['signals:write'] })).status).toBe(403);
  });

  it('keeps nothing of a file that turns out to be too large on its way', async () => {
    const sha256 = '1'.repeat(64);
    const parts = async function* () {
      for (let i = 0; i < 5; i++) yield new Uint8Array(300_000);
    };
    expect(await service.request('POST', `/api/v1/imports?as=usage&sha256=${sha256}`, { ...write, bytes: ReadableStream.from(parts()) })).toMatchObject({ status: 413, body: { code: 'too_large' } });
    await service.settle();
    expect((await service.request('GET', `/api/v1/imports?sha256=${sha256}&as=usage`, write)).body.data).toMatchObject([{ state: 'failed', failure: { code: 'too_large' } }]);
    expect(await service.running.get<Database>(Database).query('SELECT DISTINCT import_id FROM import_part JOIN import ON id = import_id WHERE state = \'failed\'')).toEqual([]);
  });

  it('gives up an upload that nobody went on with, and forgets faulty rows in time', async () => {
    const one = await importOf('as=accounts', 'id,country\nx,xx\n');
    const { body } = await send('POST', '/api/v1/imports?as=usage', 'Account', { 'upload-complete': '?0' });
    const days = (count: number) => new Date(service.clock.now().getTime() + count * 86_400_000);
    await service.advance(days(6));
    expect((await service.request('GET', `/api/v1/imports/${body.id}`, write)).body).toMatchObject({ state: 'uploading' });
    await service.advance(days(3));
    expect((await service.request('GET', `/api/v1/imports/${body.id}`, write)).body).toMatchObject({ state: 'cancelled', failure: { code: 'upload_abandoned' } });
    expect(await errorsOf(one.id)).toHaveLength(1);
    await service.advance(days(90));
    expect(await errorsOf(one.id)).toEqual([]);
  });

  it('can be cancelled', async () => {
    const { body } = await send('POST', '/api/v1/imports?as=usage', 'Account', { 'upload-complete': '?0' });
    expect((await service.request('POST', `/api/v1/imports/${body.id}/cancel`, write)).status).toBe(200);
    await service.settle();
    expect((await service.request('GET', `/api/v1/imports/${body.id}`, write)).body).toMatchObject({ state: 'cancelled', endedAt: expect.any(String) });
    expect(await send('PATCH', `/api/v1/imports/${body.id}`, 'x', { 'upload-offset': '7' })).toMatchObject({ status: 409 });
  });
});
