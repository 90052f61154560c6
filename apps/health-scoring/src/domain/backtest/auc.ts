import { twoSidedZ } from './normal.js';
import { shownLevel } from './share.js';

/** A score and what became of the term; scores of one account depend on each other. */
export interface Scored {
  readonly accountId: string;
  readonly score: number;
  readonly lost: boolean;
}

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How often, of a lost and a renewed term drawn at random, the lost one had the lower score (a tie counts half): the area
 * under the ROC curve. Null without a term of either kind. `level`: how often its interval may miss.
 *
 * Interval: Newcombe's method 5 for the Mann-Whitney statistic (Statistics in Medicine 25, 2006), which holds for few losses and
 * does not shrink to nothing at 0 and 1; it counts accounts, since terms of one account are not independent.
 */
export function aucOf(scored: readonly Scored[], level = shownLevel): Estimate | null {
  const lost = scored.filter((one) => one.lost);
  const renewed = scored.filter((one) => !one.lost);
  if (lost.length === 0 || renewed.length === 0) return null;
  const above = countsAbove(renewed.map(({ score }) => score));
  const value = lost.reduce((sum, { score }) => sum + above(score), 0) / (lost.length * renewed.length);
  const m = accountsIn(lost);
  const n = accountsIn(renewed);
  const z = twoSidedZ(level);
  return { value, low: lowerLimit(value, m, n, z), high: 1 - lowerLimit(1 - value, m, n, z) };
}

export const accountsIn = (cases: readonly { readonly accountId: string }[]): number => new Set(cases.map(({ accountId }) => accountId)).size;

/** How many of the values lie above a score; equal ones count half. */
export function countsAbove(values: readonly number[]): (score: number) => number {
  const sorted = Float64Array.from(values).sort();
  const firstFrom = (score: number, orEqual: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = sorted[middle]!;
      if (orEqual ? value >= score : value > score) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (score) => {
    const notBelow = firstFrom(score, true);
    const isAbove = firstFrom(score, false);
    return sorted.length - isAbove + (isAbove - notBelow) / 2;
  };
}

/** The smallest area that what was seen does not contradict: it lies z of its own standard errors below. */
function lowerLimit(value: number, m: number, n: number, z: number): number {
  const balanced = (m + n) / 2 - 1;
  const spread = (area: number): number => Math.sqrt(((area * (1 - area)) / (m * n)) * (1 + balanced * ((1 - area) / (2 - area) + area / (1 + area))));
  let low = 0;
  let high = value;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (value - middle > z * spread(middle)) low = middle;
    else high = middle;
  }
  return low;
}
