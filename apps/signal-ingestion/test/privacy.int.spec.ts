import { jest } from '@jest/globals';
import { accountsTopic, allTopics, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { ErasePeople } from '../src/application/erase-people.js';
import { Erasures } from '../src/application/erasures.js';
import type { ErasureView } from '../src/http/privacy.controller.js';
import { signalIngestion } from '../src/service.js';

/** Stands in every text that is planted about the person; nothing else holds it. */
const bird = 'zugtaube';

jest.setTimeout(20_000);

describe('a person', () => {
  let service: TestService;
  let database: Database;
  let writeKey: string;
  let acme: string;
  let person: string;
  let email: string;
  let test = 0;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    database = service.running.get(Database);
    writeKey = (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'Web' } })).body.writeKey;
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(() => {
    acme = `acme-${++test}`;
    person = `${bird}-${test}`;
    email = `${bird}-${test}@acme.com`;
  });

  const admin = { scopes: ['admin'] as const };
  const send = async (...signals: object[]) => {
    const { body } = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals } });
    await service.settle();
    return body.results as { status: string; code?: string }[];
  };
  const batch = async (...events: object[]) => {
    const response = await fetch(`${service.running.url}/v1/batch`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }, body: JSON.stringify({ batch: events }) });
    expect(response.status).toBe(200);
    await service.settle();
    return response.headers.get('x-rejected-count');
  };
  const erase = async (id: string) => {
    const { status, body } = await service.request<ErasureView>('POST', `/api/v1/people/${encodeURIComponent(id)}/erase`, { ...admin, body: { reason: 'request 17' } });
    expect([status, body.state]).toEqual([202, 'requested']);
    return ended(body.id);
  };
  /** As far as it comes within 36 seconds. */
  const ended = async (id: string) => {
    await service.settle();
    const looked = async () => (await service.request<ErasureView>('GET', `/api/v1/erasures/${id}`, admin)).body;
    let erasure = await looked();
    for (let i = 0; i < 12 && erasure.state !== 'done'; i++) {
      // How far the groups are is written down now and then.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await service.advance(new Date(service.clock.now().getTime() + 3000));
      erasure = await looked();
    }
    return erasure;
  };
  /** Every row of every table of the service's database. */
  const dump = async () => {
    const tables = await database.query<{ name: string }>(`SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'`);
    const rows = await Promise.all(tables.map(async ({ name }) => (await database.query<{ row: string }>(`SELECT to_json(t)::text AS row FROM ${name} t`)).map(({ row }) => `${name} ${unhexed(row)}`)));
    return rows.flat();
  };
  const log = async () => {
    const found: string[] = [];
    for (const topic of [telemetryTopic.name, signalsTopic.name, accountsTopic.name]) {
      for (const { partition, low, high } of await service.eventLog.watermarks(topic)) {
        for (let at = low; at < high; ) {
          const records = await service.eventLog.read(topic, partition, at, 500);
          for (const { key, value, headers } of records) found.push(`${topic} ${key} ${JSON.stringify(headers)} ${value?.toString('utf8')}`);
          if (records.length === 0) break;
          at = records.at(-1)!.offset + 1n;
        }
      }
    }
    return found;
  };
  const withBird = (rows: readonly string[]) => rows.filter((row) => row.toLowerCase().includes(bird));

  /** Plants the person wherever a person can be; and somebody else beside them. */
  const plant = async () => {
    await send(
      { id: `p-${test}`, kind: 'person', accountId: acme, personId: person, data: { change: 'created', email, name: `Frau ${bird}`, title: bird, roles: ['champion'] } },
      { id: `u-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened', properties: { who: bird } } },
      { id: `s-${test}`, kind: 'survey', accountId: acme, personId: `email:${email.toUpperCase().replace('ACME', 'acme')}`, data: { type: 'nps', score: 9, comment: `says ${bird}` } },
      { id: `m-${test}`, kind: 'engagement', accountId: acme, personId: 'other', data: { type: 'meeting', outcome: 'held', attendees: [{ personId: person, role: 'champion' }, { personId: 'other', role: 'influencer' }] } },
      { id: `n-${test}`, kind: 'note', accountId: acme, data: { text: `write to ${email}`, author: 'csm' } },
      { id: `o-${test}`, kind: 'usage', accountId: acme, personId: 'other', data: { event: 'Opened' } },
      { id: `bad-${test}`, kind: 'pulse', accountId: acme, personId: person, data: { pulse: 9, reason: bird } },
    );
    await batch(
      { type: 'identify', messageId: `i-${test}`, userId: person, anonymousId: `visitor-${person}`, traits: { email, name: bird } },
      { type: 'track', messageId: `t-${test}`, anonymousId: `visitor-${person}`, event: 'Opened', properties: { a: bird } },
      { type: 'track', messageId: `bad-${test}`, userId: person, event: '', properties: { a: bird } },
      { type: 'track', messageId: `name-${test}`, userId: 'other', event: `${email} clicked` },
    );
    await service.eventLog.append(telemetryTopic.name, [{ key: person, value: Buffer.from(`no json, ${email}`), headers: { ce_specversion: '1.0', ce_id: 'x', ce_type: 'perennial.signal.usage.v1', ce_source: 'k' } }]);
    await service.settle();
  };

  it('is exported whole, under any of their ids', async () => {
    await plant();
    expect(withBird(await dump()).length).toBeGreaterThan(10);
    const lines = async (id: string) => (await (await service.fetch('GET', `/api/v1/people/${encodeURIComponent(id)}/export`, admin)).text()).trim().split('\n').map((line) => JSON.parse(line) as { kind: string; known?: boolean; row: { keys?: string[]; message_id?: string } });
    const exported = await lines(email);
    expect(await lines(person)).toEqual(exported);
    expect(exported[0]).toMatchObject({ kind: 'person', known: true, row: { keys: [`anonymous:visitor-${person}`, `email:${email}`, person, email], emails: [email], names: [`Frau ${bird}`, bird] } });
    expect(exported.filter(({ kind }) => kind === 'signal').map(({ row }) => row.message_id?.split('-')[0]).toSorted()).toEqual(['i', 'm', 'n', 'name', 'p', 's', 't', 'u']);
    expect(exported.filter(({ kind }) => kind === 'rejected')).toHaveLength(2);
    expect(await lines(`email:never-${test}@seen.example`)).toEqual([expect.objectContaining({ kind: 'person', known: false })]);
    expect(new Set(exported.map(({ kind }) => kind))).toEqual(new Set(['person', 'identity', 'contact', 'signal', 'rejected', 'name']));
    expect((await service.request('GET', `/api/v1/people/${person}/export`, { scopes: ['accounts:read', 'operate'] })).status).toBe(403);
    await erase(email);
  });

  it('leaves nothing behind when erased: no row, no record, and the account is told again without them', async () => {
    await plant();
    const erasure = await erase(email);
    expect(erasure).toMatchObject({ known: true, state: 'done', reason: 'request 17', rejected: 2, accounts: 1, logCleanAt: null });
    expect(erasure.messages).toBeGreaterThanOrEqual(8);
    expect(erasure.logRecords).toBeGreaterThan(5);
    expect(withBird(await dump())).toEqual([]);
    expect(withBird(await log())).toEqual([]);

    expect((await log()).some((record) => record.startsWith(`${signalsTopic.name} ${acme} `) && record.includes('perennial.account.reset.v1'))).toBe(true);
    const { body } = await service.request<{ data: { id: string; data: { attendees: object[]; text: string; event: string } }[] }>('GET', `/api/v1/accounts/${acme}/signals?limit=100`, { scopes: ['accounts:read'] });
    const dataOf = (id: string) => body.data.find((one) => one.id === `${id}-${test}`)?.data;
    expect(body.data.map(({ id }) => id).toSorted()).toEqual([`m-${test}`, `n-${test}`, `name-${test}`, `o-${test}`]);
    expect(dataOf('name')?.event).toBe('(erased) clicked');
    expect(dataOf('m')?.attendees).toEqual([{ personId: 'other', role: 'influencer' }]);
    expect(dataOf('n')?.text).toBe('write to (erased)');
    expect((await service.request('GET', '/api/v1/rejected?state=expired&limit=100', { scopes: ['accounts:read', 'operate'] })).body.data).toContainEqual(expect.objectContaining({ payload: null, replayable: 'no' }));
    expect((await service.request('GET', `/api/v1/people/${person}/suppression`, admin)).body).toEqual({ suppressed: true });
  });

  it('stays erased: at the door, in meetings, behind it, and while they are replayed', async () => {
    await send({ id: `a-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened' } }, { id: `bad-${test}`, kind: 'pulse', accountId: acme, personId: person, data: { pulse: 9, reason: 'x' } });
    const [{ id }] = (await service.request('GET', '/api/v1/rejected?state=open&limit=1', { scopes: ['accounts:read', 'operate'] })).body.data as [{ id: string }];
    await erase(person);
    expect(await send({ id: `b-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened' } }, { id: `c-${test}`, kind: 'engagement', accountId: acme, data: { type: 'meeting', attendees: [{ personId: person }, { personId: 'x' }] } }, { id: `d-${test}`, kind: 'pulse', accountId: acme, personId: person, data: { pulse: 9, reason: 'x' } }))
      .toMatchObject([{ status: 'rejected', code: 'person_suppressed' }, { status: 'accepted' }, { status: 'rejected' }]);
    expect(await batch({ type: 'track', userId: person, event: 'x' }, { type: 'track', userId: 'other', event: 'x' })).toBe('1');
    // Another producer, and a replay of telemetry from before.
    await service.publish(telemetryTopic, [{ type: 'perennial.vendor.call.v1', key: person, data: { sourceId: 'k', vendor: 'segment', call: 'track', body: { messageId: 'old', userId: person, event: 'x', context: { groupId: acme } }, receivedAt: service.clock.now().toISOString(), sentAt: null } }]);
    await service.settle();
    expect(withBird(await dump())).toEqual([]);
    expect((await service.request('GET', '/api/v1/sources/topic/figures', { scopes: ['operate'] })).body.suppressed).toBe(1);
    expect((await service.request('POST', `/api/v1/rejected/${id}/replay`, { scopes: ['operate'], body: {} })).status).toBe(409);

    await service.request('DELETE', `/api/v1/people/${person}/suppression`, admin);
    expect(await send({ id: `e-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened' } })).toMatchObject([{ status: 'accepted' }]);
    expect((await service.request('GET', `/api/v1/people/${person}`, { scopes: ['accounts:read'] })).status).toBe(200);
    await erase(person);
  });

  it('is gone even when they are erased while their messages stream in, and a second erasure changes nothing', async () => {
    const stream = Array.from({ length: 40 }, (_, i) => Array.from({ length: 50 }, (_, j) => ({ id: `${i}-${j}`, kind: 'usage', accountId: acme, personId: j % 2 === 0 ? person : `other-${test}`, data: { event: 'Opened' } })));
    let sent = 0;
    const sending = (async () => {
      for (const signals of stream) {
        await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals } });
        sent++;
      }
    })();
    while (sent < 10) await new Promise((resolve) => setTimeout(resolve, 1));
    const { body } = await service.request('POST', `/api/v1/people/${person}/erase`, { ...admin, body: {} });
    await sending;
    expect((await ended(body.id)).state).toBe('done');
    expect(withBird(await dump())).toEqual([]);
    expect(withBird((await log()).filter((record) => !record.startsWith(telemetryTopic.name)))).toEqual([]);
    expect((await service.request('GET', `/api/v1/accounts/${acme}/signals?limit=100`, { scopes: ['accounts:read'] })).body.hasMore).toBe(true);
    expect((await database.query({ text: 'SELECT count(*) AS n FROM message WHERE account_id = $1', values: [acme] }))[0]).toEqual({ n: '1000' });
    expect(await erase(person)).toMatchObject({ known: false, state: 'done', messages: 0, accounts: 0 });
    expect(await service.running.get(ErasePeople).nextDueAt()).toBeNull();
  });

  it('is not gone before a file is that was on its way', async () => {
    const upload = await service.fetch('POST', '/api/v1/imports?as=people', { scopes: ['accounts:write'], bytes: Buffer.from(`personId,accountId,email\n${person},${acme},${email}\n`), headers: { 'upload-complete': '?0', 'content-type': 'text/csv' } });
    const { id } = (await upload.json()) as { id: string };
    const erasure = await erase(email);
    expect(erasure.state).toBe('database_done');
    expect(withBird(await dump()).filter((row) => !row.startsWith('erasure '))).toHaveLength(1);
    await service.request('POST', `/api/v1/imports/${id}/cancel`, { scopes: ['accounts:write'], body: {} });
    await service.settle();
    await service.advance(new Date(service.clock.now().getTime() + 60_000));
    expect((await ended(erasure.id)).state).toBe('done');
    expect(withBird(await dump())).toEqual([]);
  });

  it('is erased without a transaction open while the log is asked and emptied, once where two do it at the same time', async () => {
    await plant();
    const erasures = service.running.get(Erasures);
    const free: boolean[] = [];
    const looked: number[] = [];
    // Throws where any transaction holds the erasure.
    const isFree = () => database.query('SELECT 1 FROM erasure FOR SHARE NOWAIT').then(() => void free.push(true), () => void free.push(false));
    const { eventLog } = service;
    const [asked, emptied] = [eventLog.committed.bind(eventLog), eventLog.erase.bind(eventLog)];
    const spies = [
      jest.spyOn(eventLog, 'committed').mockImplementation(async (...of) => {
        await isFree();
        return asked(...of);
      }),
      jest.spyOn(eventLog, 'erase').mockImplementation(async (topic, ...rest) => {
        await isFree();
        // As if it hung for so long that another replica takes the first look, and is the first to be done with it.
        if (topic === allTopics[0]!.name && looked.length === 0) {
          await database.query(`UPDATE erasure SET leased_until = '-infinity' WHERE state <> 'done'`);
          await database.transaction(async (tx) => {
            const other = await erasures.claim(tx, service.clock.now());
            if (other) looked.push(Number(await erasures.save(tx, { ...other.erasure, logLooks: 1, logRecords: 1000 }, other.lease)));
          });
        }
        return emptied(topic, ...rest);
      }),
    ];
    const erasure = await erase(email);
    for (const spy of spies) spy.mockRestore();
    expect([erasure.state, looked, new Set(free)]).toEqual(['done', [1], new Set([true])]);
    // What the first one found is not counted over what the other one saved.
    expect(erasure.logRecords).toBeGreaterThanOrEqual(1000);
    expect(withBird([...(await dump()), ...(await log())])).toEqual([]);
  });

  it('is not taken for somebody whose address ends or begins like theirs, or who has their name', async () => {
    await plant();
    const namesake = { id: `same-${test}`, kind: 'person', accountId: acme, personId: `same-${test}`, data: { change: 'created', name: `Frau ${bird}` } };
    await send(namesake, { id: `named-${test}`, kind: 'note', accountId: acme, data: { text: `Frau ${bird} called`, author: 'csm' } });
    await send({ id: `mo-${test}`, kind: 'note', accountId: acme, data: { text: `mo${email} and ${email}.au`, author: 'csm' } }, { id: `bad-mo-${test}`, kind: 'pulse', accountId: acme, data: { pulse: 9, reason: `mo${email}` } });
    await erase(email);
    const kept = withBird([...(await dump()), ...(await log())]).map((row) => row.split(' ', 1)[0]!.replace(/_week.*/, ''));
    expect(new Set(kept)).toEqual(new Set(['contact', 'message', 'rejected', signalsTopic.name, telemetryTopic.name]));
    // Not emptied and told again: a service that reads the log from its start hears of the one, and of nobody in the other.
    const toldAgain = (await log()).filter((record) => record.startsWith(`${signalsTopic.name} ${acme} `) && (record.includes(`"same-${test}"`) || record.includes(`"named-${test}"`)));
    expect(toldAgain.map((record) => [record.includes(`Frau ${bird}`), record.includes('(erased) called')]).toSorted()).toEqual([[false, true], [true, false], [true, false]]);
    // Not for the tests to come.
    for (const id of [`mo${email}`, `${email}.au`, `same-${test}`]) await erase(id);
    expect(withBird(await dump())).toEqual([]);
  });

  it('may be suppressed without being erased', async () => {
    await send({ id: `a-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened' } });
    expect((await service.request('PUT', `/api/v1/people/${person}/suppression`, admin)).status).toBe(204);
    expect(await send({ id: `b-${test}`, kind: 'usage', accountId: acme, personId: person, data: { event: 'Opened' } })).toMatchObject([{ code: 'person_suppressed' }]);
    expect((await service.request('GET', `/api/v1/accounts/${acme}/signals`, { scopes: ['accounts:read'] })).body.data).toHaveLength(1);
    // By hand neither, and nobody is told that it was done.
    await send({ id: `o-${test}`, kind: 'usage', accountId: `${acme}-other`, personId: 'other', data: { event: 'Opened' } });
    for (const [method, path, body] of [['POST', 'assign', { accountId: `${acme}-other` }], ['PUT', 'roles', { accountId: acme, roles: ['champion'] }]] as const) {
      expect(await service.request(method, `/api/v1/people/${person}/${path}`, { scopes: ['accounts:write'], body })).toMatchObject({ status: 409, body: { code: 'person_suppressed' } });
    }
    for (const path of ['suppression', 'export']) expect((await service.request('GET', `/api/v1/people/${person}/${path}`, { scopes: ['operate'] })).status).toBe(403);
  });

  // The last one: its group stays a reader of this log.
  it('is not gone before others have read what was said, and the erasure names who has not', async () => {
    let isDown = false;
    const reader = await service.eventLog.subscribe({
      group: 'notifications.accounts', topic: accountsTopic.name,
      onBatch: async ({ records, lowWatermark }) => {
        if (isDown) throw new Error('down');
        return (records.at(-1)?.offset ?? lowWatermark - 1n) + 1n;
      },
    });
    await plant();
    await until(async () => (await service.eventLog.committed('notifications.accounts', accountsTopic.name)).size > 0);
    isDown = true;
    const erasure = await erase(email);
    expect(erasure).toMatchObject({ state: 'database_done', waitsFor: ['notifications.accounts'] });
    isDown = false;
    await until(async () => (await ended(erasure.id)).state === 'done');
    expect(await ended(erasure.id)).toMatchObject({ state: 'done', waitsFor: [] });
    await reader.close();
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await isSo()); ) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Bytes as `to_json` shows them, as the text they hold. */
function unhexed(row: string): string {
  return row.replaceAll(/\\\\x([0-9a-f]{2,})/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('utf8'));
}
