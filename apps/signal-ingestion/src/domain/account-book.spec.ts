import fc from 'fast-check';
import { AccountBook } from './account-book.js';
import type { Arrival } from './arrival.js';
import { stakeholderRank, rolesOf, type Contact } from './contact.js';
import { deduplicate } from './deduplicate.js';
import { IdentityMap, type Identity } from './identity-map.js';
import { newAccount } from './account.js';
import { readMessage } from './read-message.js';
import { keysOf, resolveIdentities } from './resolve-identities.js';
import { segment } from './vendors/segment.js';
import { perennial } from './vendors/perennial.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const at = (minutes: number) => new Date(receivedAt - minutes * 60_000).toISOString();

type Sent = [call: string, body: Record<string, unknown>];
const track = (id: string, minutes: number, body: object = {}): Sent => ['track', { messageId: id, userId: 'u1', event: 'Opened', timestamp: at(minutes), ...body }];

function arrivals(sent: readonly Sent[]): Arrival[] {
  return sent.map(([call, body], index) => {
    const vendor = call === 'signal' ? perennial : segment;
    const read = readMessage({ at: index, sourceId: 's', fallbackId: `f${index}`, call, body, sentAt: null, receivedAt }, vendor, { currency: 'USD' }, (text) => text);
    if ('code' in read) throw new Error(`${read.code} ${read.pointer}`);
    return read;
  });
}

/** One chunk on an empty system whose people are known. */
function run(sent: readonly Sent[], assigned: Record<string, string> = {}) {
  const { fresh, conflicts } = deduplicate(arrivals(sent), new Map());
  const identities = new IdentityMap(keysOf(fresh).map((key): Identity => ({ key, aliasOf: null, accountId: assigned[key] ?? null, waiting: 0, email: null })));
  const resolved = resolveIdentities(fresh, identities);
  const ids = [...new Set(resolved.flatMap((one) => one.accountId ?? []))];
  const book = new AccountBook(ids.map((id) => newAccount(id, receivedAt)), [], ids);
  const signals = resolved.flatMap((one) => book.apply(one) ?? []);
  return { signals, conflicts, identities, accounts: book.changedAccounts(), contacts: book.contactsToSave(), refused: book.refusedTraits };
}

