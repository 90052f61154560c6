import type { HealthState } from '@perennial/contracts/health';
import type { Scorecard } from '../scorecard/scorecard.js';

export type Trend = HealthState['trend'];

/**
 * The direction that `trendOf` saw on each of the last days, as many running as the rule asks for: an account is looked at
 * every day, and a test that is right on 19 of 20 days calls most flat accounts once a quarter.
 */
export function heldTrend(scores: readonly (number | null)[], rule: Scorecard['trend']): Trend {
  const trend = trendOf(scores, rule);
  for (let back = 1; trend !== 'flat' && back < (rule.running ?? 1); back += 1) if (trendOf(scores.slice(0, -back), rule) !== trend) return 'flat';
  return trend;
}

/**
 * Direction of the daily scores, the last one newest (null: no score that day).
 *
 * Slope: Theil and Sen's median of pairwise slopes. It is a trend when the change over the span is large enough
 * and significant under both ways in which a flat account can look as if it moved:
 * - scores that depend on the day before: the Mann-Kendall statistic with its variance widened by
 *   (1 + r) / (1 - r), the inflation for a first-order process (Bayley and Hammersley), r being the lag-1
 *   autocorrelation of the residuals about the Theil-Sen line, corrected for its bias in short series by
 *   r' = (n r + 1) / (n - 4) (Marriott and Pope; Kendall) and kept in [0, 0.95];
 * - scores that wander, as sums over sliding windows do: the change from first to last against what steps of
 *   their size add up to by chance, with the steps' long-run variance by Bartlett's kernel (Newey and West).
 * `trend` in the specs simulates both kinds of flat account: fewer than one in twenty is called a trend.
 */
export function trendOf(scores: readonly (number | null)[], rule: Scorecard['trend']): Trend {
  const { days, values } = scored(scores.slice(-rule.days));
  const n = values.length;
  if (n < rule.fewestDays) return 'flat';
  const slope = theilSen(days, values);
  const change = slope * spanOf(days);
  if (Math.abs(change) < rule.change) return 'flat';
  const residuals = values.map((value, i) => value - slope * (days[i] ?? 0));
  const r = Math.min(0.95, Math.max(0, (n * lagOne(residuals) + 1) / (n - 4)));
  const z = mannKendall(values) / Math.sqrt((1 + r) / (1 - r));
  if (Math.min(Math.abs(z), Math.abs(driftZ(values))) < rule.significance) return 'flat';
  return change > 0 ? 'rising' : 'falling';
}

/** Change from the first to the last of the days with a score, by the Theil-Sen slope; 0 where there are fewer than two. */
export function changeOver(scores: readonly (number | null)[]): number {
  const { days, values } = scored(scores);
  return values.length < 2 ? 0 : theilSen(days, values) * spanOf(days);
}

function scored(scores: readonly (number | null)[]): { readonly days: readonly number[]; readonly values: readonly number[] } {
  const days: number[] = [];
  const values: number[] = [];
  scores.forEach((score, day) => {
    if (score === null) return;
    days.push(day);
    values.push(score);
  });
  return { days, values };
}

const spanOf = (days: readonly number[]): number => (days.at(-1) ?? 0) - (days[0] ?? 0);

function theilSen(days: readonly number[], values: readonly number[]): number {
  const slopes = new Float64Array((values.length * (values.length - 1)) / 2);
  let at = 0;
  for (let i = 0; i < values.length; i += 1) {
    for (let j = i + 1; j < values.length; j += 1) slopes[at++] = ((values[j] ?? 0) - (values[i] ?? 0)) / ((days[j] ?? 0) - (days[i] ?? 0));
  }
  slopes.sort();
  const half = slopes.length >> 1;
  return slopes.length % 2 === 1 ? (slopes[half] ?? 0) : ((slopes[half - 1] ?? 0) + (slopes[half] ?? 0)) / 2;
}

/** Autocorrelation at lag one; 0 of a constant series. */
function lagOne(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let shared = 0;
  let spread = 0;
  values.forEach((value, i) => {
    spread += (value - mean) ** 2;
    if (i > 0) shared += (value - mean) * ((values[i - 1] ?? mean) - mean);
  });
  return spread < 1e-9 ? 0 : shared / spread;
}

/** Standard score of Mann and Kendall's S, with its correction for ties and continuity. */
function mannKendall(values: readonly number[]): number {
  const n = values.length;
  let s = 0;
  for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) s += Math.sign((values[j] ?? 0) - (values[i] ?? 0));
  const ties = new Map<number, number>();
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1);
  let variance = n * (n - 1) * (2 * n + 5);
  for (const t of ties.values()) variance -= t * (t - 1) * (2 * t + 5);
  return variance <= 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance / 18);
}

const lags = 3;

/** Change from first to last over the standard deviation that the sum of such steps has without a drift. */
function driftZ(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < steps.length; i += 1) sum += ((steps[i] ?? 0) - mean) * ((steps[i - lag] ?? 0) - mean);
    return sum / (steps.length - 1);
  };
  const spread = covariance(0);
  let longRun = spread;
  for (let lag = 1; lag <= lags; lag += 1) longRun += 2 * (1 - lag / (lags + 1)) * covariance(lag);
  // Noise about a line makes neighbouring steps cancel; a tenth of their variance is the least that is believed.
  return (mean * steps.length) / Math.sqrt(Math.max(longRun, spread / 10, 1e-9) * steps.length);
}
