import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { addresses } from '../src/domain/vendors/vendors.js';
import { signalIngestion } from '../src/service.js';
import { places, replaced } from './fuzz/places.js';
import { samples, type Json } from './fuzz/samples.js';

jest.setTimeout(60_000);

/** Every address that takes a body, with what is its limit. */
const doors = [
  ...addresses.flatMap(({ method, path, served }) => (method === 'POST' ? [{ path, served, most: Math.max(...served.map((one) => (one.path.call === null ? one.vendor.limits.batchBytes : one.vendor.limits.itemBytes))) }] : [])),
  { path: '/api/v1/signals', served: [], most: 4 * 1024 * 1024 },
  { path: 'hook', served: [], most: 1024 * 1024 },
];
const bomb = gzipSync(Buffer.alloc(60_000_000, 0x20));
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** What nobody can read, whoever sent it: rows 2, 3 and 5. */
const unreadable = (most: number): [name: string, body: Buffer | string, headers: Record<string, string>][] => [
  ['no JSON', 'hello', {}],
  ['nothing', '', {}],
  ['a number', '7', {}],
  ['a text', '"x"', {}],
  ['JSON cut off', '{"batch":[{"type":"track"', {}],
  ['a byte order mark before nothing', Buffer.from([0xef, 0xbb, 0xbf]), {}],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }],
  ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}],
  ['half of a gzip', gzipSync('{"batch":[]}').subarray(0, 15), { 'content-encoding': 'gzip' }],
  ['gzip that is none', '{"batch":[]}', { 'content-encoding': 'gzip' }],
  ['an encoding nobody knows', '{"batch":[]}', { 'content-encoding': 'zstd' }],
  ['a bomb', bomb, { 'content-encoding': 'gzip' }],
  ['a bomb that says nothing of it', bomb, { 'content-type': 'text/plain' }],
  ['one byte too much', `{"x":"${'y'.repeat(most - 7)}"}`, {}],
  ['20,000 levels', `{"batch":${deep},"signals":${deep},"data":${deep},"events":${deep},"resourceLogs":${deep}}`, {}],
];

/** What stands in the place of one part of a good body: rows 4 to 7. */
const hostile: readonly Json[] = [
  null, -1, 1e308, 9007199254740993, '', 'x'.repeat(201), 'x'.repeat(40_000), 'a\0b', '\ud800', '\u0007', '__proto__', `'; DROP TABLE message; --`, '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'soon',
  [], {}, JSON.parse('{"__proto__":{"x":1}}') as Json, { constructor: { prototype: {} } }, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`n${i}`, i])), { ['n'.repeat(300)]: 1 }, nested(12), nested(3_000),
];

function nested(levels: number): Json {
  let value: Json = 1;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
}

