import fc from 'fast-check';
import { telemetryTopic } from '@perennial/contracts/topics';
import { chunkEnd, chunkItem } from './chunk.js';
import type { LogRecord } from './event-log.js';

const records = (sizes: number[]): LogRecord[] =>
  sizes.map((size, at) => ({ offset: BigInt(at), timestamp: new Date(0), key: null, headers: {}, value: size === 0 ? null : Buffer.alloc(size) }));

describe('chunkEnd', () => {
  it('cuts all records into chunks within the bounds; one record alone may be larger', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 }), (sizes, maxRecords, maxBytes) => {
        const all = records(sizes);
        for (let at = 0; at < all.length; ) {
          const end = chunkEnd(all, at, maxRecords, maxBytes);
          const bytes = all.slice(at, end).reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
          expect(end).toBeGreaterThan(at);
          expect(end - at).toBeLessThanOrEqual(maxRecords);
          if (end - at > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
          at = end;
        }
      }),
    );
  });
});

describe('chunkItem', () => {
  it('passes over what was erased, and refuses what is empty without a word', () => {
    const [empty] = records([0]);
    expect(chunkItem(telemetryTopic, 0, { ...empty!, headers: { erased: '1' } })).toMatchObject({ event: null, refusal: null });
    expect(chunkItem(telemetryTopic, 0, empty!)).toMatchObject({ event: null, refusal: { code: 'tombstone' } });
  });
});
