import { dueSince } from './due-work.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute));

it('what came is due since then, and at once where it came by a clock that was ahead', () => {
  expect(dueSince(at(5), at(30))).toEqual(at(5));
  expect(dueSince(at(45), at(30))).toEqual(at(30));
  expect(dueSince(null, at(30))).toBeNull();
});
