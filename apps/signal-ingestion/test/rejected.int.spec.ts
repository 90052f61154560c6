import { signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import type { Scope } from '@perennial/service-kit/access';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

interface Listed {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly payload: Record<string, unknown>;
}

describe('rejected items', () => {
  let service: TestService;
  let key: string;
  let sourceId: string;
  let test = 0;
  let acme: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(async () => {
    acme = `acme-${++test}`;
    const { body } = await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: acme } });
    key = body.writeKey;
    sourceId = body.id;
  });

  const operate = { scopes: ['accounts:read', 'operate'] as const };
  const batch = async (...events: object[]) => {
    const response = await fetch(`${service.running.url}/v1/batch`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }, body: JSON.stringify({ batch: events, sentAt: '2026-03-02T09:00:00Z' }) });
    expect(response.status).toBe(200);
    await service.settle();
  };
  const track = (id: string, more: object = {}) => ({ type: 'track', messageId: id, userId: 'u', event: 'Opened', context: { groupId: acme }, ...more });
  const list = async (query = '') => (await service.request('GET', `/api/v1/rejected?sourceId=${sourceId}${query}`, operate)).body.data as Listed[];
  const replay = (path: string, body: object, headers: Record<string, string> = {}) => service.request('POST', `/api/v1/rejected/${path}`, { ...operate, body, headers });
  const signals = async () => (await service.published(signalsTopic)).flatMap(({ data }) => ('id' in data && data.accountId === acme ? [data] : []));

  it('are found by source, reason, state and time, one by one, and hidden from who may not see people', async () => {
    await batch(track('1'), track('2', { userId: '', anonymousId: null }), track('3', { timestamp: 'soon' }), track('4', { timestamp: 'later' }));
    expect((await list()).map(({ code }) => code)).toEqual(['timestamp_invalid', 'timestamp_invalid', 'identity_missing']);
    expect(await list('&code=identity_missing')).toHaveLength(1);
    expect(await list('&code=identity_missing&state=replayed')).toEqual([]);
    expect(await list('&from=2026-03-02&to=2026-03-02')).toHaveLength(3);
    expect(await list('&to=2026-03-01')).toEqual([]);
    expect((await service.request('GET', '/api/v1/rejected?from=2026-W10', operate)).status).toBe(400);
    const [{ id }] = (await list('&code=identity_missing')) as [Listed];
    expect((await service.request('GET', `/api/v1/rejected/${id}`, operate)).body).toMatchObject({ id, vendor: 'segment', call: 'track', replayable: 'yes', payload: { messageId: '2' } });
    expect((await service.request('GET', `/api/v1/rejected/${id}`, { scopes: ['accounts:read'] })).body.payload).toMatchObject({ messageId: '***', event: '***', context: { groupId: '***' } });
    expect((await service.request('GET', '/api/v1/rejected/00000000-0000-4000-8000-000000000000', operate)).status).toBe(404);
    expect((await service.request('POST', `/api/v1/rejected/${id}/replay`, { scopes: ['accounts:read'], body: {} })).status).toBe(403);
  });

  it('are put aside by id, source or reason, and come back by id alone', async () => {
    const dismiss = (body: object, scopes: readonly Scope[] = operate.scopes) => service.request('POST', '/api/v1/rejected/dismiss', { scopes, body });
    await batch(track('1', { timestamp: 'soon' }), track('2', { timestamp: 'later' }), track('3', { userId: '', anonymousId: null }));
    const [{ id }] = (await list('&code=identity_missing')) as [Listed];
    expect((await dismiss({ ids: [id] }, ['accounts:read'])).status).toBe(403);
    expect((await dismiss({})).status).toBe(400);
    expect((await dismiss({ ids: [id], where: {} })).status).toBe(400);
    expect((await dismiss({ ids: [id] })).body).toEqual({ dismissed: 1, hasMore: false });
    expect((await dismiss({ ids: [id] })).body).toEqual({ dismissed: 0, hasMore: false });
    expect(await list('&state=dismissed')).toMatchObject([{ id, settledAt: service.clock.now().toISOString(), replayable: 'yes' }]);

    expect((await dismiss({ where: { sourceId, code: 'timestamp_invalid', to: '2026-03-01' } })).body).toEqual({ dismissed: 0, hasMore: false });
    expect((await dismiss({ where: { sourceId, code: 'timestamp_invalid' } })).body).toEqual({ dismissed: 2, hasMore: false });
    expect(await list('&state=open')).toEqual([]);
    expect((await replay('replay', { where: { sourceId } })).body).toMatchObject({ taken: 0, refused: 0, results: [] });
    expect((await replay(`${id}/replay`, {})).body).toMatchObject({ result: 'refused', code: 'identity_missing' });
    expect((await replay(`${id}/replay`, { patch: { userId: 'u' } })).body).toMatchObject({ result: 'taken' });
    expect((await list()).map(({ state }) => state).toSorted()).toEqual(['dismissed', 'dismissed', 'replayed']);
  });

  it('count once they are mended, once, with the time they were received at', async () => {
    await batch(track('1', { timestamp: 'soon' }));
    const [{ id }] = (await list()) as [Listed];
    expect((await replay(`${id}/replay`, {})).body).toMatchObject({ result: 'refused', code: 'timestamp_invalid', pointer: '/timestamp' });
    await service.advance(new Date(service.clock.now().getTime() + 3_600_000));
    expect((await replay(`${id}/replay`, { patch: { timestamp: '2026-03-02T08:59:50Z' }, dryRun: true })).body).toEqual({ id, result: 'taken' });
    expect(await signals()).toEqual([]);
    const once = { 'idempotency-key': 'k' };
    expect((await replay(`${id}/replay`, { patch: { timestamp: '2026-03-02T08:59:50Z' } }, once)).body).toEqual({ id, result: 'taken' });
    expect((await replay(`${id}/replay`, { patch: { timestamp: '2026-03-02T08:59:50Z' } }, once)).body).toEqual({ id, result: 'taken' });
    await service.settle();
    expect(await signals()).toMatchObject([{ id: '1', sourceId, occurredAt: '2026-03-02T08:59:50.000Z', receivedAt: '2026-03-02T09:00:00.000Z' }]);
    expect(await replay(`${id}/replay`, {})).toMatchObject({ status: 409, body: { code: 'not_open' } });
    expect(await list('&state=replayed')).toMatchObject([{ id, settledAt: service.clock.now().toISOString(), replayable: 'no' }]);
  });

  it('are replayed in bulk, page by page, each for itself, also when two do it at once', async () => {
    await batch(...Array.from({ length: 30 }, (_, i) => track(`${i}`, { event: i % 10 === 0 ? '' : 'x', timestamp: 'soon' })));
    const patch = { timestamp: '2026-03-02T08:00:00Z' };
    const page = (startingAfter?: string) => replay('replay', { where: { sourceId, code: 'timestamp_invalid' }, patch, limit: 20, startingAfter });
    const [first, other] = await Promise.all([page(), page()]);
    expect(first.body.taken + other.body.taken).toBe(27);
    expect([first.body.hasMore, other.body.hasMore]).toContain(true);
    await service.settle();
    expect(await signals()).toHaveLength(27);
    const left = await list('&state=open');
    expect(left).toHaveLength(3);
    const { body } = await replay('replay', { ids: [left[0]!.id, '00000000-0000-4000-8000-000000000000', left[1]!.id], patch: { ...patch, event: 'mended' } });
    expect(body).toMatchObject({ taken: 2, results: [{ result: 'taken' }, { result: 'not_open' }, { result: 'taken' }] });
    expect((await replay('replay', {})).status).toBe(400);
  });

  it('are listed and replayed a few at a time where they are large, none left out', async () => {
    await service.running.get(Database).query({
      text: `INSERT INTO rejected (id, source_id, received_at, code, detail, payload, state, vendor, call)
             SELECT gen_random_uuid(), $1, now(), 'x', 'x', '{"type":"track","event":"' || n || '","text":"' || repeat('y', 700000) || '"}', 'open', 'segment', 'track' FROM generate_series(1, 30) n`,
      values: [sourceId],
    });
    const seen: Listed[] = [];
    for (let pages = 1, hasMore = true; hasMore; pages++) {
      const { body } = await service.request('GET', `/api/v1/rejected?sourceId=${sourceId}&limit=100${seen.length === 0 ? '' : `&startingAfter=${seen.at(-1)!.id}`}`, operate);
      expect(body.data).toHaveLength(5);
      seen.push(...body.data);
      hasMore = body.hasMore;
      expect(pages).toBeLessThan(10);
    }
    expect(seen.map(({ payload }) => payload['event'])).toEqual(Array.from({ length: 30 }, (_, at) => `${30 - at}`));
    const ids = seen.map(({ id }) => id).reverse();
    const first = (await replay('replay', { where: { sourceId }, dryRun: true })).body;
    expect(first).toMatchObject({ refused: 23, hasMore: true, results: ids.slice(0, 23).map((id) => ({ id, code: 'too_large' })) });
    expect((await replay('replay', { where: { sourceId }, dryRun: true, startingAfter: ids[22] })).body).toMatchObject({ refused: 7, hasMore: false });
    const named = (await replay('replay', { ids: [...ids].reverse() })).body;
    expect(named).toMatchObject({ refused: 30, hasMore: false, results: ids.map((id, at) => ({ id, code: at < 23 ? 'too_large' : 'not_tried' })).reverse() });
    // Their reason is told, and not kept.
    expect((await service.request('GET', `/api/v1/rejected/${ids[29]}`, operate)).body.code).toBe('x');
  });

  it('of an id that was used for something else count under another one, or as a repetition when the content is the same', async () => {
    await batch(track('1'));
    await batch(track('1', { event: 'Other' }));
    const [{ id }] = (await list()) as [Listed];
    expect((await replay(`${id}/replay`, {})).body).toMatchObject({ result: 'refused', code: 'id_conflict' });
    expect((await replay(`${id}/replay`, { patch: { messageId: null } })).body).toMatchObject({ result: 'taken' });
    await batch(track('1', { event: 'Third' }));
    const [third] = (await list('&state=open')) as [Listed];
    expect((await replay(`${third.id}/replay`, { payload: track('1') })).body).toMatchObject({ result: 'repeated' });
    await service.settle();
    expect((await signals()).map(({ id: messageId }) => messageId).toSorted()).toEqual(['1', id].toSorted());
  });

  it('that were kept in part need a whole payload; whole bodies cannot be replayed; a call can be mended', async () => {
    await batch({ ...track('1'), type: 'trakc' }, track('2', { properties: { text: 'y'.repeat(33_000) } }));
    await fetch(`${service.running.url}/v1/batch`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }, body: '{"batch":' });
    await service.settle();
    const byCode = new Map((await list()).map((row) => [row.code, row]));
    expect((await replay(`${byCode.get('unknown_call')!.id}/replay`, { patch: { type: 'track' } })).body).toMatchObject({ result: 'taken' });
    expect((await replay(`${byCode.get('too_large')!.id}/replay`, { patch: { properties: null } })).body).toMatchObject({ result: 'refused', code: 'payload_incomplete' });
    expect((await replay(`${byCode.get('too_large')!.id}/replay`, { payload: track('2') })).body).toMatchObject({ result: 'taken' });
    expect(byCode.get('invalid_json')).toMatchObject({ replayable: 'no', payload: null });
    expect((await replay(`${byCode.get('invalid_json')!.id}/replay`, { payload: track('3') })).body).toMatchObject({ result: 'refused', code: 'not_an_item' });
    await service.settle();
    expect((await signals()).map(({ id }) => id).toSorted()).toEqual(['1', '2']);
  });
});
