import { jest } from '@jest/globals';
import type { AccountState } from '@perennial/contracts/account';
import { accountsTopic, peopleTopic, riskChangesTopic, scorecardsTopic, sourcesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import type { Scope } from '@perennial/service-kit/access';
import { startTestService, type TestEvent, type TestService } from '@perennial/testing/service';
import { notifications } from '../src/service.js';
import { riskChange } from './risk-change.js';

jest.setTimeout(30_000);
const read: Scope[] = ['notifications:read'];

interface Item {
  id: string;
  kind: string;
  accountId: string | null;
  title: string;
  readAt: string | null;
}

function account(id: string, version: number, ownerId: string | null): TestEvent<typeof accountsTopic> {
  const data: AccountState = {
    id, name: id.toUpperCase(), segment: null, tier: null, region: null, country: null, timeZone: null, lifecycleStage: null, ownerId, parentId: null,
    aliases: [], mergedInto: null, goLive: null, traits: {}, createdAt: '2026-01-01T00:00:00.000Z', stakeholders: [], version,
  };
  return { type: 'perennial.account.changed.v1', key: id, data };
}

function source(version: number, state: 'alive' | 'stale', since: string): TestEvent<typeof sourcesTopic> {
  return { type: 'perennial.source.changed.v1', key: 'usage', data: { kind: 'usage', state, since, lastSeenAt: '2026-03-01T09:00:00.000Z', usualGapSeconds: 60, version } };
}

describe('the inbox', () => {
  let service: TestService;
  const inboxOf = async (sub: string, scopes: Scope[] = read, role: string | null = null) => (await service.request<{ data: Item[] }>('GET', '/api/v1/inbox', { sub, scopes, role })).body.data;

  beforeEach(async () => {
    service = await startTestService(notifications);
  });
  afterEach(() => service.stop());

  it('tells the owner of an account, the newest one, what changed and why', async () => {
    await service.publish(accountsTopic, [account('acme', 1, 'anna'), account('acme', 2, 'bert'), account('other', 1, 'carl')]);
    await service.settle();
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    expect(await inboxOf('bert')).toMatchObject([{ kind: 'risk_changed', accountId: 'acme', title: 'acme went from green to red: Cancellation is scheduled', readAt: null }]);
    for (const sub of ['anna', 'carl']) expect(await inboxOf(sub)).toEqual([]);

    await service.publish(accountsTopic, [account('acme', 3, 'anna')]);
    await service.settle();
    await service.publish(riskChangesTopic, [riskChange('acme', 2)]);
    await service.settle();
    expect(await inboxOf('anna')).toHaveLength(1);
    expect(await inboxOf('bert')).toHaveLength(1);
  });

  it('forgets who was erased, in what was told of their account and of no other', async () => {
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes: ['notifications:write'], body: { url: 'https://receiver.invalid/hook' } });
    const reasons = [{ indicator: 'champion_left', text: 'The champion Anna Smith is no longer with the company', evidence: ['s-1'] }];
    await service.publish(riskChangesTopic, [riskChange('acme', 1, { reasons }), riskChange('acme', 2), riskChange('other', 1, { reasons })]);
    await service.settle();
    const database = service.running.get(Database);
    const rows = () => database.query<{ of: string; text: string }>(
      `SELECT account_id AS of, title AS text FROM inbox_item UNION ALL SELECT account_id, body FROM webhook_message UNION ALL SELECT data::json ->> 'accountId', data FROM stream_event ORDER BY 1, 2`);
    const before = await rows();
    expect(before.filter(({ text }) => text.includes('Anna Smith'))).toHaveLength(6);
    // Twice, as a service that reads from the start again does.
    for (let i = 0; i < 2; i++) {
      await service.publish(peopleTopic, [{ type: 'perennial.person.erased.v1', key: 'acme', data: { accountId: 'acme', ids: ['u-17'], names: ['Anna Smith'], emails: [] } }]);
      await service.settle();
      expect(await rows()).toEqual(before.map(({ of, text }) => ({ of, text: of === 'acme' ? text.replaceAll('Anna Smith', '(erased)') : text })));
    }
  });

  it('tells managers of an account that nobody owns', async () => {
    await service.publish(accountsTopic, [account('orphan', 1, null)]);
    await service.publish(riskChangesTopic, [riskChange('orphan', 1), riskChange('unheard-of', 1)]);
    await service.settle();
    expect((await inboxOf('mia', read, 'manager')).map(({ accountId }) => accountId).toSorted()).toEqual(['orphan', 'unheard-of']);
    expect(await inboxOf('root', ['admin'])).toHaveLength(2);
    expect(await inboxOf('otto', ['notifications:read', 'operate'])).toEqual([]);
    expect(await inboxOf('carl', read, 'csm')).toEqual([]);
  });

  it('tells operators once that a source has gone quiet, and again when it does so later', async () => {
    const operators: Scope[] = ['notifications:read', 'operate'];
    await service.publish(sourcesTopic, [source(1, 'alive', '2026-02-01T00:00:00.000Z'), source(2, 'stale', '2026-03-01T12:00:00.000Z')]);
    await service.settle();
    // Published again, e.g. after scoring was rebuilt: the same silence.
    await service.publish(sourcesTopic, [source(3, 'stale', '2026-03-01T12:00:00.000Z')]);
    await service.settle();
    expect(await inboxOf('otto', operators)).toMatchObject([{ kind: 'source_stale', accountId: null, title: expect.stringContaining('usage') }]);
    expect(await inboxOf('mia', read, 'manager')).toEqual([]);
    await service.publish(sourcesTopic, [source(4, 'alive', '2026-03-01T18:00:00.000Z'), source(5, 'stale', '2026-03-02T08:00:00.000Z')]);
    await service.settle();
    expect(await inboxOf('otto', operators)).toHaveLength(2);
  });

  it('tells operators once that one source broke its own rhythm', async () => {
    const sender = (version: number, state: 'active' | 'quiet', since: string): TestEvent<typeof sourcesTopic> => ({ type: 'perennial.sender.changed.v1', key: 's1', data: { sourceId: 's1', name: 'Web app', state, since, lastReceivedAt: '2026-03-01T09:00:00.000Z', version } });
    await service.publish(sourcesTopic, [sender(1, 'quiet', '2026-03-01T12:00:00.000Z'), sender(2, 'quiet', '2026-03-01T12:00:00.000Z'), sender(3, 'active', '2026-03-01T13:00:00.000Z')]);
    await service.settle();
    expect(await inboxOf('otto', ['notifications:read', 'operate'])).toMatchObject([{ kind: 'source_quiet', accountId: null, title: expect.stringContaining('Web app') }]);
    expect(await inboxOf('mia', read, 'manager')).toEqual([]);
  });

  it('sums up what a change of scorecard did, and alarms nobody of its accounts', async () => {
    await service.publish(accountsTopic, [account('acme', 1, 'anna')]);
    await service.settle();
    await service.publish(riskChangesTopic, [riskChange('acme', 1, { cause: 'revision' }), riskChange('acme', 2, { from: 'red', to: 'amber', cause: 'signal' })]);
    await service.publish(scorecardsTopic, [{
      type: 'perennial.scorecard.changed.v1', key: 'csm-led',
      data: { scorecardId: 'csm-led', revision: 2, replaced: 1, action: 'publish', reason: 'too mild', by: 'u', at: '2026-03-02T08:00:00.000Z', bands: [{ from: 'green', to: 'amber', accounts: 200 }, { from: 'green', to: 'red', accounts: 100 }], riskLevels: [{ from: 'unknown', to: 'amber', accounts: 2 }], version: 1 },
    }]);
    await service.settle();
    expect((await inboxOf('anna')).map(({ title }) => title)).toEqual([expect.stringContaining('from red to amber')]);
    expect(await inboxOf('otto', ['notifications:read', 'operate'])).toMatchObject([{
      kind: 'scorecard_changed', accountId: null, title: 'Revision 2 of the scorecard csm-led is in force (too mild): 300 accounts changed the band: 200 from green to amber, 100 from green to red; risk level: 2 from unknown to amber.',
    }]);
  });

  it('tells of two changes of one scorecard at the same instant, and of each once', async () => {
    const change = (version: number, action: 'publish' | 'roll_back'): TestEvent<typeof scorecardsTopic> => ({
      type: 'perennial.scorecard.changed.v1', key: 'csm-led',
      data: { scorecardId: 'csm-led', revision: action === 'publish' ? 2 : 1, replaced: action === 'publish' ? 1 : 2, action, reason: 'r', by: 'u', at: '2026-03-02T08:00:00.000Z', bands: [], riskLevels: [], version },
    });
    await service.publish(scorecardsTopic, [change(1, 'publish'), change(2, 'roll_back'), change(2, 'roll_back')]);
    await service.settle();
    expect((await inboxOf('otto', ['notifications:read', 'operate'])).map(({ title }) => title)).toEqual([
      'The scorecard csm-led is back at revision 1 (r): no account changed its band.', 'Revision 2 of the scorecard csm-led is in force (r): no account changed its band.',
    ]);
  });

  it('keeps what was read, and lets nobody read for others', async () => {
    await service.publish(accountsTopic, [account('acme', 1, 'anna')]);
    await service.settle();
    for (const version of [1, 2, 3]) await service.publish(riskChangesTopic, [riskChange('acme', version)]);
    await service.settle();
    const [newest, ...older] = await inboxOf('anna');
    expect(older).toHaveLength(2);
    const mark = (sub: string, id: string) => service.request('POST', `/api/v1/inbox/${id}/read`, { sub, scopes: read });
    expect((await mark('bert', newest!.id)).status).toBe(404);
    expect((await mark('anna', newest!.id)).status).toBe(204);
    expect((await inboxOf('anna'))[0]).toMatchObject({ id: newest!.id, readAt: service.clock.now().toISOString() });
    await service.advance('2026-03-02T10:00:00Z');
    await mark('anna', newest!.id);
    expect((await inboxOf('anna'))[0]).toMatchObject({ readAt: '2026-03-02T09:00:00.000Z' });
    const page = await service.request<{ data: Item[]; hasMore: boolean }>('GET', `/api/v1/inbox?limit=1&startingAfter=${newest!.id}`, { sub: 'anna', scopes: read });
    expect(page.body).toMatchObject({ data: [{ id: older[0]!.id }], hasMore: true });
  });

  it('loses what came more than 90 days ago, read or not', async () => {
    const tell = async (version: number) => {
      await service.publish(riskChangesTopic, [riskChange('acme', version, { occurredAt: service.clock.now().toISOString() })]);
      await service.settle();
    };
    await service.publish(accountsTopic, [account('acme', 1, 'anna')]);
    await service.settle();
    await tell(1);
    await tell(2);
    await service.request('POST', `/api/v1/inbox/${(await inboxOf('anna'))[0]!.id}/read`, { sub: 'anna', scopes: read });
    await service.advance('2026-05-20T09:00:00Z');
    await tell(3);
    expect(await inboxOf('anna')).toHaveLength(3);
    await service.advance('2026-06-02T00:00:00Z');
    expect((await inboxOf('anna')).map(({ readAt }) => readAt)).toEqual([null]);
  }, 60_000);
});
