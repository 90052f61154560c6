import { twoSidedZ } from './normal.js';

/** A share with its 95 % interval; all in [0, 1]. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** One of the cases a share is taken of; those of one account depend on each other. */
export interface Case {
  readonly accountId: string;
  readonly counts: boolean;
}

/** Level of the intervals that are shown. */
export const shownLevel = 0.05;

/**
 * The share of the cases that count, with Wilson's interval; null without cases. Terms of one account are no independent
 * cases, so the interval is as wide as if each account had been seen once. `level`: how often it may miss.
 */
export function shareOf(cases: readonly Case[], level = shownLevel): Share | null {
  if (cases.length === 0) return null;
  const count = cases.reduce((sum, { counts }) => sum + (counts ? 1 : 0), 0);
  const accounts = new Set(cases.map(({ accountId }) => accountId)).size;
  return { count, of: cases.length, share: count / cases.length, ...wilson(count / cases.length, accounts, twoSidedZ(level)) };
}

/** Wilson's score interval (1927) of a share seen in `n` cases. */
export function wilson(share: number, n: number, z: number): { readonly low: number; readonly high: number } {
  const zz = (z * z) / n;
  const centre = (share + zz / 2) / (1 + zz);
  const half = (z * Math.sqrt((share * (1 - share)) / n + zz / (4 * n))) / (1 + zz);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
