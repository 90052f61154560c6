import { segment } from './segment.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const fault = (call: string, item: Record<string, unknown>) => segment.faultOf(call, item, null, receivedAt, { currency: 'USD' });
const read = (call: string, item: Record<string, unknown>) => segment.meaningOf(call, item);

describe('Segment calls', () => {
  it('track is usage with event and properties, at the account of the context', () => {
    expect(read('track', { userId: 'u1', anonymousId: 'b1', event: 'Report opened', properties: { pages: 3 }, context: { groupId: 'acme' }, messageId: 'm1' })).toMatchObject({
      messageId: 'm1', person: 'u1', anonymous: 'anonymous:b1', accountId: 'acme', signal: { kind: 'usage', data: { event: 'Report opened', quantity: 1, properties: { pages: 3 } } },
    });
  });

  it('identify is a person, at the company of the traits', () => {
    expect(read('identify', { userId: 'u1', traits: { email: 'jo@acme.com', firstName: 'Jo', lastName: 'Lee', title: 'VP', company: { id: 42, name: 'Acme' } } })).toMatchObject({
      person: 'u1', accountId: '42', mayCreate: true, accountTraits: { name: 'Acme' },
      signal: { kind: 'person', data: { change: 'updated', email: 'jo@acme.com', name: 'Jo Lee', title: 'VP', company: 'Acme' } },
    });
  });

  it('group links and tells traits, and is no signal', () => {
    expect(read('group', { userId: 'u1', groupId: 'acme', traits: { name: 'Acme' } })).toMatchObject({ person: 'u1', accountId: 'acme', accountTraits: { name: 'Acme' }, signal: null });
  });

  it('page and screen are usage', () => {
    expect(read('page', { userId: 'u1', name: 'Home' }).signal).toMatchObject({ kind: 'usage', data: { event: 'Viewed Home Page' } });
    expect(read('screen', { userId: 'u1' }).signal).toMatchObject({ kind: 'usage', data: { event: 'Viewed Screen' } });
  });

  it('alias joins a former key, be it a user id or a visitor\'s', () => {
    expect(read('alias', { userId: 'u1', previousId: 'b1' })).toMatchObject({ person: 'u1', formerly: ['b1', 'anonymous:b1'], signal: null });
  });

  it('an address stands in for a missing user id', () => {
    expect(read('identify', { anonymousId: 'b1', traits: { email: 'Jo@Acme.com' } })).toMatchObject({ person: 'email:jo@acme.com', anonymous: 'anonymous:b1' });
  });

  it.each([
    ['nobody', 'track', { event: 'x' }, 'identity_missing', ''],
    ['a track without event', 'track', { userId: 'u' }, 'missing_field', '/event'],
    ['a group without groupId', 'group', { userId: 'u' }, 'missing_field', '/groupId'],
    ['an alias without previousId', 'alias', { userId: 'u' }, 'missing_field', '/previousId'],
    ['a call that is none', 'fly', { userId: 'u' }, 'unknown_call', '/type'],
    ['a user id of 201 characters', 'track', { userId: 'x'.repeat(201), event: 'x' }, 'id_invalid', '/userId'],
    ['a message id with a control character', 'track', { userId: 'u', event: 'x', messageId: 'a\u0007' }, 'id_invalid', '/messageId'],
    ['a group id that is an object', 'track', { userId: 'u', event: 'x', context: { groupId: {} } }, 'id_invalid', '/context/groupId'],
    ['a time that is none', 'track', { userId: 'u', event: 'x', timestamp: 'soon' }, 'timestamp_invalid', '/timestamp'],
    ['year 1', 'track', { userId: 'u', event: 'x', timestamp: '0001-01-01T00:00:00Z' }, 'timestamp_out_of_range', '/timestamp'],
    ['properties that are none', 'track', { userId: 'u', event: 'x', properties: [1] }, 'invalid_field', '/properties'],
    ['an address that is none', 'identify', { userId: 'u', traits: { email: 'n/a' } }, 'invalid_field', '/traits/email'],
  ])('refuses %s', (_name, call, item, code, pointer) => {
    expect(fault(call, item)).toMatchObject({ code, pointer });
  });

  it('corrects by sentAt before it judges: a clock in 1970 is no reason to refuse', () => {
    expect(segment.faultOf('track', { userId: 'u', event: 'x', timestamp: '1970-01-01T00:00:10Z' }, '1970-01-01T00:00:20Z', receivedAt, { currency: 'USD' })).toBeNull();
    expect(segment.faultOf('track', { userId: 'u', event: 'x', timestamp: '1960-01-01T00:00:10Z' }, '1960-01-01T00:00:20Z', receivedAt, { currency: 'USD' })).toBeNull();
  });
});
