import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { signalIngestion } from '../src/service.js';

jest.setTimeout(30_000);

const write = { scopes: ['accounts:read', 'accounts:write'] as const };

describe('accounts that stand for another', () => {
  let service: TestService;
  let test = 0;
  let a: string;
  let b: string;
  let crm: string;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(() => {
    test++;
    [a, b, crm] = [`a-${test}`, `b-${test}`, `crm-${test}`];
  });

  const send = async (...signals: object[]) => {
    const answer = await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals } });
    expect(answer.body).toMatchObject({ rejected: 0 });
    await service.settle();
  };
  const usage = (id: string, accountId: string, more: object = {}) => ({ id: `${id}-${test}`, kind: 'usage', accountId, data: { event: 'Opened' }, ...more });
  const call = (method: string, path: string, body?: object) => service.request(method, `/api/v1/accounts/${path}`, { ...write, ...(body ? { body } : {}) });
  const merge = (from: string, intoAccountId: string) => call('POST', `${from}/merge`, { intoAccountId });
  const unmerge = (from: string) => call('POST', `${from}/unmerge`, {});
  /** What a reader of the log knows of an account in the end: the ids of its signals since the last reset, and how it was closed. */
  const told = async (id: string) => {
    const events = (await service.published(signalsTopic)).filter(({ key }) => key === id);
    const reset = events.findLastIndex(({ type }) => type === 'perennial.account.reset.v1');
    const closed = events.findLast(({ type }) => type === 'perennial.account.restated.v1')?.data;
    for (const { data } of events) expect(data.accountId).toBe(id);
    const versions = events.map(({ data }) => data.version);
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
    return { ids: events.slice(reset + 1).flatMap(({ data }) => ('id' in data ? [data.id.split('-')[0]] : [])).sort(), mergedInto: closed && 'mergedInto' in closed ? closed.mergedInto : null };
  };
  const state = async (id: string) => (await service.published(accountsTopic)).findLast(({ key }) => key === id)?.data;
  const timeline = async (id: string) => ((await call('GET', `${id}/signals`)).body.data as { id: string; accountId: string; namedAccountId: string }[]).map((row) => [row.id.split('-')[0], row.accountId, row.namedAccountId]);

  it('an alias is the account: signals that name it, traits, people and look-ups', async () => {
    await call('PUT', a, { name: 'Acme' });
    expect(await call('PUT', `${a}/aliases/${crm}`)).toMatchObject({ status: 200, body: { id: a, aliases: [crm] } });
    expect((await call('PUT', `${a}/aliases/${crm}`)).status).toBe(200);
    await send(usage('u1', crm), { id: `p-${test}`, kind: 'person', accountId: crm, personId: `jo-${test}`, data: { change: 'created', name: 'Jo', roles: ['champion'] } }, usage('u2', a));
    expect(await told(a)).toMatchObject({ ids: ['p', 'u1', 'u2'] });
    expect(await told(crm)).toMatchObject({ ids: [] });
    expect(await state(a)).toMatchObject({ aliases: [crm], stakeholders: [{ personId: `jo-${test}`, roles: ['champion'] }] });
    expect(await state(crm)).toBeUndefined();
    // Another name of the account hears that Jo is no champion: the latest word counts, under whichever name.
    await send({ id: `q-${test}`, kind: 'person', accountId: a, personId: `jo-${test}`, data: { change: 'updated', roles: [] } });
    expect(await state(a)).toMatchObject({ stakeholders: [] });
    expect((await call('GET', crm)).body).toMatchObject({ id: a, name: 'Acme', aliases: [crm] });
    expect((await call('PUT', crm, { name: 'Acme Inc' })).body).toMatchObject({ id: a, name: 'Acme Inc' });
    expect((await timeline(a)).map(([id]) => id).sort()).toEqual(['p', 'q', 'u1', 'u2']);

    expect(await call('PUT', `${b}/aliases/x`)).toMatchObject({ status: 404 });
    await send(usage('v', b));
    expect(await call('PUT', `${a}/aliases/${b}`)).toMatchObject({ status: 409, body: { code: 'alias_is_account', detail: expect.stringContaining('merge') } });
    expect(await call('PUT', `${b}/aliases/${crm}`)).toMatchObject({ status: 409, body: { code: 'alias_taken' } });
    expect(await call('PUT', `${a}/aliases/${'x'.repeat(201)}`)).toMatchObject({ status: 400 });

    expect((await call('DELETE', `${a}/aliases/${crm}`)).status).toBe(204);
    await service.settle();
    expect(await told(a)).toMatchObject({ ids: ['q', 'u2'] });
    expect(await told(crm)).toMatchObject({ ids: ['p', 'u1'] });
    expect(await state(crm)).toMatchObject({ id: crm, mergedInto: null });
    expect((await call('DELETE', `${a}/aliases/${crm}`)).status).toBe(404);
  });

  it('a merge tells the one account with all signals and the other with none; an unmerge puts each back where it was', async () => {
    await call('PUT', a, { name: 'Acme' });
    await call('PUT', b, { name: 'Acme Ltd', tier: 'high', traits: { plan: 'pro' } });
    await send(usage('a1', a), usage('b1', b), { id: `p-${test}`, kind: 'person', accountId: b, personId: `jo-${test}`, data: { change: 'created', roles: ['budget_holder'] } });
    const before = [await state(a), await state(b)];
    const answer = await merge(b, a);
    expect(answer).toMatchObject({ status: 200, body: { id: b, mergedInto: a, name: 'Acme Ltd' } });
    expect((await merge(b, a)).body).toEqual(answer.body);
    await service.settle();
    expect(await told(a)).toEqual({ ids: ['a1', 'b1', 'p'], mergedInto: null });
    expect(await told(b)).toEqual({ ids: [], mergedInto: a });
    // Its own word first; where it has none, that of the merged account.
    expect(await state(a)).toMatchObject({ name: 'Acme', tier: 'high', traits: { plan: 'pro' }, aliases: [b], stakeholders: [{ personId: `jo-${test}` }] });
    expect(await state(b)).toMatchObject({ mergedInto: a, name: 'Acme Ltd', stakeholders: [] });
    await send(usage('b2', b), usage('a2', a), usage('late', b, { occurredAt: '2025-10-01T00:00:00Z' }));
    expect((await told(a)).ids).toEqual(['a1', 'a2', 'b1', 'b2', 'late', 'p']);
    expect(await state(a)).toMatchObject({ createdAt: '2025-10-01T00:00:00.000Z' });
    expect(await timeline(b)).toEqual(expect.arrayContaining([['b2', b, b], ['b1', b, b]]));
    expect(await timeline(a)).toEqual(expect.arrayContaining([['b2', a, b], ['a2', a, a]]));

    expect(await unmerge(b)).toMatchObject({ status: 200, body: { id: b, mergedInto: null } });
    expect((await unmerge(b)).status).toBe(200);
    await service.settle();
    expect(await told(a)).toEqual({ ids: ['a1', 'a2'], mergedInto: null });
    expect(await told(b)).toEqual({ ids: ['b1', 'b2', 'late', 'p'], mergedInto: null });
    const after = [await state(a), await state(b)];
    for (const [at, was] of before.entries()) expect({ ...after[at], version: 0, createdAt: '' }).toEqual({ ...was, version: 0, createdAt: '' });
    expect((await call('GET', `${a}/merges`)).body.data).toMatchObject([{ accountId: b, intoAccountId: a, mergedBy: 'test-user', unmergedBy: 'test-user' }]);
    expect(await timeline(b)).toHaveLength(4);
  });

  it('takes chains apart again, and refuses what would be a circle or names nobody', async () => {
    const c = `c-${test}`;
    for (const id of [a, b, c]) await send(usage(id[0]!, id));
    await merge(a, b);
    expect(await merge(b, c)).toMatchObject({ status: 200 });
    await service.settle();
    expect((await told(c)).ids).toEqual(['a', 'b', 'c']);
    expect(await state(c)).toMatchObject({ aliases: [a, b] });
    expect(await merge(c, a)).toMatchObject({ status: 409, body: { code: 'merge_cycle' } });
    expect(await merge(c, c)).toMatchObject({ status: 409, body: { code: 'merge_cycle' } });
    expect(await merge(a, c)).toMatchObject({ status: 409, body: { code: 'already_merged' } });
    expect(await merge('nobody', a)).toMatchObject({ status: 404 });
    expect(await merge(c, 'nobody')).toMatchObject({ status: 404 });
    await call('PUT', crm, { name: 'x' });
    expect(await merge(crm, b)).toMatchObject({ status: 409, body: { code: 'target_is_merged', detail: expect.stringContaining(c) } });
    await unmerge(b);
    await service.settle();
    expect([(await told(c)).ids, (await told(b)).ids, (await told(a)).ids]).toEqual([['c'], ['a', 'b'], []]);

    // Under whom it stands goes by what accounts are in the end.
    await call('PUT', crm, { parentId: a });
    expect(await merge(b, crm)).toMatchObject({ status: 409, body: { code: 'merge_cycle', detail: expect.stringContaining('parentId') } });
    expect(await call('PUT', b, { parentId: crm })).toMatchObject({ status: 400, body: { code: 'parent_is_below' } });
    expect((await service.request('POST', `/api/v1/accounts/${a}/merge`, { scopes: ['accounts:read'], body: { intoAccountId: b } })).status).toBe(403);
    for (const body of [{}, { intoAccountId: '' }, { intoAccountId: 'a\u0001' }, { intoAccountId: a, x: 1 }]) expect((await call('POST', `${b}/merge`, body)).status).toBe(400);
  });

  it('lets only one of two accounts become the other one\'s parent at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, other] = [`${a}-${round}`, `${b}-${round}`];
      const answers = await Promise.all([call('PUT', one, { parentId: other }), call('PUT', other, { parentId: one })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });

  it('begins a restatement again that was half-way when the accounts were merged', async () => {
    await send(usage('a1', a), usage('b1', b));
    // As one stands that has told all but the end.
    await service.running.get(Database).query({
      text: `INSERT INTO restatement (id, account_id, reason, state, up_to, cursor_at, cursor_id, cursor_source_id, created_at) SELECT gen_random_uuid(), $1, 'x', 'running', last_value, '2030-01-01', 'z', 'z', $2 FROM message_place`,
      values: [a, service.clock.now()],
    });
    await merge(b, a);
    await service.settle();
    expect((await told(a)).ids).toEqual(['a1', 'b1']);
    expect((await service.published(signalsTopic)).filter(({ key, type }) => key === a && type === 'perennial.account.restated.v1')).toHaveLength(1);
  });

  it('loses and doubles nothing while signals stream in and several people merge and unmerge at once', async () => {
    const ids = [a, b, crm, `d-${test}`];
    for (const id of ids) await send(usage(`first${id.replaceAll('-', '')}`, id));
    const stream = async (line: number) => {
      for (let round = 0; round < 10; round++) {
        const signals = Array.from({ length: 8 }, (_, n) => usage(`s${line}x${round}x${n}`, ids[(line + round + n) % ids.length]!, { personId: `p-${test}-${line}` }));
        await service.request('POST', '/api/v1/signals', { scopes: ['signals:write'], body: { signals } });
      }
      return [];
    };
    const person = async ([from, into]: readonly string[]) => {
      const statuses: number[] = [];
      for (let round = 0; round < 4; round++) for (const answer of [await merge(from!, into!), await unmerge(from!)]) statuses.push(answer.status);
      return [...statuses, (await merge(from!, into!)).status];
    };
    const answers = (await Promise.all([...[0, 1, 2, 3].map(stream), ...[[a, b], [b, a], [crm, a], [crm, b]].map(person)])).flat();
    for (const status of answers) expect([200, 409]).toContain(status);
    await service.settle();
    const all: (string | undefined)[] = [];
    for (const id of ids) {
      const { mergedInto } = (await call('GET', id)).body as { mergedInto: string | null };
      const { ids: signals, mergedInto: closedInto } = await told(id);
      expect(closedInto ?? null).toBe(mergedInto);
      if (mergedInto !== null) expect(signals).toEqual([]);
      all.push(...signals);
    }
    expect(all).toHaveLength(new Set(all).size);
    expect(all).toHaveLength(4 * 10 * 8 + ids.length);
  }, 30_000);
});
