import fc from 'fast-check';
import { shareOut } from './share-out.js';

describe('shareOut', () => {
  it('gives every partition to exactly one member, evenly', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 40 }), (members, partitions) => {
        const shares = members.map((member) => shareOut(members, member, partitions));
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, p) => p));
        const sizes = shares.map((share) => share.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not depend on the order of the list, and gives a stranger nothing', () => {
    expect(shareOut(['b', 'a'], 'a', 5)).toEqual(shareOut(['a', 'b'], 'a', 5));
    expect(shareOut(['a', 'b'], 'c', 5)).toEqual([]);
  });
});
