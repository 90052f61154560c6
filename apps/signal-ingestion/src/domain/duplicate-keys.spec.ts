import fc from 'fast-check';
import { countPairs, duplicateKeyPointers } from './duplicate-keys.js';
import { structureFault } from './structure.js';

describe('names given twice', () => {
  it.each([
    ['{"a":1,"a":2}', ['/a']],
    ['{"a":{"b":1,"c":2,"b":3}}', ['/a/b']],
    ['{"batch":[{"x":1},{"x":1,"y":{"z":1,"z":1}}]}', ['/batch/1/y/z']],
    ['{"a":":\\"{,\\\\","b":"a","\\u0061":2}', ['/a']],
    ['[{"a":1},{"a":1}]', []],
    ['{"a/b":1,"a/b":2}', ['/a~1b']],
  ])('%s', (text, pointers) => {
    expect(duplicateKeyPointers(text)).toEqual(pointers);
  });

  it('counts as many pairs as a value without any has names', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const tally = { keys: 0 };
        fc.pre(structureFault(JSON.parse(text), tally) === null);
        expect(countPairs(text)).toBe(tally.keys);
        expect(duplicateKeyPointers(text)).toEqual([]);
      }),
    );
  });
});
