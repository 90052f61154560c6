import { cloudevents } from './cloudevents.js';
import type { Item } from './vendor.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const event = (more: Item): Item => ({ specversion: '1.0', id: 'e1', source: '/reports', type: 'com.acme.report.opened', ...more });
const fault = (more: Item) => cloudevents.faultOf('event', event(more), null, receivedAt, { currency: 'USD' });
const read = (more: Item) => cloudevents.meaningOf('event', event(more));

describe('CloudEvents', () => {
  it('are product events by their type, of whom the extensions or the data say', () => {
    expect(read({ time: '2026-03-02T08:00:00Z', accountid: 'acme', userid: 'u1', data: { pages: 3 } })).toMatchObject({ messageId: 'e1', person: 'u1', accountId: 'acme', original: Date.UTC(2026, 2, 2, 8), signal: { kind: 'usage', data: { event: 'com.acme.report.opened', properties: { pages: 3 } } } });
    expect(read({ data: { userId: 7, groupId: 'acme' } })).toMatchObject({ person: '7', accountId: 'acme' });
    expect(read({ anonymousid: 'b1' })).toMatchObject({ person: null, anonymous: 'anonymous:b1' });
  });

  it('of our own type hold a signal', () => {
    const own = { type: 'perennial.signal.ticket.v1', time: '2026-03-02T08:00:00Z', data: { accountId: 'acme', data: { ticketId: '1', status: 'opened', priority: 'urgent' } } };
    expect(fault(own)).toBeNull();
    expect(read(own)).toMatchObject({ messageId: 'e1', accountId: 'acme', original: Date.UTC(2026, 2, 2, 8), signal: { kind: 'ticket', data: { ticketId: '1', status: 'opened' } } });
    expect(fault({ ...own, data: { accountId: 'acme', data: { ticketId: '1' } } })).toMatchObject({ code: 'missing_field', pointer: '/data/data/status' });
    expect(fault({ type: 'perennial.signal.gossip.v1', data: {} })).toMatchObject({ code: 'unknown_kind', pointer: '/data/kind' });
  });

  it('are told apart by source and id, and kept in order by person', () => {
    expect([cloudevents.partOf(event({})), cloudevents.idOf(event({}))]).toEqual(['/reports', 'e1']);
    expect([{ userid: 'u1' }, { anonymousid: 'b1' }, { accountid: 'acme' }, { type: 'perennial.signal.pulse.v1', data: { personId: 'p1' } }].map((more) => cloudevents.topicKeyOf(event(more)))).toEqual(['u1', 'anonymous:b1', 'acme', 'p1']);
  });

  it.each<[string, Item, string, string]>([
    ['another version', { specversion: '0.3' }, 'invalid_field', '/specversion'],
    ['no id', { id: undefined }, 'missing_field', '/id'],
    ['a source of 151 characters', { source: 'x'.repeat(151), userid: 'u' }, 'id_invalid', '/source'],
    ['a type that is no text', { type: 5, userid: 'u' }, 'missing_field', '/type'],
    ['a time that is none', { time: 'soon', userid: 'u' }, 'timestamp_invalid', '/time'],
    ['nobody', { data: 'text' }, 'identity_missing', ''],
    ['a user that is an object', { userid: {} }, 'id_invalid', '/userid'],
  ])('refuses %s', (_name, more, code, pointer) => {
    expect(fault(more)).toMatchObject({ code, pointer });
  });
});
