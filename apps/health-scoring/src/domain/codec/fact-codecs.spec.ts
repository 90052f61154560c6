import fc from 'fast-check';
import { addTo, emptyRing, type Ring } from '../facts/ring.js';
import { Reader, Writer } from './bytes.js';
import { bool, day, id, instant, integer, list, nullable, record, type Codec } from './codec.js';
import { flags, ring } from './fact-codecs.js';

function through<T>(codec: Codec<T>, value: T): { bytes: Buffer; found: T } {
  const out = new Writer();
  codec.write(out, value);
  const bytes = out.toBuffer();
  const input = new Reader(bytes);
  input.format = 11;
  const found = codec.read(input);
  expect(input.atEnd).toBe(true);
  return { bytes, found };
}

const ringOf = (counts: readonly number[], newest = 20_000): Ring => {
  const found = emptyRing(64);
  counts.forEach((count, back) => addTo(found, newest - back, count));
  return found;
};

describe('a ring and back', () => {
  it('holds any counts, whichever way is shorter', () => {
    const few = fc.nat(9);
    const wide = fc.oneof(fc.nat(2 ** 24 + 1), fc.constantFrom(2 ** 24 - 1, 2 ** 24, 2 ** 40, 2 ** 52));
    const counts = fc.oneof(few, fc.nat(400), fc.nat(400).map((events) => events * 1000), wide);
    fc.assert(
      fc.property(fc.oneof(...[few, fc.nat(400), fc.nat(400).map((events) => events * 1000), wide, counts].map((one) => fc.array(one, { minLength: 1, maxLength: 64 }))), fc.constantFrom(day, integer), (values, index) => {
        const value = ringOf(values);
        expect(through(ring(64, index), value).found).toEqual(value);
      }),
      { numRuns: 1_000 },
    );
    expect(through(ring(64, day), emptyRing(64)).found).toEqual(emptyRing(64));
  });
  it('takes the bits of its largest count for each, or a token for a run', () => {
    // Newest, unit, length and width: seven bytes at most.
    expect(through(ring(64, day), ringOf(Array.from({ length: 64 }, (_, i) => 600_000 + 1000 * ((i * 37) % 400)))).bytes.length).toBeLessThanOrEqual(7 + 80);
    expect(through(ring(64, day), ringOf(Array.from({ length: 64 }, () => 96))).bytes.length).toBeLessThanOrEqual(7 + 3);
  });
});

it('yes and no, ids, instants and days stand between other bytes, in whatever order', () => {
  interface One {
    at: number | null;
    name: string;
    is: boolean;
    on: number | null;
  }
  const codec = record<One>({ at: nullable(instant), name: id, is: bool, on: nullable(day) });
  const one = fc.record<One>({
    at: fc.option(fc.constantFrom<number>(-5, 0, 1, 1_767_000_000_000, 253_402_300_799_999)),
    name: fc.constantFrom<string>('0191f000-0000-7000-8000-000000000001', '', 'T-1', 'not-a-uuid'),
    is: fc.boolean(),
    on: fc.option(fc.integer({ min: -800_000, max: 3_000_000 })),
  });
  fc.assert(fc.property(fc.array(one, { maxLength: 40 }), (values) => expect(through(list(codec), values).found).toEqual(values)), { numRuns: 500 });
});

it('flags of days come back', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 64 }), (marked) => {
      const value = ringOf(marked.map(Number));
      expect(through(flags(64), value).found).toEqual(value);
    }),
  );
});
