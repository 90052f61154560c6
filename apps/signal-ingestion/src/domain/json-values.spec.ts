import { countValues } from './json-values.js';

it.each([
  ['5', 0], ['[]', 1], ['[1,2,3]', 3], ['{"a,[{":"\\",","b":[]}', 3], ['{"a":"no end', 1], ['"', 0],
])('%s holds %d values', (text, values) => {
  expect(countValues(text)).toBe(values);
});

it('stops at the most', () => {
  expect(countValues('['.repeat(1000), 10)).toBe(10);
});
