import { aucOf, type Estimate } from './auc.js';
import { aucDifference, type ScoredTwice } from './auc-difference.js';
import { backtestWords } from './backtest-words.js';
import { claimLevel, findingOf, isTooFew, type Finding } from './finding.js';
import { neutralBp, termsAt } from './lead-figures.js';
import { leads, type TermRow } from './term-row.js';

/** A measure as the report names it. */
export interface ReportedMeasure {
  readonly id: string;
  readonly weight: number;
}

/** The measure that a score could rest on alone. */
export const goalMeasure = 'goal_attainment';
/** Days before the notice date at which measures are compared: early enough to act, late enough to know something. */
export const comparedAt = 90;

/** What one further measure adds to goals alone, in the scorecard's own proportion of weights. */
export interface AddedFigures {
  readonly measure: string;
  readonly terms: number;
  readonly losses: number;
  readonly finding: Finding;
  readonly text: string;
  readonly goalsOnlyAuc: Estimate | null;
  readonly auc: Estimate | null;
  /** Growth of the area under the ROC curve. */
  readonly gain: Estimate | null;
}

/** By the order of the measures; what neither has data on stands at 50 points. A scorecard without goals gives both the same weight. Yields after each. */
export function* addedFiguresOf(rows: readonly TermRow[], measures: readonly ReportedMeasure[]): Generator<void, AddedFigures[]> {
  const terms = termsAt(rows, leads.indexOf(comparedAt));
  const goals = measures.findIndex(({ id }) => id === goalMeasure);
  const isFew = isTooFew(terms);
  const further = measures.map((measure, index) => ({ ...measure, index })).filter(({ index }) => index !== goals);
  const losses = terms.filter(({ lost }) => lost).length;
  const figures: AddedFigures[] = [];
  for (const { id, weight, index } of further) {
    const known = { measure: id, terms: terms.length, losses };
    if (isFew) {
      figures.push({ ...known, finding: 'too_few', text: backtestWords.added('too_few', id, null), goalsOnlyAuc: null, auc: null, gain: null });
      continue;
    }
    const goalWeight = goals < 0 ? weight : measures[goals]!.weight;
    const scored = terms.map(({ accountId, lost, pointsBp }): ScoredTwice => {
      const own = pointsBp[goals] ?? null;
      return { accountId, lost, before: own ?? neutralBp, after: meanOf([own, goalWeight], [pointsBp[index] ?? null, weight]) };
    });
    const finding = findingOf(aucDifference(scored, claimLevel(further.length))!, 0);
    const gain = aucDifference(scored)!;
    const areaOf = (score: (term: ScoredTwice) => number): Estimate => aucOf(scored.map((term) => ({ accountId: term.accountId, lost: term.lost, score: score(term) })))!;
    figures.push({ ...known, finding, text: backtestWords.added(finding, id, gain), goalsOnlyAuc: areaOf(({ before }) => before), auc: areaOf(({ after }) => after), gain });
    yield;
  }
  return figures;
}

function meanOf(...parts: readonly (readonly [number | null, number])[]): number {
  let sum = 0;
  let weights = 0;
  for (const [points, weight] of parts) {
    if (points === null) continue;
    sum += points * weight;
    weights += weight;
  }
  return weights === 0 ? neutralBp : sum / weights;
}
