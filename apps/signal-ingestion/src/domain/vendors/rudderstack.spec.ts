import fc from 'fast-check';
import { eventTime, parseInstant } from '../event-time.js';
import { rudderstack } from './rudderstack.js';
import type { Item, VendorRequest } from './vendor.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const fault = (call: string, item: Item) => rudderstack.faultOf(call, item, rudderstack.sentAtOf({}, item), receivedAt, { currency: 'USD' });
const read = (call: string, item: Item) => rudderstack.meaningOf(call, item);
const iso = (ms: number) => new Date(ms).toISOString();
const occurredAt = (item: Item) => eventTime({ receivedAt, original: read('track', item).original, sentAt: parseInstant(rudderstack.sentAtOf({}, item)) });
const asked = (headers: VendorRequest['headers']): VendorRequest => ({ bytes: new Uint8Array(), contentType: '', query: {}, headers, json: () => ({ value: {}, text: '{}' }) });

describe('RudderStack', () => {
  it('the corrected time does not depend on how wrong the clock of the client is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400_000 }), fc.integer({ min: -40 * 365 * 86_400_000, max: 40 * 365 * 86_400_000 }), (age, offset) => {
        const item = (by: number) => ({ userId: 'u', event: 'x', originalTimestamp: iso(receivedAt - age + by), sentAt: iso(receivedAt + by) });
        expect(occurredAt(item(offset))).toEqual(occurredAt(item(0)));
        expect(occurredAt(item(offset))).toEqual({ occurredAt: receivedAt - age, clamped: false });
      }),
    );
  });

  it('a timestamp that the caller set is taken as it is', () => {
    expect(occurredAt({ userId: 'u', event: 'x', timestamp: '2026-01-01T00:00:00Z', originalTimestamp: '1999-01-01T00:00:00Z', sentAt: '1999-01-01T00:00:05Z' })).toEqual({ occurredAt: Date.UTC(2026, 0, 1), clamped: false });
    expect(fault('track', { userId: 'u', event: 'x', timestamp: 'soon', originalTimestamp: '2026-01-01T00:00:00Z' })).toMatchObject({ code: 'timestamp_invalid', pointer: '/timestamp' });
  });

  it('merge says that two keys are one person', () => {
    const merge = (...mergeProperties: unknown[]) => ({ type: 'merge', mergeProperties });
    expect(read('merge', merge({ type: 'email', value: 'Jo@acme.com' }, { type: 'userId', value: 7 }))).toMatchObject({ person: '7', formerly: ['email:jo@acme.com'], signal: null });
    expect(read('merge', merge({ type: 'mobile', value: '+1' }, { type: 'email', value: 'jo@acme.com' }))).toMatchObject({ person: 'email:jo@acme.com', formerly: [] });
    expect(fault('merge', merge({ type: 'email', value: 'jo@acme.com' }))).toMatchObject({ pointer: '/mergeProperties' });
    expect(fault('merge', { mergeProperties: 5 })).toMatchObject({ pointer: '/mergeProperties' });
    expect(fault('merge', merge({ type: 'userId', value: 'x'.repeat(201) }, { type: 'userId', value: 'y' }))).toMatchObject({ code: 'id_invalid', pointer: '/mergeProperties/0/value' });
  });

  it.each<[string, boolean, VendorRequest['headers'], Item | null]>([
    ['its browser', true, { anonymousid: 'eA==' }, null],
    ['its Node client', true, { 'user-agent': 'analytics-node/3.0.13' }, null],
    ['a batch of another client of its own', true, {}, { batch: [{ type: 'track', originalTimestamp: '2026-01-01' }] }],
    ['Segment in a browser', false, { 'user-agent': 'Mozilla/5.0' }, { type: 'track', timestamp: '2026-01-01', sentAt: '2026-01-01' }],
    ['Segment in Node', false, { 'user-agent': 'node' }, { batch: [{ type: 'track', timestamp: '2026-01-01' }] }],
    ['Segment\'s older client for Node, of which its own descends', false, { 'user-agent': 'analytics-node/6.2.0' }, { batch: [{ type: 'track', timestamp: '2026-01-01' }] }],
    ['nothing to go by', false, {}, { batch: 'x' }],
  ])('knows its clients: %s', (_name, expected, headers, body) => {
    expect(rudderstack.sent?.(asked(headers), body)).toBe(expected);
  });
});
