import { jest } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';
import { zendeskCall, zendeskTicket } from './hook-calls.js';

jest.setTimeout(30_000);

interface Made {
  id: string;
  hookPath: string;
  secret: string;
}
interface Listed {
  id: string;
  code: string;
  detail: string;
  state: string;
  replayable: string;
  payload: Record<string, unknown>;
}

describe('webhook events that could not be mapped', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { SOURCE_SECRETS_KEY: randomBytes(32).toString('base64url') } });
  }, 30_000);
  afterAll(() => service.stop());

  const operate = { scopes: ['accounts:read', 'operate'] as const };
  const make = async (body: object) => (await service.request<Made>('POST', '/api/v1/sources', { scopes: ['operate'], body: { name: 'a source', ...body } })).body;
  const generic = (mapping: string) => make({ type: 'generic', settings: { signature: 'shared-secret', mapping } });
  const remap = async ({ id }: Made, mapping: string) => expect((await service.request('PUT', `/api/v1/sources/${id}/settings`, { ...operate, body: { signature: 'shared-secret', mapping } })).status).toBe(200);
  const call = async (path: string, body: string, headers: Record<string, string>) => {
    const response = await fetch(service.running.url + path, { method: 'POST', body, headers });
    await service.settle();
    return { status: response.status, body: (await response.json()) as object };
  };
  const send = ({ hookPath, secret }: Made, id: string, payload: unknown) => call(hookPath, typeof payload === 'string' ? payload : JSON.stringify(payload), { 'x-webhook-secret': secret, 'webhook-id': id });
  const list = async ({ id }: Made, query = '&state=open') => (await service.request('GET', `/api/v1/rejected?sourceId=${id}${query}`, operate)).body.data as Listed[];
  const replay = async (path: string, body: object = {}) => {
    const { status, body: told } = await service.request('POST', `/api/v1/rejected/${path}`, { ...operate, body });
    await service.settle();
    return { status, body: told as object };
  };
  const timeline = async (accountId: string) => {
    const { status, body } = await service.request('GET', `/api/v1/accounts/${accountId}/signals?limit=100`, operate);
    return status === 404 ? [] : (body.data as { id: string; kind: string; sourceId: string; receivedAt: string; data: object }[]);
  };

  it('count once the mapping is mended, once, as if it had been right at first', async () => {
    const right = '{"kind": "pulse", "accountId": customer, "data": {"pulse": $number(mood), "reason": "said so"}}';
    const [source, spared] = [await generic('{"kind": "pulse", "accountId": customer, "data": {"pulse": $number(text), "reason": "said so"}}'), await generic(right)];
    const payload = { customer: 'mapped-co', mood: '2', text: 'slow' };
    for (let i = 0; i < 2; i++) expect(await send(source, 'msg_1', payload)).toEqual({ status: 200, body: { received: true, signals: 0, rejected: 1 } });
    await send(spared, 'msg_1', { ...payload, customer: 'spared-co' });
    const [row] = await list(source);
    expect([row]).toEqual(await list(source));
    expect(row).toMatchObject({ code: 'mapping_failed', vendor: 'generic', call: 'event', replayable: 'yes', payload: { payload } });
    await service.advance(new Date(service.clock.now().getTime() + 3_600_000));

    expect((await replay(`${row!.id}/replay`)).body).toMatchObject({ result: 'refused', code: 'mapping_failed' });
    await remap(source, '{"kind": "pulse", "accountId": customer, "data": {"pulse": 9, "reason": "said so"}}');
    expect((await replay(`${row!.id}/replay`)).body).toMatchObject({ result: 'refused', code: 'invalid_field' });
    expect(await list(source)).toMatchObject([{ id: row!.id, code: 'invalid_field', detail: expect.stringContaining('/data/pulse'), replayable: 'yes' }]);

    await remap(source, right);
    const all = { where: { sourceId: source.id } };
    expect((await replay('replay', { ...all, dryRun: true })).body).toMatchObject({ taken: 1, refused: 0 });
    expect(await timeline('mapped-co')).toEqual([]);
    const [first, second] = await Promise.all([replay('replay', all), replay('replay', all)]);
    expect([first.body, second.body]).toEqual(expect.arrayContaining([expect.objectContaining({ taken: 1 }), expect.objectContaining({ taken: 0, results: [] })]));
    const [spare] = await timeline('spared-co');
    expect(await timeline('mapped-co')).toEqual([{ ...spare, accountId: 'mapped-co', namedAccountId: 'mapped-co', sourceId: source.id, cursor: expect.any(String) }]);
    expect(await replay(`${row!.id}/replay`)).toMatchObject({ status: 409, body: { code: 'not_open' } });
    expect((await send(source, 'msg_1', payload)).body).toMatchObject({ signals: 1, rejected: 0 });
    expect(await timeline('mapped-co')).toHaveLength(1);
    expect(await list(source)).toEqual([]);
  });

  it('give what fits at once and the rest when they are mended, also where the mapping makes other content of all of it', async () => {
    const note = (text: string) => `answers.{"kind": "pulse", "accountId": "parts-co", "data": {"pulse": $, "reason": "${text}"}}`;
    const source = await generic(note('a'));
    expect((await send(source, 'm', { answers: [1, 7, 3, 8] })).body).toMatchObject({ signals: 2, rejected: 1 });
    const [row] = await list(source);
    expect(row).toMatchObject({ code: 'invalid_field', detail: expect.stringMatching(/no\. 2 of 4.*\/data\/pulse/) });
    await remap(source, note('b'));
    expect((await replay(`${row!.id}/replay`, { patch: { payload: { answers: [1, 2, 3, 9] } } })).body).toMatchObject({ result: 'refused', code: 'invalid_field' });
    expect(await list(source)).toMatchObject([{ detail: row!.detail }]);
    expect((await replay(`${row!.id}/replay`, { patch: { payload: { answers: [1, 2, 3, 4] } } })).body).toMatchObject({ result: 'taken' });
    expect((await timeline('parts-co')).map(({ id, data }) => [id, data]).toSorted()).toEqual([['m/0', 1, 'a'], ['m/1', 2, 'b'], ['m/2', 3, 'a'], ['m/3', 4, 'b']].map(([id, pulse, reason]) => [id, { pulse, reason }]));
  });

  it('of a business system count once a setting says where its account is, or the payload is mended', async () => {
    const source = await make({ type: 'zendesk', secret: 's' });
    for (const ticket of ['1', '2']) await call(source.hookPath, ...zendeskCall('s', { ...zendeskTicket({ organization: null, ticket }), custom: ticket === '1' ? { account: 'setting-co' } : null }));
    const [second, first] = await list(source);
    await service.request('PUT', `/api/v1/sources/${source.id}/settings`, { ...operate, body: { accountAt: ['/custom/account'] } });
    expect((await replay('replay', { ids: [first!.id, second!.id] })).body).toMatchObject({ taken: 1, refused: 1, results: [{ result: 'taken' }, { code: 'identity_missing' }] });
    expect((await replay(`${second!.id}/replay`, { payload: { ...second!.payload, custom: { account: 'mended-co' } } })).body).toMatchObject({ result: 'taken' });
    expect([...(await timeline('setting-co')), ...(await timeline('mended-co'))]).toMatchObject([{ id: 'event-1-created', kind: 'ticket', data: { ticketId: '1' } }, { id: 'event-2-created', kind: 'ticket', data: { ticketId: '2' } }]);
  });

  it('keep the id that stood in a header, and are kept whole up to 256 KiB', async () => {
    const source = await make({ type: 'jira-service-management', secret: 's' });
    const issue = async (id: string, text: string) => {
      const body = JSON.stringify({ webhookEvent: 'jira:issue_created', timestamp: 1_772_441_000_000, issue: { id: '1', key: `IT-${id}`, fields: { priority: { name: 'High' }, summary: 'x', description: text, created: '2026-03-02T08:00:00.000+0000' } } });
      await call(source.hookPath, body, { 'x-hub-signature': `sha256=${createHmac('sha256', 's').update(body).digest('hex')}`, 'x-atlassian-webhook-identifier': `jira-${id}` });
    };
    await issue('1', `\0${'y'.repeat(200_000)}`);
    await issue('2', 'y'.repeat(300_000));
    const [cut, whole] = await list(source);
    expect([cut, whole]).toMatchObject([{ code: 'identity_missing', replayable: 'with_payload' }, { code: 'identity_missing', replayable: 'yes' }]);
    const patch = { issue: { fields: { reporter: { emailAddress: 'jo@jira.example' } } } };
    expect((await replay(`${cut!.id}/replay`, { patch })).body).toMatchObject({ result: 'refused', code: 'payload_incomplete' });
    expect((await replay(`${whole!.id}/replay`, { patch })).body).toMatchObject({ result: 'taken' });
    await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: [{ kind: 'person', accountId: 'jira-co', personId: 'email:jo@jira.example', data: { change: 'created' } }] } });
    await service.settle();
    expect((await timeline('jira-co')).map(({ id, kind }) => [id, kind])).toContainEqual(['jira-1', 'ticket']);
  });

  it('cannot be replayed where nobody could read the body, or the source is gone, and say so', async () => {
    const source = await generic('nothing.here.{"kind": "x"}');
    expect((await send(source, 'a', 'no json')).status).toBe(400);
    await remap(source, '[1]');
    await send(source, 'b', {});
    const [event, body] = await list(source);
    expect(body).toMatchObject({ code: 'invalid_json', replayable: 'no' });
    expect((await replay(`${body!.id}/replay`, { payload: { kind: 'note' } })).body).toMatchObject({ result: 'refused', code: 'not_an_item' });
    expect(event).toMatchObject({ code: 'not_signals', replayable: 'yes' });
    await service.request('DELETE', `/api/v1/sources/${source.id}`, operate);
    expect((await replay(`${event!.id}/replay`)).body).toMatchObject({ result: 'refused', code: 'source_gone' });
  });
});
