import fc from 'fast-check';
import { encodeHeaders } from '@perennial/contracts/cloud-event';
import { defineTopic } from '@perennial/contracts/topic';
import { telemetryTopic } from '@perennial/contracts/topics';
import { Type } from 'typebox';
import { chunkEnd, chunkItem } from './chunk.js';
import type { LogRecord } from './event-log.js';
import { ToldBefore } from './told-before.js';

const records = (sizes: number[]): LogRecord[] =>
  sizes.map((size, at) => ({ offset: BigInt(at), timestamp: new Date(0), key: null, headers: {}, value: size === 0 ? null : Buffer.alloc(size) }));

describe('chunkEnd', () => {
  it('cuts all records into chunks within the bounds; one record alone may be larger', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 }), (sizes, maxRecords, maxBytes) => {
        const all = records(sizes);
        for (let at = 0; at < all.length; ) {
          const end = chunkEnd(all, at, maxRecords, maxBytes, ToldBefore.nothing);
          const bytes = all.slice(at, end).reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
          expect(end).toBeGreaterThan(at);
          expect(end - at).toBeLessThanOrEqual(maxRecords);
          if (end - at > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
          at = end;
        }
      }),
    );
  });

  it('keeps what was told before a rebuild apart from what was not', () => {
    const all = records([1, 1, 1, 1, 1, 1]);
    const ends = [];
    for (let at = 0; at < all.length; ends.push(at)) at = chunkEnd(all, at, 10, 100, new ToldBefore(4n, [1n]));
    expect(ends).toEqual([1, 2, 4, 6]);
  });
});

describe('chunkItem', () => {
  it.each(['acc\u0000unt', 'x'.repeat(201), ''])('refuses a key of a versioned topic that versions cannot be kept by: %j', (key) => {
    const topic = defineTopic({ stream: 'sums', version: 1, kind: 'state', key: 'accountId', events: { 'perennial.test.summed.v1': Type.Object({ version: Type.Integer() }) } });
    const headers = encodeHeaders('perennial.test.summed.v1', { id: 'a', source: '/test', time: '2026-01-01T00:00:00Z', subject: null, causationId: null, causationDepth: 0, traceparent: null });
    const record = { offset: 0n, timestamp: new Date(0), headers, value: Buffer.from('{"version":1}') };
    expect(chunkItem(topic, 0, { ...record, key })).toMatchObject({ event: null, refusal: { class: 'undecodable', code: 'bad_key' } });
    expect(chunkItem(topic, 0, { ...record, key: 'account' })).toMatchObject({ event: { key: 'account' }, refusal: null });
  });

  it('passes over what was erased, and refuses what is empty without a word', () => {
    const [empty] = records([0]);
    expect(chunkItem(telemetryTopic, 0, { ...empty!, headers: { erased: '1' } })).toMatchObject({ event: null, refusal: null });
    expect(chunkItem(telemetryTopic, 0, empty!)).toMatchObject({ event: null, refusal: { code: 'tombstone' } });
  });
});