describe('bad bodies', () => {
  let service: TestService;
  let sourceId: string;
  let key: string;
  let hook: { id: string; hookPath: string; secret: string };

  /** Headers that go on for ever, from the first test on: after how many seconds each connection was cut off. */
  let dripping: Promise<number>[];

  /** Also where it was cut off while it wrote, and hears of a reset. */
  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
  const drip = async (): Promise<number> => {
    const { hostname, port } = new URL(service.running.url);
    const since = performance.now();
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.write('POST /v1/batch HTTP/1.1\r\nHost: x\r\n');
    const timer = setInterval(() => socket.write('X-A: b\r\n'), 500);
    await closed(socket);
    clearInterval(timer);
    return (performance.now() - since) / 1000;
  };

  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { SOURCE_SECRETS_KEY: randomBytes(32).toString('base64url'), INGEST_REQUESTS_PER_SECOND: '1000000' } });
    const make = async (body: object) => (await service.request<{ id: string; writeKey: string; hookPath: string; secret: string }>('POST', '/api/v1/sources', { scopes: ['operate'], body: { name: 'x', ...body } })).body;
    ({ id: sourceId, writeKey: key } = await make({ type: 'segment' }));
    // Whatever is refused is looked through for people who were suppressed.
    await service.request('PUT', '/api/v1/people/suppressed/suppression', { scopes: ['admin'] });
    dripping = Array.from({ length: 50 }, drip);
    hook = await make({ type: 'generic', settings: { signature: 'shared-secret', mapping: '{"kind": "note", "accountId": account, "data": {"text": text, "author": "x"}}' } });
  }, 30_000);
  afterAll(() => service.stop());

  const authorization = () => `Basic ${btoa(`${key}:`)}`;
  const post = async (path: string, body: Buffer | string, headers: Record<string, string> = {}) => {
    const to = path === 'hook' ? hook.hookPath : path;
    const own: Record<string, string> = path === 'hook' ? { 'x-webhook-secret': hook.secret } : { authorization: authorization() };
    const response = await fetch(service.running.url + to, { method: 'POST', headers: { ...own, ...headers }, body: body as string });
    return { status: response.status, rejected: Number(response.headers.get('x-rejected-count')), text: await response.text() };
  };
  const records = async (...of: string[]) => (await service.published(telemetryTopic)).filter((event) => {
    const { sourceId: from } = event.data as { readonly sourceId?: string };
    return (of.length > 0 ? of : [sourceId, hook.id]).includes((from ?? '').split('/')[0]!);
  });
  const accepted = async () => (await records()).filter(({ type }) => type === 'perennial.vendor.call.v1').length;

  it.each(doors)('are refused, listed and never an error of ours at $path', async ({ path, most }) => {
    const [taken, told] = [await accepted(), (await records()).length];
    const answers = [];
    for (const [name, body, headers] of unreadable(most)) answers.push([name, await post(path, body, headers)] as const);
    // Some clients want a 200 whatever comes; what was not taken is counted beside it.
    expect(answers.filter(([, { status, rejected }]) => Math.floor(status / 100) !== 4 && !(status === 200 && rejected > 0))).toEqual([]);
    expect(await accepted()).toBe(taken);
    // 413 of a whole body is told to the sender alone where its size was announced.
    expect((await records()).length - told).toBeGreaterThanOrEqual(unreadable(most).length - 3);
  });

  it('with anything in the place of a part are taken or listed, item by item, all the way into the database', async () => {
    const before = (await records()).length;
    let [items, seed] = [0, 7];
    const random = (below: number): number => ((seed = (seed * 48_271) % 2_147_483_647) % below);
    for (const { served, body, carry } of samples) {
      const own = JSON.parse(JSON.stringify(body).replaceAll('"k"', JSON.stringify(key))) as Json;
      const spots = places(own);
      for (const by of hostile) {
        const spot = spots[1 + random(spots.length - 1)]!;
        const { body: bytes, query = {}, headers = {} } = carry(replaced(own, spot, by));
        const query$ = new URLSearchParams(query).toString();
        const method = served.path.method ?? 'POST';
        // What cannot travel in an address or a header is not ours to refuse.
        if (query$.length > 12_000 || Object.values(headers).some((value) => !/^[\x20-\x7e]{0,8000}$/.test(value))) continue;
        const response = await fetch(`${service.running.url}${served.path.path}${query$ === '' ? '' : `?${query$}`}`, { method, headers: { authorization: authorization(), ...headers }, ...(bytes && method === 'POST' ? { body: new Uint8Array(bytes) } : {}) });
        await response.arrayBuffer();
        expect([served.vendor.name, spot, by, response.status < 500]).toEqual([served.vendor.name, spot, by, true]);
        items++;
      }
    }
    expect(items).toBeGreaterThan(250);
    await service.settle();
    expect((await records()).length).toBeGreaterThan(before + items / 2);
    const metrics = (await service.request<string>('GET', '/metrics')).body;
    expect([...metrics.matchAll(/^perennial_dead_letters_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count)).filter((count) => count > 0)).toEqual([]);
    const { body: figures } = await service.request('GET', `/api/v1/sources/${sourceId}/figures`, { scopes: ['operate'] });
    expect(figures.accepted + figures.rejected + figures.duplicates).toBe((await records(sourceId)).length);
  });

  it('of webhooks are mapped or listed, whatever stands in them, and so are replays of them', async () => {
    for (const by of [...hostile, 7, true, [null]]) {
      const { status } = await post('hook', JSON.stringify({ account: by, text: 'x' }));
      const other = await post('hook', JSON.stringify({ account: 'hostile-co', text: by }));
      expect([by, status, other.status]).toEqual([by, 200, 200]);
    }
    expect((await post('hook', JSON.stringify({ account: 'x', deep: nested(3_000) }))).status).toBe(200);
    expect((await post('hook', `{"account":"x","deep":${deep}}`)).status).toBeLessThan(500);
    await service.settle();
    const replayed = await service.request('POST', '/api/v1/rejected/replay', { scopes: ['operate'], body: { where: { sourceId: hook.id } } });
    expect(replayed).toMatchObject({ status: 200, body: { taken: 0 } });
    expect(replayed.body.refused).toBeGreaterThan(10);
    const { data } = (await service.request('GET', `/api/v1/rejected?sourceId=${hook.id}&state=open&limit=1`, { scopes: ['accounts:read', 'operate'] })).body;
    for (const body of [`{"payload":{"payload":${deep}}}`, `{"patch":{"payload":${deep}}}`]) {
      const answer = await service.request('POST', `/api/v1/rejected/${data[0].id}/replay`, { scopes: ['operate'], bytes: body, headers: { 'content-type': 'application/json' } });
      expect([answer.status < 500, answer.status === 200 ? answer.body.result : 'refused']).toEqual([true, 'refused']);
    }
    expect((await service.request('POST', `/api/v1/sources/${hook.id}/try`, { scopes: ['operate'], bytes: `{"payload":{"a":${deep}}}`, headers: { 'content-type': 'application/json' } })).status).toBeLessThan(500);
  });

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks that are called otherwise', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 2\r\n\r\n{}'],
    ['a length that is none', 'Content-Length: +2\r\n\r\n{}'],
    ['chunks of a wrong size', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['a folded header', 'X-A: b\r\n c: d\r\nContent-Length: 2\r\n\r\n{}'],
  ])('with %s smuggle nothing behind them', async (_name, rest) => {
    const { hostname, port } = new URL(service.running.url);
    for (const path of ['/v1/batch', hook.hookPath, '/api/v1/signals']) {
      const before = (await records()).length;
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      let heard = '';
      socket.on('data', (data) => (heard += data.toString()));
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization()}\r\n${rest}POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization()}\r\nContent-Length: 25\r\n\r\n{"userId":"u","event":"x"}`);
      await Promise.race([closed(socket), sleep(3_000, undefined, { ref: false })]);
      socket.destroy();
      expect([path, heard.match(/^HTTP\/1\.1 \d+/gm)]).toEqual([path, ['HTTP/1.1 400']]);
      expect((await records()).length).toBe(before);
    }
  });

  it('whose headers never end hold nobody up, and are cut off', async () => {
    const [first, ...others] = await Promise.all(dripping);
    expect([first, ...others].filter((seconds) => seconds === undefined || seconds < 9 || seconds > 20)).toEqual([]);
  });
});
