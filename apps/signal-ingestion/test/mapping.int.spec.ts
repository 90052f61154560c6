import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { AccountTree } from '../src/application/account-tree.js';
import { MappingStore } from '../src/application/mapping-store.js';
import { RetellMessages } from '../src/application/retell-messages.js';
import { SuppressionStore } from '../src/application/suppression-store.js';
import { compileMapping } from '../src/domain/mapping/compile-mapping.js';
import { signalIngestion } from '../src/service.js';

describe('the mapping of a source', () => {
  let service: TestService;
  let sourceId: string;
  let acme: string;
  let test = 0;

  beforeAll(async () => {
    service = await startTestService(signalIngestion);
  }, 30_000);
  afterAll(() => service.stop());
  beforeEach(async () => {
    acme = `acme-${++test}`;
    sourceId = (await service.request('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: 'segment', name: 'Web' } })).body.id;
  });

  const operate = { scopes: ['accounts:read', 'operate'] as const };
  const track = (messageId: string, event: string, properties: object = {}) => ({
    type: 'perennial.vendor.call.v1' as const,
    key: `u-${acme}`,
    data: { sourceId, vendor: 'segment', call: 'track', body: { messageId, userId: `u-${acme}`, event, properties, context: { groupId: acme } }, receivedAt: service.clock.now().toISOString(), sentAt: null },
  });
  const send = async (...events: (Omit<ReturnType<typeof track>, 'data'> & { data: Omit<ReturnType<typeof track>['data'], 'body'> & { body: Record<string, unknown> } })[]) => {
    await service.publish(telemetryTopic, events);
    await service.settle();
  };
  const publish = (rules: object[], expectedRevision: number, more: object = {}) => service.request('PUT', `/api/v1/sources/${sourceId}/mapping`, { ...operate, body: { rules, expectedRevision, ...more } });
  const signals = async () => (await service.published(signalsTopic)).flatMap(({ data }) => ('id' in data && data.accountId === acme ? [data] : []));
  const milestone = { name: 'Step', events: ['Step done'], kind: 'milestone', data: { milestoneId: { cel: 'properties.step' }, name: { cel: 'properties.step' }, phase: 'onboarding', status: 'achieved' }, role: 'champion' };

  it('is the built-in one until another is published, and holds for what comes from then on', async () => {
    expect((await service.request('GET', `/api/v1/sources/${sourceId}/mapping`, operate)).body).toEqual({ id: '0', revision: 0, rules: [], builtIn: true, note: null, createdAt: null, createdBy: null });
    await send(track('1', 'Account Created', { account_name: 'Initech' }), track('2', 'Step done', { step: 'kick-off' }));
    expect(await signals()).toMatchObject([{ id: '2', kind: 'usage' }]);
    expect((await service.published(accountsTopic)).map(({ data }) => data).filter(({ id }) => id === acme).at(-1)).toMatchObject({ name: 'Initech' });

    const { status, body } = await publish([milestone], 0, { note: 'steps are milestones' });
    expect([status, body]).toMatchObject([200, { revision: 1, rules: [milestone], builtIn: true, note: 'steps are milestones', createdBy: 'test-user' }]);
    await send(track('3', 'Step done', { step: 'go-live' }), track('4', 'Opened'));
    expect(await signals()).toMatchObject([{ id: '2', kind: 'usage' }, { id: '3', kind: 'milestone', data: { milestoneId: 'go-live', status: 'achieved' } }, { id: '4', kind: 'usage' }]);
    expect((await service.published(accountsTopic)).map(({ data }) => data).filter(({ id }) => id === acme).at(-1)?.stakeholders).toMatchObject([{ personId: `u-${acme}`, roles: ['champion'] }]);
    // The same message again is the same message, whatever it would be read as now.
    await send(track('2', 'Step done', { step: 'kick-off' }));
    expect(await signals()).toHaveLength(3);
  });

  it('goes from revision to revision, of which each stays readable, and never over somebody else\'s', async () => {
    expect((await publish([milestone], 0)).status).toBe(200);
    expect(await publish([], 0)).toMatchObject({ status: 409, body: { code: 'revision_conflict' } });
    const both = await Promise.all([publish([], 1), publish([{ name: 'x', kind: 'none' }], 1)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { body } = await service.request('GET', `/api/v1/sources/${sourceId}/mapping/revisions?limit=1`, operate);
    expect(body).toMatchObject({ data: [{ revision: 2 }], hasMore: true });
    expect((await service.request('GET', `/api/v1/sources/${sourceId}/mapping/revisions?startingAfter=2`, operate)).body.data).toMatchObject([{ revision: 1, rules: [milestone] }]);
    expect(await publish([{ name: 'x', condition: '1 +' }, { name: 'y', kind: 'pulse', data: { puls: 1 } }], 2)).toMatchObject({ status: 400, body: { code: 'mapping_invalid', errors: [{ pointer: '/rules/0/condition' }, { pointer: '/rules/1/data/puls' }] } });
    expect((await publish([{ name: 'x', extra: 1 }], 2)).status).toBe(400);
    expect((await service.request('PUT', `/api/v1/sources/${sourceId}/mapping`, { scopes: ['accounts:write'], body: { rules: [], expectedRevision: 2 } })).status).toBe(403);
  });

  it('refuses what it makes no signal of; once it is mended the items are replayed', async () => {
    await publish([{ ...milestone, data: { ...milestone.data, phase: { cel: 'properties.phase' } } }], 0);
    await send(track('1', 'Step done', { step: 'kick-off', phase: 'Onboarding!' }));
    const rejected = async (state: string) => (await service.request<{ data: object[] }>('GET', `/api/v1/rejected?sourceId=${sourceId}&state=${state}`, operate)).body.data;
    expect(await rejected('open')).toMatchObject([{ code: 'mapping_unfit', pointer: '/data/phase', detail: expect.stringContaining('"Step"') }]);
    await publish([milestone], 1);
    expect((await service.request('POST', '/api/v1/rejected/replay', { ...operate, body: { where: { sourceId } } })).body).toMatchObject({ taken: 1 });
    await service.settle();
    expect(await signals()).toMatchObject([{ id: '1', kind: 'milestone' }]);
  });

  it('reads the past anew where that is asked for, as far as asked, and has its accounts judged again', async () => {
    const received = (days: number, call: ReturnType<typeof track>) => ({ ...call, data: { ...call.data, receivedAt: new Date(service.clock.now().getTime() - days * 86_400_000).toISOString() } });
    const lost = (messageId: string, event: string) => {
      const call = track(messageId, event);
      return { ...call, key: `lost-${acme}`, data: { ...call.data, body: { messageId, userId: `lost-${acme}`, event } } };
    };
    await publish([{ name: 'Silent', events: ['Silent'], kind: 'none' }], 0);
    await send(
      received(3, track('old', 'Step done', { step: 'old' })), track('1', 'Step done', { step: 'kick-off' }), track('2', 'Opened'), track('3', 'Noise'), track('4', 'Silent'), track('5', 'Step done'), track('6', 'Signed Up'),
      lost('7', 'Silent'), lost('8', 'Silent'), lost('9', 'Noise'),
    );
    const other = `other-${acme}`;
    await service.publish(telemetryTopic, [{ ...track('1', 'Step done', { step: 'theirs' }), data: { ...track('1', 'Step done', { step: 'theirs' }).data, sourceId: 'api', body: { messageId: '1', userId: other, event: 'Step done', context: { groupId: other } } } }]);
    await service.settle();
    const told = async (accountId: string) => (await service.published(signalsTopic)).filter(({ key }) => key === accountId);
    const [before, theirs] = [await told(acme), await told(other)];
    const rules = [milestone, { name: 'Noise', events: ['Noise'], kind: 'none' }, { name: 'Signed Up', events: ['Signed Up'], kind: 'note', data: { text: 'came', author: 'x' } }];
    const { body } = await publish(rules, 1, { restateDays: 2 });
    const restatements = async () => (await service.request('GET', `/api/v1/sources/${sourceId}/mapping/restatements`, operate)).body.data as object[];
    expect(await restatements()).toMatchObject([{ id: body.restatementId, revision: 2, state: 'waiting' }]);
    const revisionsRead = jest.spyOn(service.running.get(MappingStore), 'find');
    await service.advance(new Date(service.clock.now().getTime() + 10_000));
    // Once for all pages, of which each partition has one.
    expect(revisionsRead.mock.calls).toEqual([[sourceId, 2]]);
    revisionsRead.mockRestore();
    // The step without a name would be no milestone, and what was told of a person stays told.
    expect(await restatements()).toMatchObject([{ id: body.restatementId, state: 'done', messages: 9, changed: 6, kept: 2, accounts: 1, doneAt: expect.any(String) }]);
    const after = (await told(acme)).slice(before.length);
    expect(await told(other)).toEqual(theirs);
    expect([after[0], after.at(-1)]).toMatchObject([{ type: 'perennial.account.reset.v1', data: { cause: 'restatement' } }, { type: 'perennial.account.restated.v1' }]);
    expect(after[0]!.data).not.toHaveProperty('regrouped');
    const kinds = after.flatMap(({ data }) => ('kind' in data ? [[data.id, data.kind]] : [])).toSorted();
    expect(kinds).toEqual([['1', 'milestone'], ['2', 'usage'], ['4', 'usage'], ['5', 'usage'], ['6', 'person'], ['old', 'usage']]);
    const { body: timeline } = await service.request<{ data: { id: string; kind: string; personId: string }[] }>('GET', `/api/v1/accounts/${acme}/signals`, operate);
    expect(timeline.data.map(({ id, kind }) => [id, kind]).toSorted()).toEqual(kinds);
    expect(timeline.data.find(({ id }) => id === '4')).toMatchObject({ personId: `u-${acme}` });

    // Whoever has no account waits with what it tells now, and no more.
    await send({ ...track('10', 'Opened'), key: `lost-${acme}`, data: { ...track('10', 'Opened').data, body: { messageId: '10', userId: `lost-${acme}`, event: 'Opened', context: { groupId: `found-${acme}` } } } });
    await service.settle();
    expect((await service.published(signalsTopic)).flatMap(({ data }) => ('kind' in data && data.accountId === `found-${acme}` ? [data.id] : [])).toSorted()).toEqual(['10', '7', '8']);
    // The same again is the same, whatever it tells by now.
    await send(track('1', 'Step done', { step: 'kick-off' }));
    expect(await told(acme)).toHaveLength(before.length + after.length);
  });

  it('leaves the past as it is where another revision comes before it began', async () => {
    await send(track('1', 'Step done', { step: 'kick-off' }));
    await publish([milestone], 0, { restateDays: 7 });
    await publish([], 1);
    await service.advance(new Date(service.clock.now().getTime() + 10_000));
    expect((await service.request('GET', `/api/v1/sources/${sourceId}/mapping/restatements`, operate)).body.data).toMatchObject([{ revision: 1, state: 'superseded', changed: 0 }]);
    expect(await signals()).toMatchObject([{ id: '1', kind: 'usage' }]);
    expect((await publish([], 2, { restateDays: 8 })).status).toBe(400);
  });

  it('leaves what it restates with its person, also what came before they signed in', async () => {
    const by = (visitor: string, call: string, body: { messageId: string; event?: string; userId?: string; traits?: object; context?: object }) => {
      const { type, data } = track('', '');
      return { type, key: visitor, data: { ...data, call, body: { ...body, anonymousId: `${visitor}-${acme}` } } };
    };
    const context = { groupId: acme };
    const signIn = (visitor: string) => by(visitor, 'identify', { messageId: `in-${visitor}`, userId: `u-${acme}`, traits: { email: 'jo@acme.com' }, context });
    await publish([{ name: 'Silent', events: ['Silent'], kind: 'none' }], 0);
    await send(by('v', 'track', { messageId: 'waited', event: 'Waited' }), by('w', 'track', { messageId: 'silent', event: 'Silent', context }));
    const restated = { name: 'Waited', events: ['Waited'], kind: 'note', data: { text: 'waited', author: 'x' } };
    const timeline = async () => (await service.request<{ data: { id: string; kind: string; personId: string | null }[] }>('GET', `/api/v1/accounts/${acme}/signals`, operate)).body.data.flatMap(({ id, kind, personId }) => (kind === 'person' ? [] : [[id, kind, personId]])).toSorted();
    await send(signIn('v'), signIn('w'));
    expect(await timeline()).toEqual([['waited', 'usage', `u-${acme}`]]);
    await publish([restated], 1, { restateDays: 7 });
    await service.advance(new Date(service.clock.now().getTime() + 10_000));
    expect(await timeline()).toEqual([['silent', 'usage', `u-${acme}`], ['waited', 'note', `u-${acme}`]]);
  });

  it('ends a restatement where it is once a newer one of the source is asked for, which begins after that', async () => {
    const database = service.running.get(Database);
    const states = async () => ((await service.request('GET', `/api/v1/sources/${sourceId}/mapping/restatements`, operate)).body.data as { revision: number; state: string; accounts: number }[]).map(({ revision, state, accounts }) => [revision, state, accounts]);
    const after = (seconds: number) => service.advance(new Date(service.clock.now().getTime() + seconds * 1000));
    await send(track('1', 'Step done', { step: 'kick-off' }));
    const { body: { restatementId } } = await publish([milestone], 0, { restateDays: 7 });
    await after(10);
    expect(await states()).toEqual([[1, 'done', 1]]);
    // As a replica leaves it that ended when it had changed and not yet told: it has all to read, and another one goes on late.
    await publish([{ name: 'Step', events: ['Step done'], kind: 'note', data: { text: { cel: 'properties.step' }, author: 'x' } }], 1, { restateDays: 7 });
    await database.query({
      text: `UPDATE mapping_restatement SET state = 'reading', done_at = NULL, next_at = $2, marks = (SELECT jsonb_agg(mark || '{"next": "0"}') FROM jsonb_array_elements(marks) mark) WHERE id = $1`,
      values: [restatementId, new Date(service.clock.now().getTime() + 9_000)],
    });
    await database.query({ text: 'INSERT INTO mapping_restatement_account VALUES ($1, $2)', values: [restatementId, acme] });
    await after(8);
    expect(await states()).toEqual([[2, 'waiting', 0], [1, 'reading', 1]]);
    await after(1);
    await after(1);
    expect(await states()).toEqual([[2, 'done', 1], [1, 'superseded', 2]]);
    const { body: { data } } = await service.request('GET', `/api/v1/accounts/${acme}/signals`, operate);
    expect(data).toMatchObject([{ id: '1', kind: 'note' }]);
  });

  it('is tried on the last days before it is published', async () => {
    await publish([{ name: 'Ping', events: ['Ping'], kind: 'none' }], 0);
    await send(...Array.from({ length: 10 }, (_, i) => track(`s${i}`, 'Step done', i < 8 ? { step: `step ${i}` } : {})), ...Array.from({ length: 5 }, (_, i) => track(`p${i}`, 'Ping')), track('x', ''));
    const tryIt = (rules: object[], days = 7) => service.request('POST', `/api/v1/sources/${sourceId}/mapping/dry-run`, { ...operate, body: { rules, days } });
    const before = (await signals()).length;
    const { status, body } = await tryIt([milestone]);
    expect([status, body]).toMatchObject([200, {
      days: 7, complete: true, messages: 15, matched: 10, changed: 15, changes: [{ change: 'usage -> milestone', count: 8 }, { change: 'none -> usage', count: 5 }, { change: 'usage -> refused', count: 2 }],
      rules: [{ index: 0, name: 'Step', matched: 10, unfit: 2, examples: [{ event: 'Step done', before: { kind: 'usage' }, after: { kind: 'milestone', role: 'champion', rule: 'Step' } }, {}, {}] }],
    }]);
    expect(await signals()).toHaveLength(before);
    expect((await service.request('GET', `/api/v1/sources/${sourceId}/mapping`, operate)).body.revision).toBe(1);
    await service.advance(new Date(service.clock.now().getTime() + 2 * 86_400_000));
    expect((await tryIt([milestone], 1)).body).toMatchObject({ messages: 0 });
    expect((await tryIt([{ name: 'r', condition: 'event.matches("x")' }])).status).toBe(400);
  });

  it('restates by what is known of everybody that was suppressed, and their erasure waits for it', async () => {
    const [database, store, messages, tree] = [service.running.get(Database), service.running.get(SuppressionStore), service.running.get(RetellMessages), service.running.get(AccountTree)];
    const told = { ...track('1', 'Opened').data, at: 0, fallbackId: 'x', receivedAt: service.clock.now().getTime() };
    const retell = (suppressed: readonly Buffer[]) => database.transaction(async (tx) => {
      // As another replica does: this process has not heard of it.
      if (suppressed.length > 0) await store.add(tx, suppressed, service.clock.now());
      await messages.retell(tx, [told], compileMapping({ rules: [], builtIn: true }));
      // What an erasure does before it looks for anything, and before it takes anybody out of it.
      const erasure = [store.waitForAll(), database.transaction((other) => tree.hold(other))];
      return { first: await Promise.race([...erasure, new Promise((resolve) => setTimeout(resolve, 200, 'both wait'))]), erasure };
    });
    const { first, erasure } = await retell([]);
    expect(first).toBe('both wait');
    await Promise.all(erasure);
    await expect(retell([Buffer.from('somebody')])).rejects.toThrow('suppressed at this very moment');
  });

  // The last one: what is erased leaves empty records in the log.
  it('brings nobody back who was erased, or of whom nothing is to be heard', async () => {
    const admin = { scopes: ['admin'] as const };
    const note = (text: string) => ({ name: 'Called', events: ['Called'], kind: 'note', data: { text: { cel: text }, author: 'csm' } });
    const identify = track('who', '');
    await publish([note('properties.text'), { name: 'Mailed', events: ['Mailed'], kind: 'none' }], 0);
    const elsewhere = track('2', 'Called', { text: 'Frau Stork called' });
    await send(
      { ...identify, key: 'crane', data: { ...identify.data, call: 'identify', body: { messageId: 'who', userId: `crane-${test}`, traits: { name: 'Frau Kranich', email: 'crane@acme.com' }, context: { groupId: acme } } } },
      track('1', 'Called', { text: 'Frau Kranich called' }), { ...elsewhere, data: { ...elsewhere.data, body: { ...elsewhere.data.body, userId: 'x', context: { groupId: `other-${acme}` } } } }, track('3', 'Mailed', { text: 'Write to stork@acme.com.' }), track('4', 'Mailed', { to: 'stork@acme.com' }), track('5', 'Mailed', { to: 'heron@acme.com' }),
      // Told nothing, so nobody was taken out of it; the log holds the name.
      track('6', 'Mailed', { text: 'Frau Kranich wrote' }),
    );
    expect((await service.request('POST', `/api/v1/people/crane-${test}/erase`, { ...admin, body: {} })).status).toBe(202);
    expect((await service.request('PUT', '/api/v1/people/email:stork@acme.com/suppression', admin)).status).toBe(204);
    await service.settle();
    const { body } = await publish([note('"Yesterday: " + properties.text')], 1, { restateDays: 7 });
    await service.advance(new Date(service.clock.now().getTime() + 10_000));
    const { data } = (await service.request('GET', `/api/v1/sources/${sourceId}/mapping/restatements`, operate)).body;
    expect(data).toMatchObject([{ id: body.restatementId, state: 'done', changed: 2, kept: 4 }]);
    const timeline = (await service.request<{ data: { id: string; data: object }[] }>('GET', `/api/v1/accounts/${acme}/signals`, operate)).body.data;
    expect((await service.request('GET', `/api/v1/accounts/other-${acme}/signals`, operate)).body.data).toMatchObject([{ id: '2', data: { text: 'Yesterday: Frau Stork called' } }]);
    expect(timeline.map(({ id, data: told }) => [id, told]).toSorted()).toMatchObject([['1', { text: '(erased) called' }], ['5', { properties: { to: 'heron@acme.com' } }]]);
  });
});
