import { accountsTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

interface Listed {
  readonly id: string;
  readonly code: string;
}

const idsOf = (list: { data: Listed[] }) => list.data.map(({ id }) => id);
const read = { scopes: ['accounts:read'] as const };

describe('from telemetry to signals', () => {
  let service: TestService;
  let test = 0;
  /** Every test has an account, a person and sources of its own. */
  let acme: string;
  let u1: string;
  let web: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(() => {
    acme = `acme-${++test}`;
    u1 = `u1-${test}`;
    web = `web-${test}`;
  });

  const send = async (...signals: object[]) => {
    const answer = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals } });
    expect(answer.body).toMatchObject({ rejected: 0 });
    await service.settle();
  };
  const usage = (id: string, more: object = {}) => ({ id, kind: 'usage', data: { event: 'Opened' }, ...more });
  const vendorCall = (call: string, body: Record<string, unknown>, sourceId = web) =>
    ({ type: 'perennial.vendor.call.v1' as const, key: typeof body['userId'] === 'string' ? body['userId'] : '', data: { sourceId, vendor: 'segment', call, body, receivedAt: service.clock.now().toISOString(), sentAt: null } });
  const signals = async () => (await service.published(signalsTopic)).flatMap(({ data }) => ('id' in data && data.accountId === acme ? [data] : []));
  const rejected = async (sourceId: string) => (await service.request('GET', `/api/v1/rejected?limit=100&sourceId=${sourceId}`, { scopes: ['accounts:read', 'operate'] })).body.data as Listed[];
  const states = async () => (await service.published(accountsTopic)).map(({ data }) => data).filter(({ id }) => id === acme);

  it('parks the signals of unknown people, shows them, and publishes them once their account is known', async () => {
    await service.publish(telemetryTopic, [
      vendorCall('identify', { messageId: 'm0', userId: u1, traits: { email: `jo@${acme}.com`, name: 'Jo' } }),
      ...Array.from({ length: 1200 }, (_, i) => vendorCall('track', { messageId: `m${i + 1}`, userId: u1, event: 'x' })),
    ]);
    await service.settle();
    expect(await signals()).toEqual([]);
    await send({ id: 'c', kind: 'person', accountId: acme, personId: `${u1}-9`, data: { change: 'created', email: `ann@${acme}.com` } });
    const { body: waiting } = await service.request('GET', '/api/v1/people?unassigned=true', read);
    expect(waiting.data).toContainEqual(expect.objectContaining({ id: u1, accountId: null, email: `jo@${acme}.com`, waitingSignals: 1201, suggestedAccountId: acme }));

    await service.publish(telemetryTopic, [vendorCall('group', { messageId: 'g1', userId: u1, groupId: acme, traits: { name: 'Acme' } })]);
    await service.settle();
    const found = (await signals()).filter((data) => data.id !== 'c');
    expect(found).toHaveLength(1201);
    expect(new Set(found.map(({ id }) => id)).size).toBe(1201);
    expect(found[0]).toMatchObject({ accountId: acme, personId: u1 });
    expect((await service.request('GET', '/api/v1/people?unassigned=true', read)).body.data).not.toContainEqual(expect.objectContaining({ id: u1 }));
    expect((await service.request('GET', `/api/v1/people?accountId=${acme}`, read)).body.data).toMatchObject([{ id: u1, name: 'Jo' }, { id: `${u1}-9` }]);
  });

  it('publishes a signal that waited in the trace it came in', async () => {
    const traceOf = (n: number) => `00-${String(n).repeat(32)}-00f067aa0ba902b7-00`;
    const track = (id: string) => vendorCall('track', { messageId: id, anonymousId: u1, event: 'x' });
    await service.publish(telemetryTopic, [
      { ...track('m1'), headers: { traceparent: traceOf(1) } },
      { ...track('m2'), headers: { traceparent: traceOf(2) } },
      { ...track('m3'), headers: { traceparent: 'nonsense\0' } },
    ]);
    await service.settle();
    const group = vendorCall('group', { messageId: 'g1', userId: u1, anonymousId: u1, groupId: acme });
    await service.publish(telemetryTopic, [{ ...group, headers: { traceparent: traceOf(3) } }]);
    await service.settle();
    const published = (await service.published(signalsTopic)).filter(({ key }) => key === acme);
    const traces = Object.fromEntries(published.map(({ data, envelope }) => ['id' in data ? data.id : '', envelope.traceparent]));
    expect(traces).toMatchObject({ m1: traceOf(1), m2: traceOf(2) });
    expect([traceOf(3), 'nonsense\0']).not.toContain(traces['m3']);
  });

  it('counts a message once however often and in whichever batch it comes', async () => {
    const calls = Array.from({ length: 50 }, (_, i) => vendorCall('track', { messageId: `m${i}`, userId: u1, event: 'x', context: { groupId: acme } }));
    await service.publish(telemetryTopic, calls);
    await service.settle();
    await service.publish(telemetryTopic, [...calls, ...calls.toReversed(), vendorCall('track', { messageId: 'm0', userId: u1, event: 'x', context: { groupId: acme } }, `${web}-2`)]);
    await service.settle();
    expect(await signals()).toHaveLength(51);
    await service.publish(telemetryTopic, [vendorCall('track', { messageId: 'm0', userId: u1, event: 'other' })]);
    await service.settle();
    expect(await rejected(web)).toMatchObject([{ code: 'id_conflict', sourceId: web, payload: { event: 'other' } }]);
    expect(await signals()).toHaveLength(51);
  });

  it('reads foreign producers\' SIGNALs in both modes, and lists what is wrong with them', async () => {
    const headers = (id: string, more: object = {}) => ({ ce_specversion: '1.0', ce_id: id, ce_type: 'perennial.signal.usage.v1', ce_source: web, ...more });
    const record = (id: string, data: unknown, more: object = {}) => ({ key: acme, value: Buffer.from(JSON.stringify(data)), headers: { ...headers(id), ...more } as Record<string, string> });
    await service.eventLog.append(telemetryTopic.name, [
      record('k1', { kind: 'usage', accountId: acme, data: { event: 'x' } }, { ce_secret: 'x', other: 'y' }),
      record('k2', { accountId: acme, data: { event: 'x' } }),
      { key: acme, value: Buffer.from(JSON.stringify({ specversion: '1.0', id: 'k3', source: web, type: 'perennial.signal.usage.v1', data: { kind: 'usage', accountId: acme, data: { event: 'x' } } })), headers: { 'content-type': 'application/cloudevents+json' } },
      record('k4', { kind: 'survey', accountId: acme, data: { event: 'x' } }),
      record('k5', { kind: 'usage', accountId: acme, data: { event: 'x', properties: { a: '\u0000' } } }),
      record('k6', { kind: 'usage', accountId: acme, occurredAt: '0001-01-01T00:00:00Z', data: { event: 'x' } }),
      record('k7', 'text'),
      record('k8', { kind: 'usage', accountId: acme, data: { event: 'x' } }, { ce_type: 'perennial.signal.usage.v9' }),
      record('k9', { kind: 'usage', accountId: acme, data: { event: 'last' } }),
    ]);
    await service.settle();
    expect((await signals()).map(({ id, sourceId }) => [id, sourceId])).toEqual([['k1', web], ['k2', web], ['k3', web], ['k9', web]]);
    expect((await rejected(web)).map(({ code }) => code).toSorted()).toEqual(['missing_field', 'nul_character', 'timestamp_out_of_range', 'unknown_kind']);
  });

  it('publishes the account\'s state with its stakeholders, and only when it changed', async () => {
    await send(
      { id: 'p1', kind: 'person', accountId: acme, personId: u1, data: { change: 'created', name: 'Jo', title: 'COO', roles: ['executive_sponsor'] } },
      { id: 'e1', kind: 'engagement', accountId: acme, data: { type: 'meeting', outcome: 'held', attendees: [{ personId: 'email:Ann@ACME.com', role: 'champion' }, { personId: 'u3' }] } },
    );
    const [state, ...more] = (await states()).slice(-1);
    expect(more).toEqual([]);
    expect(state?.stakeholders).toEqual([
      { personId: u1, name: 'Jo', title: 'COO', roles: ['executive_sponsor'] }, { personId: 'email:ann@acme.com', name: null, title: null, roles: ['champion'] },
    ]);
    const before = (await states()).length;
    await send({ id: 'p2', kind: 'person', accountId: acme, personId: u1, data: { change: 'updated', name: 'Jo' } }, usage('u', { accountId: acme }));
    expect(await states()).toHaveLength(before);
  });

  it('keeps accounts by PUT: partial, twice the same is nothing, nothing else may be set', async () => {
    const put = (id: string, body: object) => service.request('PUT', `/api/v1/accounts/${encodeURIComponent(id)}`, { scopes: ['accounts:write'], body });
    const first = await put(acme, { name: 'Acme', tier: 'high', country: 'DE', timeZone: 'Europe/Berlin', goLive: '2026-01-31', traits: { plan: 'pro' } });
    expect(first).toMatchObject({ status: 200, body: { id: acme, name: 'Acme', tier: 'high', segment: null, traits: { plan: 'pro' } } });
    expect((await put(acme, { name: 'Acme', traits: { plan: 'pro' } })).body).toEqual(first.body);
    const second = await put(acme, { tier: null, traits: { plan: null, seats: 5 } });
    expect(second.body).toMatchObject({ name: 'Acme', tier: null, traits: { seats: 5 } });
    expect(second.body.version).toBeGreaterThan(first.body.version);
    expect((await service.request('GET', `/api/v1/accounts/${acme}`, read)).body).toEqual(second.body);
    await put(`${acme}-child`, { parentId: acme });
    expect(await put(acme, { parentId: `${acme}-child` })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/parentId' }] } });
    expect(await put(acme, { parentId: acme })).toMatchObject({ status: 400 });
    for (const [body, pointer] of [[{ version: 9 }, '/version'], [{ aliases: ['x'] }, '/aliases'], [{ country: 'Germany' }, '/country'], [{ timeZone: 'Mars/Olympus' }, '/timeZone'], [{ goLive: '2026-02-30' }, '/goLive'], [{ name: '' }, '/name']] as const) {
      expect(await put(acme, body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
    expect((await put('a\u0007b', {})).status).toBe(400);
    expect((await service.request('GET', '/api/v1/accounts/nobody', read)).status).toBe(404);
    await service.settle();
    expect(await states()).toHaveLength(2);
  });

  it('answers the timeline newest first, by kind and time, page by page', async () => {
    const day = (n: number) => `2026-02-0${n}T10:00:00Z`;
    await send(...[1, 2, 3, 4].map((n) => usage(`s${n}`, { accountId: acme, occurredAt: day(n) })), { id: 'n1', kind: 'note', accountId: acme, occurredAt: day(2), data: { text: 'hm', author: 'Eve' } });
    const ids = async (query: string) => (await service.request<{ data: Listed[] }>('GET', `/api/v1/accounts/${acme}/signals?${query}`, read)).body;
    expect(idsOf(await ids(''))).toEqual(['s4', 's3', 's2', 'n1', 's1']);
    expect((await ids('kind=note')).data).toMatchObject([{ id: 'n1', data: { text: 'hm' } }]);
    expect(idsOf(await ids('from=2026-02-02&to=2026-02-03&kind=usage'))).toEqual(['s3', 's2']);
    const page = await ids('limit=2');
    expect(page).toMatchObject({ object: 'list', hasMore: true });
    expect(idsOf(await ids('limit=3&startingAfter=s3'))).toEqual(['s2', 'n1', 's1']);
    for (const query of ['kind=telepathy', 'limit=0', 'limit=101', 'from=soon', 'to=2026-W10', 'order=asc', `kind=usage'%20OR%201=1--`]) expect((await service.request('GET', `/api/v1/accounts/${acme}/signals?${query}`, read)).status).toBe(400);
    expect((await service.request('GET', '/api/v1/accounts/nobody/signals', read)).status).toBe(404);
  });

  it('pages exactly over ties in time and ids that two sources share', async () => {
    const track = (id: string, sourceId: string) => vendorCall('track', { messageId: id, userId: u1, event: 'x', timestamp: '2026-02-01T10:00:00Z', context: { groupId: acme } }, sourceId);
    await service.publish(telemetryTopic, ['a', 'b', 'c'].flatMap((id) => [track(id, web), track(id, `${web}-2`)]));
    await service.settle();
    type Row = Listed & { sourceId: string; cursor: string };
    const page = async (query: string) => (await service.request<{ data: Row[]; hasMore: boolean }>('GET', `/api/v1/accounts/${acme}/signals?limit=1${query}`, read));
    const seen: string[] = [];
    for (let next = '', more = true; more && seen.length < 10; ) {
      const { data, hasMore } = (await page(next)).body;
      seen.push(...data.map(({ id, sourceId }) => `${id} ${sourceId}`));
      next = `&cursor=${data[0]!.cursor}`;
      more = hasMore;
    }
    expect(seen).toEqual(['c', 'b', 'a'].flatMap((id) => [`${id} ${web}-2`, `${id} ${web}`]));
    expect(await page('&startingAfter=b')).toMatchObject({ status: 400, body: { errors: [{ pointer: '?startingAfter', detail: expect.stringContaining('cursor') }] } });
    expect(await page('&startingAfter=z')).toMatchObject({ status: 400, body: { errors: [{ pointer: '?startingAfter' }] } });
    expect(await page('&cursor=b')).toMatchObject({ status: 400, body: { errors: [{ pointer: '?cursor' }] } });
  });

  it('clamps what lies ahead, and moves the account\'s first day back for what is late', async () => {
    await send(usage('now', { accountId: acme }), usage('ahead', { accountId: acme, occurredAt: '2026-03-02T12:00:00Z' }), usage('late', { accountId: acme, occurredAt: '2025-11-01T00:00:00Z' }));
    expect(await signals()).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'ahead', clamped: true, occurredAt: '2026-03-02T09:00:00.000Z' })]));
    expect((await service.request('GET', `/api/v1/accounts/${acme}`, read)).body.createdAt).toBe('2025-11-01T00:00:00.000Z');
  });

  it('restates an account: reset, its signals once more, restated, with rising versions', async () => {
    await send(...Array.from({ length: 600 }, (_, i) => usage(`r${i}`, { accountId: acme, occurredAt: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString() })));
    const restate = () => service.request('POST', `/api/v1/accounts/${acme}/restate`, { scopes: ['operate'], body: { reason: 'mapping changed' } });
    expect(await restate()).toMatchObject({ status: 202, body: { accountId: acme } });
    await service.settle();
    const events = (await service.published(signalsTopic)).filter(({ key }) => key === acme);
    const again = events.slice(600);
    expect(again.at(0)).toMatchObject({ type: 'perennial.account.reset.v1', data: { accountId: acme, cause: 'restatement', reason: 'mapping changed' } });
    expect(again.at(-1)).toMatchObject({ type: 'perennial.account.restated.v1' });
    expect(again.slice(1, -1).map(({ data }) => ('id' in data ? data.id : ''))).toEqual(Array.from({ length: 600 }, (_, i) => `r${i}`));
    const versions = events.map(({ data }) => data.version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
    expect((await service.request('POST', '/api/v1/accounts/nobody/restate', { scopes: ['operate'], body: { reason: 'x' } })).status).toBe(404);
    expect((await service.request('POST', `/api/v1/accounts/${acme}/restate`, { scopes: ['accounts:write'], body: { reason: 'x' } })).status).toBe(403);
  });

  it('restates two sources that gave the same id at the same instant, also where a batch ends between them', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
    await send(...Array.from({ length: 500 }, (_, i) => usage(i === 499 ? 'twin' : `day-${i}`, { accountId: acme, occurredAt: at(i) })), usage('twin', { accountId: acme, source: web, occurredAt: at(499) }));
    await service.request('POST', `/api/v1/accounts/${acme}/restate`, { scopes: ['operate'], body: { reason: 'mapping changed' } });
    await service.settle();
    expect((await signals()).slice(501).map(({ id }) => id).slice(-2)).toEqual(['twin', 'twin']);
    expect(await signals()).toHaveLength(2 * 501);
  });

  it('keeps who somebody is over a chain of aliases in one chunk', async () => {
    const alias = (id: string, previousId: string, userId: string) => vendorCall('alias', { messageId: id, userId, previousId });
    // One key, so that they stand in one partition.
    const inOrder = [alias('a1', `${u1}-a`, `${u1}-b`), alias('a2', `${u1}-b`, `${u1}-c`), alias('a3', `${u1}-c`, u1)].map((event) => ({ ...event, key: u1 }));
    await service.publish(telemetryTopic, inOrder);
    await service.settle();
    await send(usage('g', { accountId: acme, personId: u1 }), usage('t', { personId: `${u1}-a` }));
    expect((await signals()).map(({ id, personId }) => [id, personId])).toEqual([['g', u1], ['t', u1]]);
  });

  it('hides what people typed from those who do not operate', async () => {
    await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: [{ kind: 'note', accountId: acme, source: web, data: { text: 'secret', author: 7 } }] } });
    await service.settle();
    expect((await rejected(`api/${web}`))[0]).toMatchObject({ payload: { data: { text: 'secret', author: 7 } }, pointer: '/data/author' });
    expect((await service.request('GET', `/api/v1/rejected?sourceId=api/${web}`, read)).body.data[0]).toMatchObject({ payload: { kind: '***', data: { text: '***', author: '***' } } });
  });
});