describe('a chunk', () => {
  it('finds the account of a later event by an earlier group call, and parks what nobody can place', () => {
    const { signals, identities } = run([track('m1', 9), ['group', { messageId: 'm2', userId: 'u1', groupId: 'acme' }], track('m3', 7), track('m4', 6, { userId: 'u2' })]);
    expect(signals.map((s) => [s.id, s.accountId, s.personId])).toEqual([['m3', 'acme', 'u1']]);
    expect(identities.of('u1').waiting).toBe(1);
    expect(identities.toReplay()).toEqual(['u1']);
    expect(identities.of('u2')).toMatchObject({ accountId: null, waiting: 1 });
  });

  it('a visitor who signs in brings along what waits', () => {
    const { identities, signals } = run([['page', { messageId: 'm1', anonymousId: 'b1' }], ['identify', { messageId: 'm2', anonymousId: 'b1', userId: 'u1', context: { groupId: 'acme' } }], ['page', { messageId: 'm3', anonymousId: 'b1' }]]);
    expect(identities.of('anonymous:b1').key).toBe('u1');
    expect(identities.toReplay()).toEqual(['u1']);
    expect(signals.map((s) => [s.id, s.personId])).toEqual([['m2', 'u1'], ['m3', 'u1']]);
  });

  it('counts the contacts that are told otherwise by signals of their own, not by meetings that name a role', () => {
    const said = (kind: string, data: object, more: object = {}): Sent => ['signal', { id: kind, kind, accountId: 'acme', occurredAt: at(5), data, ...more }];
    const { contacts } = run([said('person', { change: 'updated', roles: ['influencer'] }, { personId: 'u1', occurredAt: at(9) })]);
    const toldOtherwise = (sent: Sent): number => {
      const { fresh } = deduplicate(arrivals([sent]), new Map());
      const book = new AccountBook([newAccount('acme', receivedAt)], contacts, []);
      for (const one of resolveIdentities(fresh, new IdentityMap(keysOf(fresh).map((key): Identity => ({ key, aliasOf: null, accountId: null, waiting: 0, email: null }))))) book.apply(one);
      return book.contactsToldOtherwise();
    };
    expect(contacts).toHaveLength(1);
    expect(toldOtherwise(said('person', { change: 'updated', roles: ['champion'] }, { personId: 'u1' }))).toBe(1);
    expect(toldOtherwise(said('engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: 'u1', role: 'champion' }] }))).toBe(0);
  });

  it('two people who share a browser stay two', () => {
    const { identities } = run([['identify', { messageId: 'm1', anonymousId: 'b', userId: 'u1' }], ['identify', { messageId: 'm2', anonymousId: 'b', userId: 'u2' }]]);
    expect(identities.of('anonymous:b').key).toBe('u1');
    expect(identities.of('u2').key).toBe('u2');
  });

  it('an alias back and forth is one person, not a loop', () => {
    const { identities } = run([['alias', { messageId: 'm1', userId: 'a', previousId: 'b' }], ['alias', { messageId: 'm2', userId: 'b', previousId: 'a' }]]);
    expect(identities.of('b').key).toBe('a');
    expect(identities.of('a').key).toBe('a');
  });

  it('a chain of aliases ends at one person, told in one step', () => {
    const alias = (id: string, previousId: string, userId: string): Sent => ['alias', { messageId: id, userId, previousId }];
    const { identities } = run([alias('m1', 'a', 'b'), alias('m2', 'b', 'c'), alias('m3', 'c', 'd')]);
    expect(Object.fromEntries(identities.joins().map(({ from, to }) => [from, to]))).toMatchObject({ a: 'd', b: 'd', c: 'd' });
  });

  it('the same id with other content is a conflict, with the same content it is nothing', () => {
    const { signals, conflicts } = run([track('m1', 5), track('m1', 5, { writeKey: 'k', sentAt: at(0), _metadata: { retry: 1 } }), track('m1', 4)], { u1: 'acme' });
    expect(signals).toHaveLength(1);
    expect(conflicts.map((one) => one.at)).toEqual([2]);
  });

  it('the first identify creates a contact, later ones update it', () => {
    const { signals } = run([['identify', { messageId: 'm1', userId: 'u1', timestamp: at(2) }], ['identify', { messageId: 'm2', userId: 'u1', timestamp: at(1) }]], { u1: 'acme' });
    expect(signals.map((s) => s.data)).toEqual([{ change: 'created' }, { change: 'updated' }]);
  });

  it('an account knows at most 255 trait names and says which it left out', () => {
    const traits = (from: number) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`t${from + i}`, i]));
    const { accounts: [account], refused } = run([['group', { messageId: 'm1', userId: 'u1', groupId: 'acme', traits: traits(0) }], ['group', { messageId: 'm2', userId: 'u1', groupId: 'acme', traits: traits(200) }]]);
    expect(Object.keys(account?.traits ?? {})).toHaveLength(255);
    expect(refused[0]?.names).toHaveLength(145);
  });

  it('gives the same signals, accounts and contacts whatever the order and however often', () => {
    const roles = (id: string, minutes: number, given: string[]): Sent => ['signal', { id, kind: 'person', accountId: 'acme', personId: 'u1', occurredAt: at(minutes), data: { change: 'updated', title: id, roles: given } }];
    const sent: Sent[] = [
      track('m1', 50, { context: { groupId: 'acme' } }), track('m2', 40, { context: { groupId: 'acme' } }),
      ['group', { messageId: 'g1', userId: 'u1', groupId: 'acme', timestamp: at(30), traits: { name: 'Old', plan: 'a' } }],
      ['group', { messageId: 'g2', userId: 'u1', groupId: 'acme', timestamp: at(20), traits: { name: 'New', plan: null } }],
      roles('p1', 35, ['champion']), roles('p2', 25, ['executive_sponsor']),
      ['signal', { id: 'e1', kind: 'engagement', accountId: 'acme', personId: 'u1', occurredAt: at(10), data: { type: 'meeting', attendees: [{ personId: 'u1', role: 'budget_holder' }] } }],
      ['signal', { id: 'e2', kind: 'engagement', accountId: 'acme', personId: 'u1', occurredAt: at(28), data: { type: 'meeting', attendees: [{ personId: 'u1', role: 'influencer' }] } }],
    ];
    const facts = (order: readonly Sent[]) => {
      const { signals, accounts, contacts, conflicts } = run(order);
      expect(conflicts).toEqual([]);
      const people = contacts.map(({ namedRoles: _, ...rest }: Contact) => ({ ...rest, roles: rolesOf({ ...rest, namedRoles: _ }) }));
      return { signals: signals.toSorted((a, b) => (a.id < b.id ? -1 : 1)), accounts, people };
    };
    const expected = facts(sent);
    expect(expected.accounts).toMatchObject([{ name: 'New', createdAt: receivedAt - 50 * 60_000, traits: { name: 'New' } }]);
    expect(expected.people).toMatchObject([{ personId: 'u1', title: 'p2', roles: ['executive_sponsor', 'budget_holder'] }]);
    fc.assert(fc.property(fc.shuffledSubarray([...sent, ...sent], { minLength: sent.length * 2 }), (order) => expect(facts(order)).toEqual(expected)));
  });

  it('`user` is no stakeholder', () => {
    const [contact] = run([['signal', { id: 'p', kind: 'person', accountId: 'acme', personId: 'u1', data: { change: 'created', roles: ['user'] } }]]).contacts;
    expect(contact && stakeholderRank(contact)).toBeNull();
  });
});
