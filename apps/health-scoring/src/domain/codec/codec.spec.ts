import fc from 'fast-check';
import { initialState } from '../account-health.js';
import { emptyActivity } from '../facts/fold-activity.js';
import { decodeState, encodeState } from '../state-codec.js';
import { Reader, Writer } from './bytes.js';
import { number, type Codec } from './codec.js';

const packed = <T>(codec: Codec<T>, value: T): Buffer => {
  const out = new Writer();
  codec.write(out, value);
  return out.toBuffer();
};
/** Written and read again, all of it. */
const through = <T>(codec: Codec<T>, value: T): T => {
  const input = new Reader(packed(codec, value));
  const read = codec.read(input);
  expect(input.atEnd).toBe(true);
  return read;
};

describe('a number', () => {
  it.each([0, -0, 1, -1, 0.1, 1e-300, 2 ** 50 - 1, -(2 ** 50), 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 60, -1e300])('comes back as it was: %d', (value) => expect(through(number, value)).toBe(value));

  it('comes back to the bit whatever it is', () => {
    fc.assert(fc.property(fc.double(), fc.maxSafeInteger(), (any, whole) => [any, whole].forEach((value) => expect(through(number, value)).toBe(value))));
  });

  it('that is whole and small takes few bytes', () => {
    expect([0, 63, -64, 8191].map((value) => packed(number, value).length)).toEqual([2, 2, 2, 3]);
  });
});

it('kinds of signals that were never heard are not heard of in the row either', () => {
  const state = initialState('acme');
  state.facts.activity = { ...emptyActivity(), lastDay: { engagement: 20_000 } };
  // Who is silent goes by the kinds that ever told of the customer.
  expect(decodeState('acme', encodeState(state)).facts.activity.lastDay).toEqual({ engagement: 20_000 });
});
