import { addedFiguresOf, goalMeasure, type AddedFigures, type ReportedMeasure } from './added-by-measure.js';
import { accountsIn } from './auc.js';
import { backtestWords } from './backtest-words.js';
import type { Finding } from './finding.js';
import { indicatorFiguresOf, type IndicatorFigures } from './indicator-figures.js';
import { leadFiguresOf, type LeadFigures } from './lead-figures.js';
import { rankDrivers, type LoyaltyDrivers } from './loyalty-drivers.js';
import { redFiguresOf, type RedFigures } from './red-figures.js';
import { shownLevel } from './share.js';
import { leads, type TermRow } from './term-row.js';

/** Figures of a part of the book, or of all of it. */
export interface BookFigures {
  readonly terms: number;
  readonly losses: number;
  readonly accounts: number;
  readonly finding: Finding;
  readonly text: string;
  readonly leads: readonly LeadFigures[];
  readonly red: RedFigures;
}

export interface BacktestReport extends BookFigures {
  /** By losses, the most first; null: accounts without a segment. */
  readonly segments: readonly (BookFigures & { readonly segment: string | null })[];
  readonly indicators: readonly IndicatorFigures[];
  readonly added: readonly AddedFigures[];
  readonly drivers: LoyaltyDrivers;
  /** How often an interval that is shown may miss; claims hold at this level over all figures of one table together. */
  readonly level: number;
}

const mostSegments = 50;

/** What a scorecard was worth as a warning, from one row per term. Yields now and then, so that the caller can let others work; the same rows and seed give the same report. */
export function* reportOf(rows: readonly TermRow[], measures: readonly ReportedMeasure[], seed: number): Generator<void, BacktestReport> {
  const goals = measures.findIndex(({ id }) => id === goalMeasure);
  const figuresOf = (part: readonly TermRow[], parts: number): Generator<void, BookFigures> => bookFiguresOf(part, goals < 0 ? null : goals, parts);
  const book = yield* figuresOf(rows, 1);
  const bySegment = [...Map.groupBy(rows, ({ segment }) => segment)].sort(([, a], [, b]) => lossesIn(b) - lossesIn(a) || b.length - a.length).slice(0, mostSegments);
  const segments = [];
  for (const [segment, part] of bySegment) {
    segments.push({ segment, ...(yield* figuresOf(part, bySegment.length)) });
  }
  const indicators = yield* indicatorFiguresOf(rows);
  const added = yield* addedFiguresOf(rows, measures);
  const drivers = yield* rankDrivers(rows, measures.map(({ id }) => id), seed);
  return { ...book, segments, indicators, added, drivers, level: shownLevel };
}

const lossesIn = (rows: readonly TermRow[]): number => rows.filter(({ lost }) => lost).length;

function* bookFiguresOf(rows: readonly TermRow[], goals: number | null, parts: number): Generator<void, BookFigures> {
  const figures = yield* leadFiguresOf(rows, goals, parts * leads.length);
  const has = (finding: Finding): boolean => figures.some((lead) => lead.finding === finding);
  const finding = has('signal') ? 'signal' : has('reversed') ? 'reversed' : has('no_signal') ? 'no_signal' : 'too_few';
  return { terms: rows.length, losses: lossesIn(rows), accounts: accountsIn(rows), finding, text: backtestWords.book(finding), leads: figures, red: redFiguresOf(rows) };
}
