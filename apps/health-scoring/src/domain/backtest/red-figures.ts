import { accountsIn } from './auc.js';
import { fewestAccounts } from './finding.js';
import { twoSidedZ } from './normal.js';
import { shareOf, shownLevel, type Share } from './share.js';
import type { TermRow } from './term-row.js';

/** Half of the losses had at least so many days; with the 95 % interval of that median. */
export interface Days {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What red did over the last year of each term, up to the day the decision was known. Shares of fewer than ten accounts are null. */
export interface RedFigures {
  /** Terms and losses with readings; those without any say nothing here. */
  readonly terms: number;
  readonly losses: number;
  readonly unread: number;
  /** Days from turning red (the last time) to the notice date, of the losses that did. */
  readonly leadDays: Days | null;
  /** Losses that were never red. */
  readonly neverRed: Share | null;
  /** Losses whose last NPS answer was 9 or 10, of those that had one. */
  readonly contentNps: Share | null;
  /** Share lost of those that turned red and were met, called or written to within thirty days. */
  readonly answered: Share | null;
  /** Share lost of those that turned red and were left alone. */
  readonly untouched: Share | null;
}

export function redFiguresOf(rows: readonly TermRow[]): RedFigures {
  const watched = rows.filter(({ isWatched }) => isWatched);
  const losses = watched.filter(({ lost }) => lost);
  const turned = watched.flatMap(({ accountId, lost, red }) => (red === null ? [] : [{ accountId, lost, ...red }]));
  const lostAmong = (isAnswered: boolean): Share | null => shown(turned.filter((term) => term.isAnswered === isAnswered).map(({ accountId, lost }) => ({ accountId, counts: lost })));
  const withNps = rows.filter(({ lost, lastNps }) => lost && lastNps !== null);
  return {
    terms: watched.length,
    losses: losses.length,
    unread: rows.length - watched.length,
    leadDays: daysOf(turned.filter(({ lost }) => lost)),
    neverRed: shown(losses.map(({ accountId, red }) => ({ accountId, counts: red === null }))),
    contentNps: shown(withNps.map(({ accountId, lastNps }) => ({ accountId, counts: lastNps! >= 9 }))),
    answered: lostAmong(true),
    untouched: lostAmong(false),
  };
}

const shown = (cases: Parameters<typeof shareOf>[0]): Share | null => (accountsIn(cases) < fewestAccounts ? null : shareOf(cases));

/** Median with the interval that order statistics give it, whatever the distribution; null for fewer than ten. */
export function daysOf(terms: readonly { readonly accountId: string; readonly leadDays: number }[]): Days | null {
  if (accountsIn(terms) < fewestAccounts) return null;
  const days = terms.map(({ leadDays }) => leadDays).sort((a, b) => a - b);
  const n = days.length;
  const half = (twoSidedZ(shownLevel) * Math.sqrt(n)) / 2;
  const at = (rank: number): number => days[Math.min(n, Math.max(1, rank)) - 1]!;
  return { median: (at(Math.floor((n + 1) / 2)) + at(Math.ceil((n + 1) / 2))) / 2, low: at(Math.floor(n / 2 - half)), high: at(Math.ceil(n / 2 + half) + 1) };
}
