import { asksAbout } from './import-question.js';

describe('when an import is asked about (H13)', () => {
  it.each([
    [1050, 63, true],
    [1000, 51, true],
    [1000, 50, false],
    [1000, 40, false],
    // A book of ten: each of them is looked at anyway.
    [10, 9, false],
    [10, 10, true],
    [0, 0, false],
    // The first import: none of them was known before it.
    [0, 12, false],
  ])('of %i contacts %i changed: %s', (known, changed, expected) => expect(asksAbout({ known, changed }, { percent: 5, fewest: 10 })).toBe(expected));
});
