import { createHmac } from 'node:crypto';
import { hookSourceNamed, hookSources } from '../src/domain/hooks/hook-sources.js';
import type { HookRequest, HookSource } from '../src/domain/hooks/hook-source.js';
import { hookFault, type HookSecret } from '../src/edge/hooks/verify-hook.js';
import { hookUrl, signings, type Signing } from './hook-calls.js';

const now = new Date('2026-03-02T09:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const body = '{"id":"1","words":"Grüße, 日本 \\" "}';
const secretOf = ({ kind = undefined }: Signing, value: string): HookSecret => ({ id: value, kind: kind ?? 'secret', value });

async function requestOf(name: string, signing: Signing, secret: string, text: string, at: Date): Promise<HookRequest> {
  const sent = signing.wrap?.(secret, text) ?? text;
  const headers = await signing.sign(secret, sent, at);
  return { method: 'POST', body: Buffer.from(sent), headers, query: {}, urls: ['http://internal:8080/v1/hooks', hookUrl(name)] };
}

describe.each(Object.entries(signings))('a call of %s', (label, signing) => {
  const name = label.split(',')[0]!;
  const source = hookSourceNamed(name) as HookSource;
  const verdict = async (request: HookRequest, secrets: string[], nows = [now.getTime()]) => (await hookFault(source.checks({}), secrets.map((value) => secretOf(signing, value)), request, nows))?.code ?? 'good';
  const signed = (secret: string, at = now, text = body) => requestOf(name, signing, secret, text, at);

  it(`is good when it is signed (${signing.by})`, async () => {
    expect(await verdict(await signed(signing.secret), [signing.secret])).toBe('good');
  });

  it('is refused when forged: another secret, another body, nothing shown, no secret to check with', async () => {
    expect(await verdict(await signed(signing.other), [signing.secret])).toBe('signature_wrong');
    const good = await signed(signing.secret);
    const changed = signing.wrap ? good.body.toString().replace('words', 'wards') : `${body} `;
    expect(await verdict({ ...good, body: Buffer.from(changed) }, [signing.secret])).toBe(signing.covers ? 'signature_wrong' : 'good');
    expect(await verdict({ ...good, headers: {}, body: Buffer.from(body) }, [signing.secret])).toBe('signature_missing');
    expect(await verdict(good, [])).toBe('secret_missing');
  });

  it('is refused when it is stale, by every clock, where the sender signs a time', async () => {
    const old = await signed(signing.secret, secondsAgo(601));
    expect(await verdict(old, [signing.secret])).toBe(signing.timed ? 'signature_stale' : 'good');
    expect(await verdict(old, [signing.secret], [now.getTime(), secondsAgo(600).getTime()])).toBe('good');
    if (signing.timed && signing.kind !== 'public_key') expect(await verdict(await signed(signing.secret, secondsAgo(-301)), [signing.secret])).toBe('signature_stale');
    expect(await verdict(await signed(signing.secret, secondsAgo(295)), [signing.secret])).toBe('good');
  });

  it('is good by either of two secrets during a rotation', async () => {
    for (const secret of [signing.secret, signing.other]) expect(await verdict(await signed(secret), [signing.other, signing.secret])).toBe('good');
  });
});

it('has vectors for every source', () => {
  expect(new Set(Object.keys(signings).map((label) => label.split(',')[0]))).toEqual(new Set(hookSources.map(({ name }) => name)));
});

describe('vectors of others', () => {
  const check = (name: string, secret: string, request: Partial<HookRequest>, at: number) =>
    hookFault(hookSourceNamed(name)!.checks({}), [{ id: 's', kind: 'secret', value: secret }], { method: 'POST', body: Buffer.alloc(0), headers: {}, query: {}, urls: [], ...request }, [at]);

  it('agrees with HubSpot’s official library (@hubspot/api-client 14.0.1, signature v3)', async () => {
    const sent = '[{"eventId":100,"subscriptionId":138,"portalId":62515,"appId":54321,"occurredAt":1772441940000,"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":123,"changeSource":"CRM","propertyName":"jobtitle","propertyValue":"VP Operations"}]';
    const headers = { 'x-hubspot-request-timestamp': '1772441941000', 'x-hubspot-signature-v3': 'Nq1b07og1yV0TIXpdbdbHW6XfM+XrcVfr+SmQ8j58cA=' };
    expect(await check('hubspot', 'a-client-secret', { body: Buffer.from(sent), headers, urls: [hookUrl('hubspot')] }, 1_772_441_941_000)).toBeNull();
  });

  it('refuses the vector of Zendesk’s older page, which puts the time behind the body', async () => {
    const headers = { 'x-zendesk-webhook-signature': 'tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw=', 'x-zendesk-webhook-signature-timestamp': '2021-07-25T10:00:00Z' };
    expect(await check('zendesk', 'HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=', { body: Buffer.from('{"say": "hello"}'), headers }, Date.parse('2021-07-25T10:00:00Z'))).toMatchObject({ code: 'signature_wrong' });
  });

  it('never takes a public key, which anybody may know, as the key of a hash', async () => {
    const lago = signings['lago']!;
    const key = signings['lago, by token']!.secret;
    const request = await requestOf('lago', lago, key, body, now);
    expect(await hookFault(hookSourceNamed('lago')!.checks({}), [{ id: 'k', kind: 'public_key', value: key }], request, [now.getTime()])).toMatchObject({ code: 'signature_wrong' });
  });

  it('never takes a secret that was given for another way of signing, and is no key of Standard Webhooks, as an empty one', async () => {
    const at = String(now.getTime() / 1000);
    const forged = { 'webhook-id': 'm', 'webhook-timestamp': at, 'webhook-signature': `v1,${createHmac('sha256', Buffer.alloc(0)).update(`m.${at}.${body}`).digest('base64')}` };
    for (const secret of ['***', 'whsec_', '']) expect(await check('generic', secret, { body: Buffer.from(body), headers: forged }, now.getTime())).toMatchObject({ code: 'secret_unreadable' });
  });

  it('takes a secret from the address, and from a header that the settings name', async () => {
    expect(await check('chargebee', 'in the url', { query: { secret: 'in the url' } }, 0)).toBeNull();
    const generic = hookSourceNamed('generic')!;
    const request: HookRequest = { method: 'POST', body: Buffer.from('{}'), headers: { 'x-mine': 'word', 'x-sig': 'sha256=b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9' }, query: {}, urls: [] };
    const secrets: HookSecret[] = [{ id: 's', kind: 'secret', value: 'word' }];
    expect(await hookFault(generic.checks({ signature: 'shared-secret', header: 'X-Mine' }), secrets, request, [0])).toBeNull();
    expect(await hookFault(generic.checks({ signature: 'hmac-sha256', header: 'X-Sig' }), secrets, request, [0])).toMatchObject({ code: 'signature_wrong' });
  });
});
