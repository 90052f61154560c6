import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeRecord, type EncodedRecord, type RecordToEncode } from './encode-record.js';

const byKafkajs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: RecordToEncode) => EncodedRecord;

const bytes = fc.oneof(fc.constant(null), fc.constant(undefined), fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)), fc.constant(Buffer.alloc(70_000, 1)));
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const record = fc.record({ offsetDelta: fc.nat(1_000_000), key: bytes, value: bytes, headers: fc.dictionary(text, text, { maxKeys: 12 }) });

describe('encodeRecord', () => {
  it('writes what kafkajs writes', () => {
    fc.assert(fc.property(record, (one) => expect(encodeRecord(one)!.buffer.toString('hex')).toBe(byKafkajs(one).buffer.toString('hex'))));
  });

  it.each<[string, RecordToEncode]>([
    ['a time of its own', { timestampDelta: 5, value: Buffer.from('v') }],
    ['a header of bytes', { headers: { a: Buffer.from('b') } }],
    ['a header that stands twice', { headers: { a: ['b', 'c'] } }],
    ['text for bytes', { value: 'text' as unknown as Buffer }],
  ])('leaves %s to kafkajs', (_, one) => expect(encodeRecord(one)).toBeNull());
});
