import { accountsIn } from './auc.js';
import { backtestWords } from './backtest-words.js';
import { claimLevel, fewestAccounts, isTooFew, type Finding } from './finding.js';
import { daysOf, type Days } from './red-figures.js';
import { shareOf, type Share } from './share.js';
import type { TermRow } from './term-row.js';

/** What followed when an indicator stood within a year before the notice date, before the decision was known. */
export interface IndicatorFigures {
  readonly kind: string;
  /** Terms in which it stood, and in which it did not. */
  readonly raised: number;
  readonly notRaised: number;
  readonly finding: Finding;
  readonly text: string;
  /** Of the terms in which it stood, those that were lost. */
  readonly precision: Share | null;
  /** Of all other terms, those that were lost: what precision must be held against. */
  readonly otherwise: Share | null;
  /** Of the losses, those in which it stood. */
  readonly recall: Share | null;
  /** Days from when it first stood to the notice date, of the losses. */
  readonly leadDays: Days | null;
}

/** One entry per kind that stood anywhere, by name; yields after each. */
export function* indicatorFiguresOf(rows: readonly TermRow[]): Generator<void, IndicatorFigures[]> {
  const watched = rows.filter(({ isWatched }) => isWatched);
  const kinds = [...new Set(watched.flatMap(({ raised }) => [...raised.keys()]))].sort();
  const isFew = isTooFew(watched);
  const figures: IndicatorFigures[] = [];
  for (const kind of kinds) {
    figures.push(figuresOf(watched, kind, isFew, claimLevel(kinds.length)));
    yield;
  }
  return figures;
}

function figuresOf(watched: readonly TermRow[], kind: string, isFew: boolean, level: number): IndicatorFigures {
  const raised = watched.filter((row) => row.raised.has(kind));
  const others = watched.filter((row) => !row.raised.has(kind));
  const known = { kind, raised: raised.length, notRaised: others.length };
  if (isFew || accountsIn(raised) < fewestAccounts || accountsIn(others) < fewestAccounts) {
    return { ...known, finding: 'too_few', text: backtestWords.indicator('too_few', kind), precision: null, otherwise: null, recall: null, leadDays: null };
  }
  const lostOf = (terms: readonly TermRow[], at?: number): Share => shareOf(terms.map(({ accountId, lost }) => ({ accountId, counts: lost })), at)!;
  const [strict, strictOthers] = [lostOf(raised, level), lostOf(others, level)];
  const finding = strict.low > strictOthers.high ? 'signal' : strict.high < strictOthers.low ? 'reversed' : 'no_signal';
  const precision = lostOf(raised);
  const otherwise = lostOf(others);
  const losses = watched.filter(({ lost }) => lost);
  return {
    ...known, finding, text: backtestWords.indicator(finding, kind, precision, otherwise), precision, otherwise,
    recall: shareOf(losses.map((row) => ({ accountId: row.accountId, counts: row.raised.has(kind) }))),
    leadDays: daysOf(raised.filter(({ lost }) => lost).map((row) => ({ accountId: row.accountId, leadDays: row.raised.get(kind)! }))),
  };
}
