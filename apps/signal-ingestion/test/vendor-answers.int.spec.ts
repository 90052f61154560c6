import { gzipSync } from 'node:zlib';
import { CloudEvent, emitterFor, httpTransport } from 'cloudevents';
import { telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type Json, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

/** What their clients want to hear, where that is not what all others want. */
describe('the answers of', () => {
  let service: TestService;
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    for (const type of ['posthog', 'cloudevents', 'otlp', 'amplitude', 'mixpanel', 'snowplow']) keys[type] = (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type, name: type } })).body.writeKey;
  }, 30_000);
  afterAll(() => service.stop());

  const send = async (method: string, path: string, body: unknown = null, headers: Record<string, string> = {}): Promise<{ status: number; rejected: string | null; body: Json }> => {
    const bytes = body === null || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await fetch(`${service.running.url}${path}`, { method, headers, ...(bytes === null ? {} : { body: bytes as string }) });
    const text = await answer.text();
    return { status: answer.status, rejected: answer.headers.get('x-rejected-count'), body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
  };
  const taken = async (vendor: string) => (await service.published(telemetryTopic)).flatMap((event) => (event.type === 'perennial.vendor.call.v1' && event.data.vendor === vendor ? [{ ...event.data, key: event.key }] : []));

  describe('PostHog', () => {
    const event = (uuid: string, more: object = {}) => ({ uuid, event: 'Opened', distinct_id: 'u1', ...more });

    it('every form in which its clients send is taken', async () => {
      const key = keys['posthog'];
      const base64 = Buffer.from(JSON.stringify(event('p-form', { properties: { token: key } }))).toString('base64');
      const forms: [string, unknown][] = [
        ['/batch/', { api_key: key, batch: [event('p-batch')], sent_at: '2026-03-02T09:00:00Z' }],
        ['/batch', gzipSync(JSON.stringify({ api_key: key, batch: [event('p-gzip')] }))],
        ['/capture/', { api_key: key, ...event('p-one') }],
        ['/e/?compression=gzip-js', gzipSync(JSON.stringify([event('p-array', { properties: { token: key } })]))],
        ['/i/v0/e/', `data=${encodeURIComponent(base64)}`],
        ['/e', `data=${encodeURIComponent(JSON.stringify({ api_key: key, batch: [event('p-data')] }))}&_=1`],
      ];
      for (const [path, body] of forms) expect([path, await send('POST', path, body)]).toEqual([path, { status: 200, rejected: null, body: { status: 'Ok' } }]);
      expect((await taken('posthog')).map(({ body, key: topicKey }) => [body['uuid'], topicKey]).toSorted()).toEqual(['p-array', 'p-batch', 'p-data', 'p-form', 'p-gzip', 'p-one'].map((uuid) => [uuid, 'u1']));
    });

    it('the newest endpoint answers for each id', async () => {
      const answer = await send('POST', '/i/v1/analytics/events', { created_at: '2026-03-02T09:00:00Z', batch: [event('v-1'), event('v-2', { event: '' })] }, { authorization: `Bearer ${keys['posthog']}` });
      expect(answer).toEqual({ status: 200, rejected: '1', body: { results: { 'v-1': { result: 'ok' }, 'v-2': { result: 'drop', details: expect.stringContaining('/event') } } } });
    });

    it('what is wrong is refused in a way that is not sent again, and too much so that it is halved', async () => {
      expect((await send('POST', '/batch/', { api_key: 'wk_no', batch: [event('x')] })).status).toBe(401);
      expect((await send('POST', '/batch/', { batch: [event('x')] })).status).toBe(401);
      expect((await send('POST', '/e/', [event('x', { properties: { token: keys['posthog'] } }), event('y', { properties: { token: keys['cloudevents'] } })])).body).toMatchObject({ status: 401, code: 'write_keys_disagree' });
      expect((await send('POST', '/batch/', { api_key: keys['posthog'], batch: 'x' })).status).toBe(400);
      expect((await send('POST', '/e/', 'data=%%%')).status).toBe(400);
      expect((await send('POST', '/batch/', { api_key: keys['posthog'], batch: Array.from({ length: 2501 }, () => 0) })).status).toBe(413);
      expect((await send('POST', '/batch/', gzipSync(JSON.stringify({ api_key: keys['posthog'], batch: [], pad: 'x'.repeat(4 * 1024 * 1024) })))).status).toBe(413);
    });
  });

  describe('CloudEvents', () => {
    const address = () => `/v1/events?key=${keys['cloudevents']}`;

    it('the SDK\'s own transport delivers', async () => {
      const event = new CloudEvent({ id: 'sdk-1', source: '/sdk', type: 'opened', data: { userId: 'u1' } });
      await emitterFor(httpTransport(service.running.url + address()))(event);
      expect((await taken('cloudevents')).find(({ body }) => body['id'] === 'sdk-1')).toMatchObject({ key: 'u1', body: { source: '/sdk', type: 'opened', data: { userId: 'u1' } } });
    });

    it('binary: attributes are decoded, and one that cannot be taken is a 400 that says why', async () => {
      const headers = (more: object = {}) => ({ 'ce-specversion': '1.0', 'ce-id': 'b-1', 'ce-source': '/s', 'ce-type': 'Caf%C3%A9 opened', 'ce-userid': 'u1', ...more });
      expect(await send('POST', address(), '{"a":1}', headers())).toMatchObject({ status: 200, body: { accepted: 1, rejected: 0, results: [{ id: 'b-1', status: 'accepted' }] } });
      expect((await taken('cloudevents')).find(({ body }) => body['id'] === 'b-1')?.body).toEqual({ specversion: '1.0', id: 'b-1', source: '/s', type: 'Café opened', userid: 'u1', data: { a: 1 } });
      expect(await send('POST', address(), null, headers({ 'ce-id': 'b-2' }))).toMatchObject({ status: 200 });
      expect(await send('POST', address(), '{"a":1}', headers({ 'ce-userid': '' }))).toMatchObject({ status: 400, body: { results: [{ status: 'rejected', code: 'identity_missing' }] } });
      expect(await send('POST', address(), '{"a":1,"a":2}', headers({ 'ce-id': 'b-3' }))).toMatchObject({ status: 400, body: { results: [{ code: 'duplicate_key', pointer: '/data/a' }] } });
      expect(await send('POST', address(), '<a/>', headers())).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
      expect(await send('POST', address(), '{}', headers({ 'ce-type': '%' }))).toMatchObject({ status: 400, body: { code: 'invalid_field' } });
    });

    it('structured and batch: told by the body, whatever the type says', async () => {
      const event = (id: string, more: object = {}) => ({ specversion: '1.0', id, source: '/s', type: 'opened', userid: 'u1', ...more });
      expect(await send('POST', address(), event('s-1'), { 'content-type': 'application/cloudevents+json' })).toMatchObject({ status: 200, body: { accepted: 1 } });
      expect(await send('POST', address(), [event('s-2'), event('s-3', { source: '' }), 5], { 'content-type': 'application/cloudevents-batch+json' })).toMatchObject({ status: 200, rejected: '2', body: { accepted: 1, rejected: 2 } });
      expect(await send('POST', address(), [event('s-4', { id: 5 })])).toMatchObject({ status: 400 });
      expect(await send('POST', address(), { hello: 'world' })).toMatchObject({ status: 400, body: { code: 'not_a_cloud_event' } });
      expect(await send('POST', '/v1/events', [])).toMatchObject({ status: 401 });
      await service.settle();
      const { body } = await service.request<{ data: { code: string }[] }>('GET', '/api/v1/rejected?limit=100', { scopes: ['accounts:read', 'operate'] });
      expect(body.data.map(({ code }) => code)).toEqual(expect.arrayContaining(['not_a_cloud_event', 'invalid_json', 'duplicate_key']));
    });
  });

  it('Amplitude: its code, and words after which its client gives up', async () => {
    const event = { insert_id: 'a-1', event_type: 'Opened', user_id: 'u1' };
    expect(await send('POST', '/2/httpapi', { api_key: keys['amplitude'], events: [event, { event_type: 'x' }] })).toMatchObject({ status: 200, rejected: '1', body: { code: 200, events_ingested: 1 } });
    expect(await send('POST', '/2/httpapi', { api_key: 'wk_no', events: [event] })).toMatchObject({ status: 400, body: { code: 400, error: expect.stringContaining('Invalid API key') } });
    expect(await send('POST', '/2/httpapi', 'no JSON')).toMatchObject({ status: 400, body: { code: 400, missing_field: 'invalid_json' } });
    expect(await send('POST', '/2/httpapi', gzipSync(Buffer.alloc(5_000_000, 0x20)))).toMatchObject({ status: 413, body: { code: 413 } });
  });

  it('Mixpanel: 1 for taken, 0 for not', async () => {
    const data = (item: unknown) => encodeURIComponent(Buffer.from(JSON.stringify(item)).toString('base64'));
    const event = { event: 'Opened', properties: { token: keys['mixpanel'], distinct_id: 'u1', $insert_id: 'm-1' } };
    expect(await send('GET', `/track?ip=0&data=${data(event)}`)).toMatchObject({ status: 200, body: '1' });
    expect(await send('POST', '/track/?verbose=1', `data=${data([event, event])}`)).toMatchObject({ status: 200, body: { status: 1, error: null } });
    // Written by hand or by curl, whose form does not escape base64: its plus signs arrive as spaces.
    const unescaped = Buffer.from(JSON.stringify([event, '>>>'.repeat(6)])).toString('base64');
    expect(unescaped).toContain('+');
    for (const [method, path, body] of [['POST', '/track', `data=${unescaped}`], ['GET', `/track?data=${unescaped}`, null]] as const) expect(await send(method, path, body)).toMatchObject({ status: 200, body: '1' });
    expect(await send('POST', '/engage', [{ $token: keys['mixpanel'], $distinct_id: 'u1', $set: { $email: 'a@b.c' } }])).toMatchObject({ status: 200, body: '1' });
    expect(await send('GET', `/track?data=${data({ event: 'x', properties: { token: keys['mixpanel'] } })}`)).toMatchObject({ status: 200, rejected: '1', body: '0' });
    expect(await send('GET', `/track?data=${data({ event: 'x', properties: { distinct_id: 'u1' } })}`)).toMatchObject({ status: 401 });
  });

  it('Snowplow: ok, and a picture', async () => {
    const event = { e: 'pv', eid: 's-1', aid: keys['snowplow'] ?? '', uid: 'u1' };
    expect(await send('POST', '/com.snowplowanalytics.snowplow/tp2', { schema: 'x', data: [event, { ...event, eid: 's-2', uid: '' }] })).toMatchObject({ status: 200, rejected: '1', body: 'ok' });
    expect((await fetch(`${service.running.url}/i?${new URLSearchParams({ ...event, eid: 's-3' }).toString()}`)).headers.get('content-type')).toBe('image/gif');
    expect(await send('POST', '/com.snowplowanalytics.snowplow/tp2', { data: [{ ...event, aid: 'web' }] })).toMatchObject({ status: 401 });
  });

  it('OpenTelemetry: partial success in the encoding that was sent', async () => {
    const headers = { authorization: `Bearer ${keys['otlp']}` };
    const records = (...logRecords: unknown[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    const good = { eventName: 'Opened', attributes: [{ key: 'enduser.id', value: { stringValue: 'u1' } }] };
    expect(await send('POST', '/v1/logs', records(good), headers)).toMatchObject({ status: 200, body: {} });
    expect(await send('POST', '/v1/logs', records(good, { body: { stringValue: 'x' } }), headers)).toMatchObject({ status: 200, rejected: '1', body: { partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringContaining('/eventName') } } });
    // One resource with one scope with one record that is empty.
    const empty = Buffer.from([0x0a, 0x04, 0x12, 0x02, 0x12, 0x00]);
    const answer = await fetch(`${service.running.url}/v1/logs`, { method: 'POST', headers: { ...headers, 'content-type': 'application/x-protobuf' }, body: empty });
    expect([answer.status, answer.headers.get('content-type'), [...Buffer.from(await answer.arrayBuffer()).subarray(2, 4)]]).toEqual([200, 'application/x-protobuf', [0x08, 0x01]]);
    expect(await send('POST', '/v1/logs', Buffer.from([0x0a, 0xff]), { ...headers, 'content-type': 'application/x-protobuf' })).toMatchObject({ status: 400, body: { code: 'invalid_protobuf' } });
  });
});
