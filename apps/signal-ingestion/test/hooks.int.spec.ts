import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { signalIngestion } from '../src/service.js';
import { hmacOf, hookOrigin, signings, zendeskCall, zendeskTicket } from './hook-calls.js';
import { outboundMessage, samples } from './hook-samples.js';

jest.setTimeout(30_000);

const parsed = (text: string): Record<string, unknown> | string => (text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : text);

interface Made {
  id: string;
  writeKey: string | null;
  hookPath: string;
  secret: string | null;
  settings: object;
  secrets: { id: string; kind: string; expiresAt: string | null }[];
}

const key = randomBytes(32).toString('base64url');

describe('webhooks of business systems', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { SOURCE_SECRETS_KEY: key, PUBLIC_URL: hookOrigin } });
    // Everybody in the samples is known, so that nothing waits for an account.
    const people = ['anna', 'email:anna@acme.example', 'email:charlie@acme.example', 'hubspot:123'];
    await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: people.map((personId) => ({ kind: 'person', accountId: 'people-co', personId, data: { change: 'created' } })) } });
    await service.settle();
  }, 30_000);
  afterAll(() => service.stop());

  const make = async (body: object) => (await service.request<Made>('POST', '/api/v1/sources', { scopes: ['operate'], body: { name: 'a source', ...body } })).body;
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${service.running.url}${path}`, { method: 'POST', body, headers });
    return { status: response.status, rejected: response.headers.get('x-rejected-count'), body: parsed(await response.text()) };
  };
  const timeline = async (accountId: string) => {
    await service.settle();
    const { status, body } = await service.request('GET', `/api/v1/accounts/${accountId}/signals?limit=100`, { scopes: ['accounts:read'] });
    return status === 404 ? [] : (body.data as { id: string; kind: string; sourceId: string; occurredAt: string; data: Record<string, unknown> }[]);
  };
  const rejected = async (sourceId: string) => {
    await service.settle();
    return (await service.request('GET', `/api/v1/rejected?sourceId=${sourceId}&limit=100`, { scopes: ['accounts:read', 'operate'] })).body.data as { code: string; detail: string; payload: unknown }[];
  };

  it('takes a call that is signed, once however often it comes, and lists forged and stale ones', async () => {
    const source = await make({ type: 'zendesk', secret: 'signing secret' });
    expect(source).toMatchObject({ writeKey: null, hookPath: `/v1/hooks/zendesk/${source.id}`, secret: null, secrets: [{ kind: 'secret', expiresAt: null }] });
    const good = zendeskCall('signing secret', zendeskTicket({ organization: 'z-co', ticket: '7', priority: 'URGENT' }));
    expect(await post(source.hookPath, ...good)).toMatchObject({ status: 200, body: { received: true, signals: 1, rejected: 0 } });
    expect(await post(source.hookPath, ...good)).toMatchObject({ status: 200 });
    expect(await timeline('z-co')).toEqual([expect.objectContaining({ kind: 'ticket', sourceId: source.id, occurredAt: '2026-03-02T08:59:00.000Z', data: { ticketId: '7', status: 'opened', priority: 'urgent', subject: 'It burns' } })]);

    expect(await post(source.hookPath, good[0])).toMatchObject({ status: 401, body: { code: 'signature_missing' } });
    expect(await post(source.hookPath, `${good[0]} `, good[1])).toMatchObject({ status: 401, body: { code: 'signature_wrong' } });
    expect(await post(source.hookPath, ...zendeskCall('another', zendeskTicket({ organization: 'z-co', ticket: '8' })))).toMatchObject({ status: 401, body: { code: 'signature_wrong' } });
    expect(await post(source.hookPath, ...zendeskCall('signing secret', zendeskTicket({ organization: 'z-co', ticket: '9' }), new Date(Date.now() - 301_000)))).toMatchObject({ status: 401, body: { code: 'signature_stale' } });
    expect((await rejected(source.id)).map(({ code }) => code)).toEqual(['signature_stale', 'signature_wrong', 'signature_wrong', 'signature_missing']);
    expect(await timeline('z-co')).toHaveLength(1);
  });

  it.each(Object.entries(signings))('takes a call of %s once, and no forged one', async (label, signing) => {
    const type = label.split(',')[0]!;
    const sample = samples.find(({ source, settings }) => source === type && settings === undefined)!;
    const source = await make({ type, ...(signing.kind === 'public_key' ? { publicKey: signing.secret } : { secret: signing.secret }) });
    const text = signing.wrap ? new URLSearchParams(sample.payload as string).get('MSG')! : JSON.stringify(sample.payload);
    const body = signing.wrap?.(signing.secret, text) ?? text;
    const headers = { ...sample.headers, ...(await signing.sign(signing.secret, body, new Date(), hookOrigin + source.hookPath)) };
    for (let i = 0; i < 2; i++) expect((await post(source.hookPath, body, headers)).status).toBe(200);
    const forged = { ...sample.headers, ...(await signing.sign(signing.other, body, new Date(), hookOrigin + source.hookPath)) };
    expect((await post(source.hookPath, signing.wrap?.(signing.other, text) ?? body, forged)).status).toBe(401);
    await service.settle();
    const calls = (await service.published(signalsTopic)).filter(({ data }) => 'sourceId' in data && data.sourceId === source.id);
    expect(calls).toHaveLength(typeof sample.becomes === 'string' ? 0 : sample.becomes.length);
    expect((await rejected(source.id)).map(({ code }) => code)).toEqual(['signature_wrong', ...(typeof sample.becomes === 'string' ? [sample.becomes] : [])]);
  });

  it('places who is unknown where a business system has them, and moves nobody who is known', async () => {
    const source = await make({ type: 'delighted', secret: 'k', settings: { accountAt: ['/event_data/person_properties/account'] } });
    const answer = async (event_id: string, email: string, account: string | null) => {
      const body = JSON.stringify({ event_type: 'survey_response.created', event_id, event_data: { person: { email }, survey_type: 'nps', score: 9, created_at: 1_772_441_000, person_properties: account === null ? null : { account } } });
      expect((await post(source.hookPath, body, { 'x-delighted-webhook-signature': `sha256=${hmacOf('sha256', 'k', body).toString('hex')}` })).status).toBe(200);
      await service.settle();
    };
    await answer('d1', 'new@nova.example', 'nova');
    await answer('d2', 'new@nova.example', 'other');
    await answer('d3', 'new@nova.example', null);
    expect((await timeline('nova')).map(({ id }) => id)).toEqual(['d1', 'd3'].reverse());
    expect((await timeline('other')).map(({ id }) => id)).toEqual(['d2']);
  });

  it('answers an outbound message as Salesforce wants it, and Jira’s secret is made', async () => {
    const source = await make({ type: 'salesforce', secret: 's' });
    const message = outboundMessage('<Notification><Id>04l1</Id><sObject xsi:type="sf:Case" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:AccountId>sf-co</sf:AccountId><sf:CaseNumber>1</sf:CaseNumber></sObject></Notification>');
    const response = await fetch(`${service.running.url}${source.hookPath}?secret=s`, { method: 'POST', body: message, headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(await response.text()).toContain('<Ack>true</Ack>');
    expect(await timeline('sf-co')).toMatchObject([{ id: '04l1', kind: 'ticket' }]);
    expect((await make({ type: 'jira-service-management' })).secret).toMatch(/^[\w-]{43}$/);
  });

  it('takes a call of more records than one delivery may hold', async () => {
    const source = await make({ type: 'salesforce', secret: 's' });
    const records = Array.from({ length: 1_001 }, (_, n) => ({ attributes: { type: 'Case' }, AccountId: 'many-co', CaseNumber: String(n) }));
    expect(await post(source.hookPath, JSON.stringify(records), { authorization: 'Bearer s' })).toMatchObject({ status: 200, body: { signals: 1_001, rejected: 0 } });
  });

  it('answers what it cannot map with 200 and lists it once, with the event and the reason', async () => {
    const source = await make({ type: 'zendesk', secret: 's' });
    const call = zendeskCall('s', zendeskTicket({ organization: null, ticket: '7' }));
    for (let i = 0; i < 2; i++) expect(await post(source.hookPath, ...call)).toMatchObject({ status: 200, rejected: '1', body: { signals: 0, rejected: 1 } });
    expect(await rejected(source.id)).toEqual([expect.objectContaining({ code: 'identity_missing', payload: expect.objectContaining({ type: 'zen:event-type:ticket.created' }) })]);
    expect(await post(source.hookPath, ...zendeskCall('s', 'no json'))).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    expect(await post(source.hookPath, ...zendeskCall('s', { type: 'zen:event-type:ticket.merged', id: 'm', detail: {} }))).toMatchObject({ status: 200, body: { signals: 0, rejected: 0 } });
  });

  it('takes what the official Stripe library signs, and lists an amount in another currency', async () => {
    const source = await make({ type: 'stripe', secret: 'whsec_test' });
    const invoice = (id: string, currency: string) => JSON.stringify({ id, object: 'event', type: 'invoice.payment_failed', created: 1_772_441_000, data: { object: { id: 'in_1', customer: 'cus_2', amount_due: 120_00, currency, due_date: null, created: 1_772_440_000 } } });
    const signed = (payload: string): [string, Record<string, string>] => [payload, { 'stripe-signature': new Stripe('sk_test_x').webhooks.generateTestHeaderString({ payload, secret: 'whsec_test' }) }];
    expect(await post(source.hookPath, ...signed(invoice('evt_1', 'usd')))).toMatchObject({ status: 200, body: { signals: 1 } });
    expect(await post(source.hookPath, ...signed(invoice('evt_2', 'eur')))).toMatchObject({ status: 200, rejected: '1' });
    expect(await timeline('cus_2')).toMatchObject([{ id: 'evt_1', kind: 'invoice', data: { invoiceId: 'in_1', status: 'failed', amountMinor: 12000, currency: 'USD', dueOn: '2026-03-02' } }]);
    expect((await rejected(source.id)).map(({ code }) => code)).toEqual(['currency_not_configured']);
  });

  it('runs a mapping of the user’s own over what Standard Webhooks’ library signs', async () => {
    const mapping = '{"kind": "pulse", "accountId": customer, "data": {"pulse": mood, "reason": text}}';
    const source = await make({ type: 'generic', settings: { mapping } });
    expect(source).toMatchObject({ writeKey: expect.stringMatching(/^wk_/), secret: expect.stringMatching(/^whsec_/), settings: { mapping } });
    const send = (id: string, payload: object) => {
      const body = JSON.stringify(payload);
      const at = new Date();
      return post(source.hookPath, body, { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': new Webhook(source.secret!).sign(id, at, body) });
    };
    expect(await send('msg_1', { customer: 'g-co', mood: 2, text: 'slow' })).toMatchObject({ status: 200, body: { signals: 1 } });
    expect(await send('msg_2', { customer: 'g-co', mood: 9, text: 'slow' })).toMatchObject({ status: 200, rejected: '1' });
    expect(await timeline('g-co')).toMatchObject([{ id: 'msg_1', kind: 'pulse', data: { pulse: 2, reason: 'slow' } }]);
    expect(await rejected(source.id)).toMatchObject([{ code: 'invalid_field', detail: expect.stringContaining('/data/pulse'), payload: { payload: { customer: 'g-co', mood: 9 } } }]);

    const tried = await service.request('POST', `/api/v1/sources/${source.id}/try`, { scopes: ['operate'], body: { payload: { customer: 'g-co', mood: 9 }, settings: { mapping: '{"kind": "pulse", "accountId": customer, "data": {"pulse": mood, "reason": "-"}}' } } });
    expect(tried.body).toMatchObject({ fault: null, events: [{ fault: null, signals: [{ signal: { kind: 'pulse', accountId: 'g-co' }, fault: { code: 'invalid_field', pointer: '/data/pulse' } }] }] });
    expect(await timeline('g-co')).toHaveLength(1);
  });

  it('ends a mapping that does not end, or eats memory, and goes on', async () => {
    const source = await make({ type: 'generic' });
    const tryIt = async (mapping: string) => (await service.request('POST', `/api/v1/sources/${source.id}/try`, { scopes: ['operate'], body: { payload: { a: 1 }, settings: { mapping } } })).body.events[0] as object;
    const endless = await Promise.all(['($f := function($n) {$f($n + 1)}; $f(0))', '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)', '($s := function($t, $n) {$n = 0 ? $t : $s($t & $t, $n - 1)}; $length($s("xxxxxxxxxxxxxxxx", 40)))', 'a ~> |', '[1..1e7]'].map(tryIt));
    for (const event of endless) expect(event).toMatchObject({ signals: [], fault: { code: 'mapping_failed' } });
    expect(await tryIt('a.{')).toMatchObject({ fault: { detail: expect.stringContaining('the mapping is no JSONata: Expected ":"') } });
    expect(await tryIt('$number("x")')).toMatchObject({ fault: { detail: expect.stringContaining('the mapping failed: Unable to cast') } });
    // What it quotes may be about people.
    for (const mapping of ['$number("jo@acme.com")', '$toMillis("jo@acme.com")', '$error("jo@acme.com\\u0000")', '$assert(false, "jo@acme.com")', '{"a": 1, "jo@acme.com": 2, "jo@acme.com": 3}']) {
      const { fault } = (await tryIt(mapping)) as { fault: { code: string; detail: string } };
      expect([mapping, fault.code, fault.detail]).toEqual([mapping, 'mapping_failed', expect.not.stringMatching(/jo@|\p{Cc}/u)]);
    }
    expect(await tryIt('$f := function($x){$x}')).toMatchObject({ fault: { detail: expect.stringContaining('the mapping made what is no JSON') } });
    expect(await tryIt('{"kind": "note", "accountId": "x", "data": {"text": "t", "author": "a"}}')).toMatchObject({ fault: null, signals: [{ fault: null }] });
  }, 20_000);

  it('lets two secrets hold during a rotation, and the old one end', async () => {
    const source = await make({ type: 'zendesk', secret: 'old' });
    const rotate = (body: object) => service.request('POST', `/api/v1/sources/${source.id}/secrets`, { scopes: ['operate'], body });
    const answered = async () => {
      const at = [new Date(), service.clock.now()];
      return Promise.all(['oldest', 'old', 'new'].map(async (secret) => (await post(source.hookPath, ...zendeskCall(secret, zendeskTicket({ organization: 'r-co', ticket: '1' }), at[0]))).status));
    };
    expect(await answered()).toEqual([401, 200, 401]);
    expect(await rotate({ secret: 'new', overlapHours: 1 })).toMatchObject({ status: 201, body: { secret: null, secrets: [{ expiresAt: null }, { expiresAt: '2026-03-02T10:00:00.000Z' }] } });
    expect(await answered()).toEqual([401, 200, 200]);
    await service.advance('2026-03-02T10:00:01Z');
    expect(await answered()).toEqual([401, 401, 200]);
    expect((await service.request<Made>('GET', `/api/v1/sources/${source.id}`, { scopes: ['operate'] })).body.secrets).toHaveLength(1);
    expect(await rotate({})).toMatchObject({ status: 400, body: { errors: [{ pointer: '/secret' }] } });
  });

  it('lets the secret a sender still has hold when the rotation is called again, and ends all with no overlap', async () => {
    const source = await make({ type: 'zendesk', secret: 'at the sender' });
    const rotate = (body: object) => service.request<Made>('POST', `/api/v1/sources/${source.id}/secrets`, { scopes: ['operate'], body });
    const answered = (...secrets: string[]) => Promise.all(secrets.map(async (secret) => (await post(source.hookPath, ...zendeskCall(secret, zendeskTicket({ organization: 'r-co', ticket: '2' })))).status));
    await rotate({ secret: 'its answer was lost' });
    await rotate({ secret: 'new' });
    expect(await answered('at the sender', 'its answer was lost', 'new')).toEqual([200, 200, 200]);
    for (const secret of ['a', 'b', 'c']) expect((await rotate({ secret })).body.secrets.length).toBeLessThanOrEqual(5);
    expect(await answered('at the sender', 'its answer was lost', 'new', 'c')).toEqual([401, 200, 200, 200]);
    await rotate({ secret: 'leaked no more', overlapHours: 0 });
    expect(await answered('new', 'c', 'leaked no more')).toEqual([401, 401, 200]);
  });

  it('keeps secrets sealed, ends with the source, and says what does not fit', async () => {
    const source = await make({ type: 'zendesk', secret: 'never seen again' });
    expect(JSON.stringify(await service.request('GET', '/api/v1/sources', { scopes: ['operate'] }))).not.toContain('never seen again');
    const head = () => service.fetch('HEAD', source.hookPath);
    expect((await head()).status).toBe(200);
    expect((await service.request('DELETE', `/api/v1/sources/${source.id}`, { scopes: ['operate'] })).status).toBe(204);
    expect((await head()).status).toBe(404);
    expect((await post(source.hookPath, '{}')).status).toBe(404);
    const create = async (body: object) => (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { name: 'x', ...body } })).body as object;
    expect(await create({ type: 'segment', secret: 's' })).toMatchObject({ errors: [{ pointer: '/secret' }] });
    expect(await create({ type: 'zendesk', settings: { mapping: 'x' } })).toMatchObject({ errors: [{ pointer: '/settings/mapping' }] });
    expect(await create({ type: 'zendesk', settings: { accountAt: ['detail.id'] } })).toMatchObject({ errors: [{ pointer: '/settings/accountAt/0' }] });
    expect(await create({ type: 'zendesk', publicKey: 'x' })).toMatchObject({ errors: [{ pointer: '/publicKey' }] });
    expect(await create({ type: 'generic', settings: { mapping: 'customers.{' } })).toMatchObject({ errors: [{ pointer: '/settings/mapping', detail: 'is no JSONata: Expected ":" before end of expression (character 11)' }] });
    expect(await create({ type: 'generic', secret: 'no whsec!' })).toMatchObject({ errors: [{ pointer: '/secret' }] });
    expect((await service.request('POST', '/api/v1/sources', { scopes: ['accounts:write'], body: { type: 'zendesk', name: 'x' } })).status).toBe(403);
  });

  it('puts nothing of a forged call on the log but its refusal', async () => {
    const source = await make({ type: 'zendesk', secret: 's' });
    await post(source.hookPath, JSON.stringify({ secret: 'forged content' }), { 'x-zendesk-webhook-signature': hmacOf('sha256', 'other', 'x').toString('base64'), 'x-zendesk-webhook-signature-timestamp': new Date().toISOString() });
    const records = (await service.published(telemetryTopic)).filter(({ data }) => (data as { sourceId?: string }).sourceId === source.id);
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('forged content');
  });
});

it('maps what is under way to its end while the service closes', async () => {
  const service = await startTestService(signalIngestion, { env: { SOURCE_SECRETS_KEY: key, PUBLIC_URL: hookOrigin } });
  try {
    const settings = { signature: 'shared-secret', mapping: '($sum([1..20000]); {"kind": "note", "accountId": "closing-co", "data": {"text": text, "author": "a"}})' };
    const { hookPath, secret } = (await service.request<Made>('POST', '/api/v1/sources', { scopes: ['operate'], body: { name: 'a source', type: 'generic', settings } })).body;
    const call = async (n: number) => (await fetch(`${service.running.url}${hookPath}`, { method: 'POST', headers: { 'x-webhook-secret': secret! }, body: JSON.stringify({ text: String(n) }) })).json();
    const calls = Array.from({ length: 20 }, (_, n) => call(n));
    await Promise.race(calls);
    const [answers] = await Promise.all([Promise.all(calls), service.running.close()]);
    expect(answers).toEqual(answers.map(() => ({ received: true, signals: 1, rejected: 0 })));
  } finally {
    await service.stop();
  }
});
