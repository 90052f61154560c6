import fc from 'fast-check';
import { Partitioners, type IHeaders, type KafkaMessage, type PartitionMetadata } from 'kafkajs';
import { partitionOf } from '../partitioner.js';
import { fitting, toRecord } from './kafka-records.js';

const message = (value: string, headers: IHeaders = {}): KafkaMessage => ({
  key: Buffer.from('k'),
  value: Buffer.from(value),
  headers,
  offset: '9007199254740993',
  timestamp: '1767225600000',
  attributes: 0,
});

describe('records of Kafka', () => {
  it('keeps offsets that a double cannot hold, and the time', () => {
    const { offset, timestamp } = toRecord(message('v'));
    expect(offset).toBe(9007199254740993n);
    expect(timestamp.toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it('takes the first of a repeated header and the name of any header for a plain name', () => {
    const { headers } = toRecord(message('v', { ce_id: [Buffer.from('first'), Buffer.from('second')], ['__proto__']: Buffer.from('x') }));
    expect(Object.entries(headers)).toEqual([['ce_id', 'first'], ['__proto__', 'x']]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it.each([
    { sizes: [10, 10, 10], maxRecords: 2, maxBytes: 1_000, expected: 2 },
    { sizes: [10, 10, 10], maxRecords: 9, maxBytes: 22, expected: 2 },
    { sizes: [500, 10], maxRecords: 9, maxBytes: 100, expected: 1 },
    { sizes: [10], maxRecords: 9, maxBytes: 1_000, expected: 1 },
  ])('cuts $sizes at $maxRecords records and $maxBytes bytes to $expected', ({ sizes, maxRecords, maxBytes, expected }) => {
    expect(fitting(sizes.map((size) => message('x'.repeat(size))), 0, maxRecords, maxBytes)).toBe(expected);
  });

  it('puts keys where the library’s own Java-compatible partitioner does', () => {
    const theirs = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);
        expect(partitionOf(key, count)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: null } }));
      }),
    );
  });
});
