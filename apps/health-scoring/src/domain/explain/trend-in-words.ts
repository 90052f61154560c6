import type { Scorecard } from '../scorecard/scorecard.js';
import { changeOver, type Trend } from '../verdict/trend.js';
import { words } from '../words.js';

export interface TrendInWords {
  readonly direction: Trend;
  /** Change over the span by Theil and Sen's slope, two decimals; null where there are too few days. */
  readonly change: number | null;
  /** Days with a score that it rests on. */
  readonly days: number;
  readonly text: string;
}

/** The trend with the change behind it. `scores`: one a day, newest last, null on a day without one; of the scorecard that judges alone. */
export function trendInWords(direction: Trend, scores: readonly (number | null)[], { days: span, fewestDays }: Scorecard['trend']): TrendInWords {
  const window = scores.slice(-span);
  const days = window.filter((score) => score !== null).length;
  if (days < fewestDays) return { direction, change: null, days, text: `${words.explain.trend[direction]}: ${words.explain.tooFewDays(days, fewestDays)}` };
  const change = Math.round(changeOver(window) * 100) / 100;
  return { direction, change, days, text: `${words.explain.trend[direction]}: ${words.explain.change(change, window.length, direction !== 'flat')}` };
}
