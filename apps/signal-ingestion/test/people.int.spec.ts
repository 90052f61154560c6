import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

jest.setTimeout(30_000);
const write = { scopes: ['accounts:read', 'accounts:write'] as const };

describe('people and accounts that nobody knows yet, and people of several ids', () => {
  let service: TestService;
  let test = 0;
  let acme: string;
  let globex: string;
  let jo: string;
  let jane: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(() => {
    test++;
    [acme, globex, jo, jane] = [`acme-${test}`, `globex-${test}`, `jo-${test}`, `jane-${test}`];
  });

  const send = async (...signals: object[]) => {
    const answer = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals: signals.map((signal, n) => ({ id: `${test}-${Math.random()}-${n}`, ...signal })) } });
    expect(answer.body).toMatchObject({ rejected: 0 });
    await service.settle();
  };
  const usage = (more: object) => ({ kind: 'usage', data: { event: 'Opened' }, ...more });
  const person = (personId: string, accountId: string, data: object) => ({ kind: 'person', personId, accountId, data: { change: 'updated', ...data } });
  const call = async (method: string, path: string, body?: object) => {
    const answer = await service.request(method, `/api/v1/${path}`, { ...write, ...(body ? { body } : {}) });
    await service.settle();
    return answer;
  };
  const told = async (accountId: string) => {
    const events = (await service.published(signalsTopic)).filter(({ key }) => key === accountId);
    const reset = events.findLastIndex(({ type }) => type === 'perennial.account.reset.v1');
    return events.slice(reset + 1).flatMap(({ data }) => ('id' in data ? [data] : []));
  };
  const stakeholders = async (accountId: string) => (await service.published(accountsTopic)).findLast(({ key }) => key === accountId)?.data.stakeholders.map(({ personId, roles }) => `${personId} ${roles.join()}`);
  const rowOf = async (path: string, id: string) => ((await call('GET', path)).body.data as { id: string }[]).find((row) => row.id === id);
  const unknownUser = (id: string) => rowOf('people?unassigned=true&limit=100', id);
  const unknownAccount = (id: string) => rowOf('unknown-accounts?limit=100', id);

  it('lists unknown users with counts, last seen and a suggestion that a person confirms; assigning replays', async () => {
    const domain = `acme${test}.com`;
    await send(person('ann', acme, { email: `ann@${domain}` }), person('ben', acme, { email: `ben@${domain}` }), person('cy', globex, { email: `cy@${domain}` }));
    await send(usage({ personId: `email:${jo}@${domain}`, occurredAt: '2026-02-27T10:00:00Z' }), usage({ personId: `email:${jo}@${domain}`, occurredAt: '2026-02-28T10:00:00Z' }));
    const id = `email:${jo}@${domain}`;
    expect(await unknownUser(id)).toMatchObject({ waitingSignals: 2, lastSeenAt: '2026-02-28T10:00:00.000Z', suggestedAccountId: acme, suggestions: [{ accountId: acme, because: 'email_domain', people: 2, share: 0.67 }] });
    expect((await call('GET', `people?unassigned=true&emailDomain=${domain}`)).body.data).toMatchObject([{ id }]);
    expect(await told(acme)).toHaveLength(2);

    const assign = (accountId: string) => call('POST', `people/${encodeURIComponent(id)}/assign`, { accountId });
    expect(await assign('nobody')).toMatchObject({ status: 404 });
    expect(await assign(acme)).toMatchObject({ status: 200, body: { id, accountId: acme, accounts: [{ accountId: acme }] } });
    expect(await assign(acme)).toMatchObject({ status: 200 });
    expect((await told(acme)).filter(({ personId }) => personId === id)).toHaveLength(2);
    expect(await unknownUser(id)).toBeUndefined();
    // Several accounts: what names one is that one's, the rest is that of the last.
    await assign(globex);
    await send(usage({ personId: id }), usage({ personId: id, accountId: acme }));
    expect([(await told(acme)).filter(({ personId }) => personId === id).length, (await told(globex)).filter(({ personId }) => personId === id).length]).toEqual([3, 1]);
    expect((await call('GET', `people/${encodeURIComponent(id)}`)).body).toMatchObject({ accounts: [{ accountId: acme }, { accountId: globex }] });
    expect((await call('GET', 'people/who')).status).toBe(404);
    expect((await call('POST', 'people/who/assign', { accountId: acme })).status).toBe(404);
    expect((await service.request('POST', `/api/v1/people/ann/assign`, { scopes: ['accounts:read'], body: { accountId: acme } })).status).toBe(403);
  });

  it('lists accounts that only signals named, with suggestions; assigning replays their signals, and can be taken back', async () => {
    const crm = `crm-${test}`;
    await call('PUT', `accounts/${acme}`, { name: 'Acme' });
    await send(person(jo, acme, { email: `jo@acme${test}.com` }), usage({ personId: jo, accountId: crm, occurredAt: '2026-02-01T00:00:00Z' }), usage({ accountId: crm }));
    expect(await unknownAccount(crm)).toMatchObject({ signals: 2, people: 1, firstSeenAt: '2026-02-01T00:00:00.000Z', lastSeenAt: '2026-03-02T09:00:00.000Z', suggestions: [{ accountId: acme, because: 'same_people', people: 1, share: 1 }] });
    expect(await unknownAccount(acme)).toBeUndefined();
    expect(await call('POST', `unknown-accounts/${acme}/assign`, { accountId: crm })).toMatchObject({ status: 409, body: { code: 'account_is_known' } });
    expect(await call('POST', `unknown-accounts/${crm}/assign`, { accountId: acme })).toMatchObject({ status: 200, body: { mergedInto: acme } });
    expect((await call('POST', `unknown-accounts/${crm}/assign`, { accountId: acme })).status).toBe(200);
    expect(await told(acme)).toHaveLength(3);
    expect(await unknownAccount(crm)).toBeUndefined();
    await call('POST', `accounts/${crm}/unmerge`, {});
    expect(await unknownAccount(crm)).toMatchObject({ signals: 2 });
    expect((await call('POST', `unknown-accounts/${crm}/confirm`)).status).toBe(204);
    expect(await unknownAccount(crm)).toBeUndefined();
    expect((await call('POST', 'unknown-accounts/nobody/confirm')).status).toBe(404);
  });

  it('states roles by hand as the last word, where the person is, and moves nobody', async () => {
    await send(person(jo, globex, { roles: ['champion'] }), person(jo, acme, {}));
    const roles = (body: object) => call('PUT', `people/${jo}/roles`, body);
    expect((await roles({ accountId: globex, roles: ['executive_sponsor', 'budget_holder'] })).body).toMatchObject({ accountId: acme, accounts: [{ accountId: acme, roles: [] }, { accountId: globex, roles: ['executive_sponsor', 'budget_holder'] }] });
    expect(await stakeholders(globex)).toEqual([`${jo} executive_sponsor,budget_holder`]);
    expect((await told(globex)).at(-1)).toMatchObject({ kind: 'person', data: { change: 'updated', roles: ['executive_sponsor', 'budget_holder'] }, sourceId: 'by-hand/test-user' });
    await roles({ accountId: globex, roles: ['budget_holder', 'executive_sponsor'] });
    expect(await told(globex)).toHaveLength(2);
    await roles({ accountId: globex, roles: [] });
    expect(await stakeholders(globex)).toEqual([]);
    expect((await roles({ accountId: 'elsewhere', roles: [] })).status).toBe(404);
    for (const body of [{ accountId: acme }, { accountId: acme, roles: ['boss'] }, { accountId: acme, roles: ['champion', 'champion'] }, { accountId: acme, roles: 'champion' }]) expect((await roles(body)).status).toBe(400);
  });

  it('makes one contact of two people for the past and the future, and two again', async () => {
    const meeting = (id: string) => ({ id, kind: 'engagement', accountId: acme, data: { type: 'meeting', outcome: 'held', attendees: [{ personId: jo }, { personId: jane, role: 'champion' }] } });
    await send(person(jo, acme, { name: 'Jo', roles: ['budget_holder'] }), person(jane, acme, { title: 'CFO' }), usage({ personId: jane }), meeting(`${test}-m1`));
    // Signals of several senders come in any order.
    const byId = (signals: Awaited<ReturnType<typeof told>>) => signals.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const lastTwo = async () => (await told(acme)).filter(({ id }) => !known.has(id)).toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
    const before = [byId(await told(acme)), await stakeholders(acme), (await call('GET', `people?accountId=${acme}`)).body.data];
    const known = new Set((await told(acme)).map(({ id }) => id));
    const merge = (from: string, intoPersonId: string) => call('POST', `people/${from}/merge`, { intoPersonId });
    expect(await merge(jane, jo)).toMatchObject({ status: 200, body: { id: jo, mergedInto: jo, otherIds: [jane], accounts: [{ accountId: acme, title: 'CFO' }] } });
    expect((await merge(jane, jo)).status).toBe(200);
    expect((await told(acme)).map(({ personId }) => personId).sort()).toEqual([jo, jo, jo, null].sort());
    expect(await stakeholders(acme)).toEqual([`${jo} budget_holder,champion`]);
    expect((await call('GET', `people?accountId=${acme}`)).body.data).toMatchObject([{ id: jo, name: 'Jo', title: 'CFO', roles: ['budget_holder', 'champion'] }]);
    await send(usage({ personId: jane }), meeting(`${test}-m2`));
    expect(await lastTwo()).toMatchObject([{ data: { attendees: [{ personId: jo }, { personId: jo, role: 'champion' }] } }, { personId: jo }]);

    expect(await merge(jo, jane)).toMatchObject({ status: 409, body: { code: 'merge_cycle' } });
    expect(await merge(jo, jo)).toMatchObject({ status: 409, body: { code: 'merge_cycle' } });
    expect(await merge(jo, 'nobody')).toMatchObject({ status: 404 });
    expect((await call('GET', `people/${jo}/merges`)).body.data).toMatchObject([{ personId: jane, intoPersonId: jo, unmergedAt: null }]);
    expect(await call('POST', `people/${jane}/unmerge`, {})).toMatchObject({ status: 200, body: { id: jane, mergedInto: null } });
    const after = [byId((await told(acme)).filter(({ id }) => known.has(id))), await stakeholders(acme), (await call('GET', `people?accountId=${acme}`)).body.data];
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value, (key, one: unknown) => (key === 'version' ? undefined : one))) as unknown;
    expect(plain(after)).toEqual(plain(before));
    expect(await lastTwo()).toMatchObject([{ data: { attendees: [{ personId: jo }, { personId: jane }] } }, { personId: jane }]);
  });

  it('brings somebody without account to that of the person they are', async () => {
    await send(person(jo, acme, {}), usage({ personId: jane }), usage({ personId: 'lone' }), usage({ personId: 'alone' }));
    expect(await call('POST', `people/lone/merge`, { intoPersonId: 'alone' })).toMatchObject({ status: 409, body: { code: 'no_account' } });
    expect(await call('POST', `people/${jane}/merge`, { intoPersonId: jo })).toMatchObject({ status: 200 });
    expect((await told(acme)).map(({ kind, personId }) => `${kind} ${personId}`).sort()).toEqual([`person ${jo}`, `usage ${jo}`]);
  });

  it('knows where somebody is whom only a meeting named, as soon as a person says anything of them', async () => {
    await send({ kind: 'engagement', accountId: acme, data: { type: 'meeting', outcome: 'held', attendees: [{ personId: jo, role: 'champion' }, { personId: jane, role: 'influencer' }] } });
    expect((await call('PUT', `people/${jo}/roles`, { accountId: acme, roles: ['executive_sponsor'] })).body).toMatchObject({ accountId: acme });
    expect(await call('POST', `people/${jane}/merge`, { intoPersonId: jo })).toMatchObject({ status: 200, body: { accountId: acme } });
    for (const id of [jo, jane]) expect(await unknownUser(id)).toBeUndefined();
    // What the meeting named came before the roles were stated whole.
    expect(await stakeholders(acme)).toEqual([`${jo} executive_sponsor`]);
  });

  it('pages through the people of an account and of those merged into it, each once and in order, whoever was merged', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${letter}-${test}`);
    const [a, b, c, d, e, f] = ids as [string, string, string, string, string, string];
    await send(...[a, b, d, e].map((id) => person(id, acme, { name: id })), ...[c, d, f].map((id) => person(id, globex, { name: id })));
    // Into one that stands before, into one that the account does not know itself, and two accounts into one.
    expect((await call('POST', `people/${e}/merge`, { intoPersonId: a })).status).toBe(200);
    expect((await call('POST', `people/${b}/merge`, { intoPersonId: f })).status).toBe(200);
    const paged = async () => {
      const seen: string[] = [];
      for (let after = ''; ; after = `&startingAfter=${seen.at(-1)}`) {
        const { data, hasMore } = (await call('GET', `people?accountId=${acme}&limit=1${after}`)).body as { data: { id: string }[]; hasMore: boolean };
        seen.push(...data.map(({ id }) => id));
        if (!hasMore) return seen;
      }
    };
    expect(await paged()).toEqual([a, d, f]);
    expect((await call('POST', `accounts/${globex}/merge`, { intoAccountId: acme })).status).toBe(200);
    expect(await paged()).toEqual([a, c, d, f]);
    expect((await call('GET', `people?accountId=${acme}`)).body.data).toHaveLength(4);
  });
});
