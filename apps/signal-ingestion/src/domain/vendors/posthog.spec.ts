import { eventTime, parseInstant } from '../event-time.js';
import { posthog } from './posthog.js';
import type { Item } from './vendor.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const fault = (item: Item) => posthog.faultOf('capture', item, posthog.sentAtOf({}, item), receivedAt, { currency: 'USD' });
const read = (item: Item) => posthog.meaningOf('capture', item);

describe('PostHog events', () => {
  it('a server\'s event is its person\'s, at the account of its groups, without what the client adds', () => {
    expect(read({ uuid: 'e1', event: 'Report Opened', distinct_id: 'u1', timestamp: '2026-03-02T08:00:00Z', properties: { pages: 3, $groups: { project: 'p', company: 'acme' }, $lib: 'posthog-node' } })).toMatchObject({
      messageId: 'e1', person: 'u1', anonymous: null, accountId: 'acme', original: Date.UTC(2026, 2, 2, 8), signal: { kind: 'usage', data: { event: 'Report Opened', quantity: 1, properties: { pages: 3 } } },
    });
  });

  it('an id that stands in for the event\'s own is looked at as that is', () => {
    for (const uuid of [undefined, null, '']) {
      expect(fault({ uuid, event: 'x', distinct_id: 'u1', properties: { $insert_id: 'i'.repeat(201) } })).toMatchObject({ code: 'id_invalid', pointer: '/properties/$insert_id' });
      expect(read({ uuid, event: 'x', distinct_id: 'u1', properties: { $insert_id: 'i1' } }).messageId).toBe('i1');
    }
    expect(fault({ uuid: 'e1', event: 'x', distinct_id: 'u1', properties: { $insert_id: 'i'.repeat(201) } })).toBeNull();
  });

  it('a browser\'s event is the visitor\'s until it knows the person', () => {
    expect(read({ event: 'x', properties: { distinct_id: 'd1', $device_id: 'd1', $is_identified: false, token: 't' } })).toMatchObject({ person: null, anonymous: 'anonymous:d1', accountId: null, signal: { kind: 'usage', data: { event: 'x' } } });
    expect(read({ event: 'x', distinct_id: 'u1', properties: { $device_id: 'd1', $user_id: 'u1' } })).toMatchObject({ person: 'u1', anonymous: 'anonymous:d1' });
    expect(read({ event: 'x', distinct_id: 'd1', properties: { $process_person_profile: false } })).toMatchObject({ person: null, anonymous: 'anonymous:d1' });
  });

  it('$identify and $set are a person, and join the visitor', () => {
    expect(read({ event: '$identify', distinct_id: 'u1', $set: { email: 'jo@acme.com', name: 'Jo' }, $set_once: { title: 'VP', $initial_kx: null }, properties: { $anon_distinct_id: 'd1', $device_id: 'd1', $is_identified: true } })).toMatchObject({
      person: 'u1', anonymous: 'anonymous:d1', formerly: ['d1', 'anonymous:d1'], mayCreate: true, signal: { kind: 'person', data: { change: 'updated', email: 'jo@acme.com', name: 'Jo', title: 'VP' } },
    });
    expect(read({ event: '$set', distinct_id: 'u1', properties: { $set: { email: 'jo@acme.com' } } }).signal).toMatchObject({ kind: 'person', data: { email: 'jo@acme.com' } });
  });

  it('$groupidentify tells traits of the account, and a server\'s names nobody', () => {
    const group = { event: '$groupidentify', properties: { $group_type: 'company', $group_key: 'acme', $group_set: { name: 'Acme' } } };
    expect(read({ ...group, distinct_id: '$company_acme' })).toMatchObject({ person: null, anonymous: null, accountId: 'acme', accountTraits: { name: 'Acme' }, signal: null });
    expect(read({ ...group, distinct_id: 'u1' })).toMatchObject({ person: 'u1', accountId: 'acme' });
    expect(read({ event: '$groupidentify', distinct_id: 'u1', properties: { $group_type: 'project', $group_key: 'p' } })).toMatchObject({ accountId: null, accountTraits: null, signal: null });
  });

  it('aliases join, pages and screens are usage, and what is no use is none', () => {
    expect(read({ event: '$create_alias', distinct_id: 'u1', properties: { alias: 'd1' } })).toMatchObject({ person: 'u1', formerly: ['d1', 'anonymous:d1'], signal: null });
    expect(read({ event: '$pageview', distinct_id: 'u1' }).signal).toMatchObject({ data: { event: 'Viewed Page' } });
    expect(read({ event: '$screen', distinct_id: 'u1', properties: { $screen_name: 'Home' } }).signal).toMatchObject({ data: { event: 'Viewed Home Screen' } });
    for (const event of ['$pageleave', '$feature_flag_called', '$web_vitals']) expect(read({ event, distinct_id: 'u1' }).signal).toBeNull();
  });

  it('an age in place of a time counts back from the receipt', () => {
    const item = { event: 'x', distinct_id: 'u1', offset: 90_000 };
    expect(eventTime({ receivedAt, original: read(item).original, sentAt: parseInstant(posthog.sentAtOf({}, item)) })).toEqual({ occurredAt: receivedAt - 90_000, clamped: false });
    expect(fault(item)).toBeNull();
  });

  it.each<[string, Item, string, string]>([
    ['nobody', { event: 'x' }, 'identity_missing', '/distinct_id'],
    ['no event', { distinct_id: 'u' }, 'missing_field', '/event'],
    ['a distinct_id of 191 characters', { event: 'x', distinct_id: 'x'.repeat(191) }, 'id_invalid', '/distinct_id'],
    ['a uuid that is none', { event: 'x', distinct_id: 'u', uuid: {} }, 'id_invalid', '/uuid'],
    ['a group that is an object', { event: 'x', distinct_id: 'u', properties: { $groups: { company: {} } } }, 'id_invalid', '/properties/$groups/company'],
    ['an alias without other id', { event: '$create_alias', distinct_id: 'u' }, 'missing_field', '/properties/alias'],
    ['a time that is none', { event: 'x', distinct_id: 'u', timestamp: 'soon' }, 'timestamp_invalid', '/timestamp'],
    ['properties that are none', { event: 'x', distinct_id: 'u', properties: [1] }, 'invalid_field', '/properties'],
    ['an address that is none', { event: '$identify', distinct_id: 'u', $set: { email: 'n/a' } }, 'invalid_field', '/properties/$set/email'],
  ])('refuses %s', (_name, item, code, pointer) => {
    expect(fault(item)).toMatchObject({ code, pointer });
  });
});
