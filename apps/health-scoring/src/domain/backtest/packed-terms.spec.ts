import { backtestDifferenceOf } from './backtest-difference.js';
import { packedTerms } from './packed-terms.js';
import type { TermOfAccount } from './paired-term.js';
import { seededUniform } from './seeded.js';

const uniform = seededUniform(9);
const maybe = <T>(value: T): T | null => (uniform() < 0.1 ? null : value);

const terms = Array.from({ length: 900 }, (_, n): TermOfAccount => {
  const lost = uniform() < 0.3;
  const side = (knows: number) => {
    const scoreBp = Math.round(10_000 * Math.min(1, Math.max(0, uniform() - (lost ? knows : 0))));
    return { scoreBp: maybe(scoreBp), isRed: scoreBp < 4_000 };
  };
  const reasons = ['decided', 'outside', 'unread'] as const;
  const at = Array.from({ length: 5 }, () => (uniform() < 0.2 ? reasons[Math.floor(3 * uniform())]! : { inForce: side(0.2), draft: side(0.6) }));
  return { accountId: `a${n % 800}`, lost, isWatched: uniform() < 0.9, at, red: { inForce: maybe(Math.floor(366 * uniform())), draft: maybe(Math.floor(366 * uniform())) } };
});
const packed = [...packedTerms(terms.slice(0, 200)), ...packedTerms(terms.slice(200))];

it('packed terms say what the terms say, and give the same difference to the last bit', () => {
  expect(packed.map(({ accountId, lost, isWatched, at, red }) => ({ accountId, lost, isWatched, at, red }))).toEqual(terms);
  expect(JSON.stringify(backtestDifferenceOf(packed))).toBe(JSON.stringify(backtestDifferenceOf(terms)));
  expect(packedTerms([])).toEqual([]);
});
