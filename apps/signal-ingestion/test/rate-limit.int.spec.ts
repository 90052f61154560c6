import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

describe('the rate limit of the edge', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { INGEST_REQUESTS_PER_SECOND: '3' } });
  }, 30_000);
  afterAll(() => service.stop());

  const newKey = async () => (await service.request<{ writeKey: string }>('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'x' } })).body.writeKey;
  const track = (writeKey: string, inBody = false) =>
    fetch(`${service.running.url}/v1/track`, {
      method: 'POST',
      headers: { origin: 'https://shop.example', ...(inBody ? {} : { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }) },
      body: JSON.stringify({ userId: 'u1', event: 'Opened', ...(inBody ? { writeKey } : {}) }),
    });
  const refusedOf = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status === 429).length;

  it.each([['the header', false], ['the body', true]])('tells a sender known by %s when to come again, in a way that browsers can read', async (_, inBody) => {
    const key = await newKey();
    const answers = await Promise.all(Array.from({ length: 12 }, () => track(key, inBody)));
    // The window may turn once on the way.
    expect(refusedOf(answers)).toBeGreaterThanOrEqual(6);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const refused = answers.find(({ status }) => status === 429)!;
    expect([refused.headers.get('retry-after'), refused.headers.get('x-ratelimit-reset')]).toEqual(['1', '1']);
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(await refused.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    // Others are not held up, and after the time told there is room again.
    expect((await track(await newKey())).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await track(key, inBody)).status).toBe(200);
  });

  it('answers 503 where the client would lose its events on 429', async () => {
    const key = await newKey();
    const send = (path: string) => fetch(`${service.running.url}${path}`, { method: 'POST', body: JSON.stringify({ api_key: key, batch: [] }) });
    const answers = await Promise.all(Array.from({ length: 12 }, () => send('/e/')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(answers.find(({ status }) => status === 503)!.headers.get('retry-after')).toBe('1');
    expect(refusedOf(await Promise.all(Array.from({ length: 12 }, () => send('/batch/'))))).toBeGreaterThan(0);
  });

  it('counts API keys each for itself, a batch as one', async () => {
    const signals = Array.from({ length: 50 }, (_, i) => ({ id: `b${i}`, kind: 'usage', accountId: 'acme', data: { event: 'x' } }));
    const send = (sub: string) => service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], sub, body: { signals } });
    expect(refusedOf(await Promise.all([send('one'), send('one'), send('two'), send('two'), send('three')]))).toBe(0);
    expect(refusedOf(await Promise.all(Array.from({ length: 12 }, () => send('one'))))).toBeGreaterThanOrEqual(6);
  });
});
