import type { Estimate } from './auc.js';
import { twoSidedZ } from './normal.js';
import { shownLevel, wilson } from './share.js';

/** Whether something counts by either of two rules; null: it is none of that rule's cases. Those of one account depend on each other. */
export interface CountedTwice {
  readonly accountId: string;
  readonly before: boolean | null;
  readonly after: boolean | null;
}

/**
 * By how much the share grows from `before` to `after`; null where either has no cases. Interval: Newcombe's method 10 for paired shares
 * (Statistics in Medicine 17, 1998), which does not shrink to nothing at 0 and 1; limits and correlation count accounts. `level`: how often it may miss.
 */
export function shareDifference(cases: readonly CountedTwice[], level = shownLevel): Estimate | null {
  const [one, other] = [sideOf(cases, ({ before }) => before), sideOf(cases, ({ after }) => after)];
  if (one === null || other === null) return null;
  const z = twoSidedZ(level);
  const [a, b] = [wilson(one.share, one.accounts, z), wilson(other.share, other.accounts, z)];
  const rho = correlation(one, other);
  const half = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * rho * x * y + y * y));
  const value = other.share - one.share;
  return { value, low: value - half(other.share - b.low, a.high - one.share), high: value + half(b.high - other.share, one.share - a.low) };
}

interface Side {
  readonly share: number;
  readonly accounts: number;
  /** By account: how far its cases lie from the share, of all cases. */
  readonly off: ReadonlyMap<string, number>;
}

function sideOf(cases: readonly CountedTwice[], of: (one: CountedTwice) => boolean | null): Side | null {
  const own = cases.flatMap((one) => (of(one) === null ? [] : [{ accountId: one.accountId, counts: of(one) === true ? 1 : 0 }]));
  if (own.length === 0) return null;
  const share = own.reduce((sum, { counts }) => sum + counts, 0) / own.length;
  const off = new Map<string, number>();
  for (const { accountId, counts } of own) off.set(accountId, (off.get(accountId) ?? 0) + (counts - share) / own.length);
  return { share, accounts: off.size, off };
}

/** Of the two shares, with Newcombe's correction for continuity; 0 where either does not vary. */
function correlation(one: Side, other: Side): number {
  const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0);
  const spread = Math.sqrt(sum([...one.off.values()].map((x) => x * x)) * sum([...other.off.values()].map((x) => x * x)));
  if (spread === 0) return 0;
  const together = sum([...one.off].map(([accountId, x]) => x * (other.off.get(accountId) ?? 0)));
  return (together > 0 ? Math.max(0, together - 1 / (2 * one.accounts * other.accounts)) : together) / spread;
}
