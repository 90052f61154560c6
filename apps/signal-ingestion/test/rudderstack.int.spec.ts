import { gzipSync } from 'node:zlib';
import { telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

const megabytes = (count: number) => JSON.stringify({ batch: Array.from({ length: count * 40 }, (_, i) => ({ type: 'track', messageId: `big-${i}`, userId: 'u', event: 'Opened', originalTimestamp: '2026-03-02T08:00:00Z', properties: { text: 'y'.repeat(26_000) } })) });

describe('RudderStack at Segment\'s addresses', () => {
  let service: TestService;
  let key: string;
  beforeAll(async () => {
    service = await startTestService(signalIngestion);
    key = (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'rudderstack', name: 'x' } })).body.writeKey;
  }, 30_000);
  afterAll(() => service.stop());

  const send = async (method: string, path: string, body: string | Buffer | null, headers: Record<string, string> = { authorization: `Basic ${btoa(`${key}:`)}`, 'user-agent': 'analytics-node/3.0.13' }) => {
    const answer = await fetch(`${service.running.url}${path}`, { method, headers, ...(body === null ? {} : { body: body as string }) });
    return { status: answer.status, type: answer.headers.get('content-type'), rejected: answer.headers.get('x-rejected-count'), text: await answer.text() };
  };
  const event = { userId: 'u1', event: 'Opened', originalTimestamp: '2026-03-02T08:00:00Z' };

  it('answers OK, as its own server does, and Segment\'s clients as Segment', async () => {
    expect(await send('POST', '/v1/track', JSON.stringify(event))).toMatchObject({ status: 200, text: 'OK', type: 'text/plain; charset=utf-8' });
    expect(await send('POST', '/v1/merge', JSON.stringify({ mergeProperties: [{ type: 'email', value: 'a@b.c' }, { type: 'userId', value: 'u1' }] }))).toMatchObject({ status: 200, text: 'OK', rejected: null });
    const { originalTimestamp: _, ...segments } = event;
    expect(await send('POST', '/v1/track', JSON.stringify(segments), { authorization: `Basic ${btoa(`${key}:`)}` })).toMatchObject({ status: 200, text: '{"success":true}' });
  });

  it('takes 4 MiB from its clients and 512 KiB from Segment\'s, and says too much as each expects it', async () => {
    const segmentsOwn = { authorization: `Basic ${btoa(`${key}:`)}`, 'user-agent': 'node' };
    expect(await send('POST', '/v1/batch', gzipSync(megabytes(3)))).toMatchObject({ status: 200, text: 'OK', rejected: null });
    expect((await send('POST', '/v1/batch', megabytes(5))).status).toBe(413);
    expect((await send('POST', '/v1/batch', gzipSync(megabytes(5)))).status).toBe(413);
    expect((await send('POST', '/v1/batch', megabytes(3).replaceAll('originalTimestamp', 'timestamp'), segmentsOwn)).status).toBe(400);
    expect((await send('POST', '/v1/batch', megabytes(5), segmentsOwn)).status).toBe(400);
    expect((await send('POST', '/v1/track', JSON.stringify({ ...event, properties: { text: 'y'.repeat(33_000) } }))).status).toBe(413);
  });

  it('takes the key of a beacon from its address', async () => {
    expect(await send('POST', `/beacon/v1/batch?writeKey=${key}`, JSON.stringify({ batch: [{ type: 'track', ...event }] }), {})).toMatchObject({ status: 200, text: 'OK', rejected: null });
    expect((await send('POST', '/beacon/v1/batch?writeKey=wk_no', '{"batch":[]}', {})).status).toBe(401);
    expect((await send('POST', '/beacon/v1/batch?writeKey=wk_no', '{"batch":[]}')).status).toBe(401);
  });

  it('tells its browser client what it asks before it sends', async () => {
    for (const path of ['/sourceConfig', '/sourceConfig/']) {
      expect(JSON.parse((await send('GET', `${path}?p=npm&writeKey=${key}`, null, {})).text)).toMatchObject({ source: { writeKey: key, enabled: true, destinations: [] } });
      expect((await send('GET', path, null)).status).toBe(200);
      expect((await send('GET', `${path}?writeKey=wk_no`, null, {})).status).toBe(404);
    }
  });

  it('takes pixels, and is not called by HEAD', async () => {
    const pixel = (query: string) => `/pixel/v1/track?writeKey=${key}&userId=u1&event=Seen&${query}`;
    expect(await send('GET', pixel(`messageId=p1&properties=${encodeURIComponent('{"pages":3}')}`), null, {})).toMatchObject({ status: 200, type: 'image/gif', rejected: null });
    expect(await send('GET', pixel('properties=%7B'), null, {})).toMatchObject({ status: 400 });
    expect((await send('HEAD', pixel('messageId=p2'), null, {})).status).toBe(405);
    const calls = (await service.published(telemetryTopic)).flatMap((event) => (event.type === 'perennial.vendor.call.v1' && event.data.body['event'] === 'Seen' ? [event.data] : []));
    expect(calls).toMatchObject([{ vendor: 'rudderstack', body: { messageId: 'p1', userId: 'u1', properties: { pages: 3 } } }]);
    expect(JSON.stringify(calls)).not.toContain(key);
  });
});
