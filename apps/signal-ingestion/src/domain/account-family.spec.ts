import fc from 'fast-check';
import { AccountBook } from './account-book.js';
import { aliasesOf, asOne, type FamilyMember } from './account-family.js';
import { change, newAccount, type Account } from './account.js';
import type { Arrival } from './arrival.js';
import { asPeople, peopleIn } from './as-people.js';
import { deduplicate } from './deduplicate.js';
import { IdentityMap, type Identity } from './identity-map.js';
import { readMessage } from './read-message.js';
import { keysOf, resolveIdentities } from './resolve-identities.js';
import { stakeholdersOf } from './stakeholders.js';
import { perennial } from './vendors/perennial.js';
import { segment } from './vendors/segment.js';

const now = Date.UTC(2026, 2, 2, 9);
const account = (id: string, fields: Record<string, [string | null, string]>, traits: Record<string, unknown> = {}): Account =>
  Object.entries(fields).reduce((known, [field, [value, stamp]]) => change(known, { [field]: value }, stamp).account, change(newAccount(id, now), { traits }, '2026-01').account);
const merged = (one: Account): FamilyMember => ({ account: one, mergedInto: 'acme', isAlias: false });
const alias = (one: Account): FamilyMember => ({ account: one, mergedInto: 'acme', isAlias: true });

describe('a family of accounts as one', () => {
  it('is itself without members', () => {
    const root = account('acme', { name: ['Acme', '2026-01'] });
    expect(asOne(root, [])).toBe(root);
  });
  it('keeps its own word against merged accounts, a cleared field included, and takes theirs where it has none', () => {
    const one = asOne(account('acme', { name: ['Acme', '2026-01'], tier: [null, '2026-01'] }, { plan: 'pro' }), [
      merged(account('old', { region: ['US', '2026-03'] })),
      merged(account('dup', { name: ['Dup', '2026-09'], tier: ['high', '2026-09'], region: ['EU', '2026-02'] }, { plan: 'free', seats: 3 })),
    ]);
    expect(one).toMatchObject({ id: 'acme', name: 'Acme', tier: null, region: 'US', traits: { plan: 'pro', seats: 3 } });
  });
  it('takes the latest word of its aliases for its own', () => {
    expect(asOne(account('acme', { name: ['Acme', '2026-01'] }), [alias(account('crm', { name: ['Acme Inc', '2026-02'] }))]).name).toBe('Acme Inc');
    expect(asOne(account('acme', { name: ['Acme', '2026-03'] }), [alias(account('crm', { name: ['Acme Inc', '2026-02'] }))]).name).toBe('Acme');
  });
  it('stands under no parent that only a merged account has', () => {
    expect(asOne(account('acme', {}), [merged(account('dup', { parentId: ['group', '2026-01'] }))]).parentId).toBeNull();
  });
  it('names every id that leads to it', () => {
    expect(aliasesOf([merged(account('z', {})), alias(account('b', {}))])).toEqual(['b', 'z']);
  });
});

const names = ['acme', 'crm', 'dup', 'other'] as const;
/** `crm` is an alias, `dup` is merged, `other` has nothing to do with them. */
const roots = new Map([['crm', 'acme'], ['dup', 'acme']]);
const people = new Map([['jane', 'jo']]);

const event = fc.record({
  name: fc.constantFrom(...names),
  person: fc.constantFrom('jo', 'jane', 'bob'),
  minute: fc.integer({ min: 1, max: 500 }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('group' as const), traits: fc.dictionary(fc.constantFrom('name', 'tier', 'plan', 'seats'), fc.constantFrom('a', 'b', 'c'), { maxKeys: 3 }) }),
    fc.record({ kind: fc.constant('person' as const), roles: fc.uniqueArray(fc.constantFrom('champion', 'budget_holder', 'user'), { maxLength: 2 }), title: fc.constantFrom('CFO', 'CEO') }),
    fc.record({ kind: fc.constant('meeting' as const), role: fc.constantFrom('champion', 'influencer'), attendee: fc.constantFrom('jo', 'jane', 'bob') }),
    fc.record({ kind: fc.constant('usage' as const) }),
  ),
});
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

function arrivalOf({ name, person, minute, what }: Event, at: number, id: string): Arrival {
  const time = new Date(now - minute * 60_000).toISOString();
  const signal = (kind: string, data: object) => ({ id, kind, accountId: name, personId: person, occurredAt: time, data });
  const [call, body] =
    what.kind === 'group' ? ['group', { messageId: id, userId: person, groupId: name, traits: what.traits, timestamp: time }]
    : what.kind === 'person' ? ['signal', signal('person', { change: 'updated', roles: what.roles, title: what.title })]
    : what.kind === 'meeting' ? ['signal', signal('engagement', { type: 'meeting', attendees: [{ personId: what.attendee, role: what.role }] })]
    : ['signal', signal('usage', { event: 'Opened' })];
  const read = readMessage({ at, sourceId: 's', fallbackId: id, call, body, sentAt: null, receivedAt: now }, call === 'signal' ? perennial : segment, { currency: 'USD' }, (text) => text);
  if ('code' in read) throw new Error(`${read.code} ${read.pointer}`);
  return read;
}

/** What others are told of `acme` in the end. */
function told(arrivals: readonly Arrival[]) {
  const { fresh } = deduplicate(arrivals, new Map());
  const resolved = resolveIdentities(fresh, new IdentityMap(keysOf(fresh).map((key): Identity => ({ key, aliasOf: null, accountId: null, waiting: 0, email: null }))));
  const book = new AccountBook(names.map((id) => newAccount(id, now)), [], names, roots);
  const signals = resolved.flatMap((one) => book.apply(one) ?? []).map((signal) => asPeople(signal, people));
  expect(peopleIn(signals)).not.toContain('jane');
  const accounts = new Map(book.changedAccounts().map((one) => [one.id, one]));
  const members = [alias(accounts.get('crm')!), merged(accounts.get('dup')!)];
  const contacts = book.contactsToSave().filter(({ accountId }) => accountId !== 'other').map((contact) => ({ ...contact, personId: people.get(contact.personId) ?? contact.personId }));
  const plain = ({ id, kind, accountId, personId, data }: (typeof signals)[number]) => ({ id, accountId, personId, data: kind === 'person' ? { ...data, change: '' } : data });
  const { stamps: _, ...one } = asOne(accounts.get('acme')!, members);
  return { account: one, stakeholders: stakeholdersOf(contacts), signals: signals.map(plain).sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

it('tells the same of merged accounts and people in whatever order, and however often, their history comes', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 25 }), fc.infiniteStream(fc.nat()), (events, random) => {
      const order = [...events.keys(), ...events.keys(), ...events.keys()].map((n) => [n, random.next().value ?? 0] as const).sort((a, b) => a[1] - b[1]);
      const once = told(events.map((one, n) => arrivalOf(one, n, `m${n}`)));
      expect(told(order.map(([n], at) => arrivalOf(events[n]!, at, `m${n}`)))).toEqual(once);
      expect(once.signals.every(({ accountId }) => accountId === 'acme' || accountId === 'other')).toBe(true);
    }),
    { numRuns: 200 },
  );
});
