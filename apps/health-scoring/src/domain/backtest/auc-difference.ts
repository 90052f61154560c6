import { countsAbove, type Estimate } from './auc.js';
import { twoSidedZ } from './normal.js';
import { shownLevel } from './share.js';

/** Two scores of the same term. */
export interface ScoredTwice {
  readonly accountId: string;
  readonly before: number;
  readonly after: number;
  readonly lost: boolean;
}

/**
 * How much the area under the ROC curve grows from the score `before` to `after`, null without a term of either kind. Interval:
 * DeLong, DeLong and Clarke-Pearson (1988) with terms clustered by account (Obuchowski 1997). `level`: how often it may miss.
 */
export function aucDifference(terms: readonly ScoredTwice[], level = shownLevel): Estimate | null {
  const lost = terms.filter((term) => term.lost);
  const renewed = terms.filter((term) => !term.lost);
  if (lost.length === 0 || renewed.length === 0) return null;
  const gains = new Map<string, Gain>();
  const gainOf = ({ accountId }: ScoredTwice): Gain => {
    let gain = gains.get(accountId);
    if (gain === undefined) gains.set(accountId, (gain = { lost: 0, lostTerms: 0, renewed: 0, renewedTerms: 0 }));
    return gain;
  };
  const place = (term: ScoredTwice, against: readonly ScoredTwice[], counts: readonly [Counter, Counter]): number => (counts[1](term.after) - counts[0](term.before)) / against.length;
  const renewedAbove = countersOf(renewed, 1);
  // Lost terms below a renewed one: those above it, of scores turned round.
  const lostBelow = countersOf(lost, -1);
  let value = 0;
  for (const term of lost) {
    const placed = place(term, renewed, renewedAbove);
    value += placed / lost.length;
    const gain = gainOf(term);
    gain.lost += placed;
    gain.lostTerms += 1;
  }
  for (const term of renewed) {
    const gain = gainOf(term);
    gain.renewed += place({ ...term, before: -term.before, after: -term.after }, lost, lostBelow);
    gain.renewedTerms += 1;
  }
  const half = twoSidedZ(level) * Math.sqrt(varianceOf([...gains.values()], value, lost.length, renewed.length));
  return { value, low: value - half, high: value + half };
}

type Counter = (score: number) => number;
interface Gain {
  lost: number;
  lostTerms: number;
  renewed: number;
  renewedTerms: number;
}

const countersOf = (terms: readonly ScoredTwice[], sign: 1 | -1): readonly [Counter, Counter] => [countsAbove(terms.map(({ before }) => sign * before)), countsAbove(terms.map(({ after }) => sign * after))];

function varianceOf(accounts: readonly Gain[], value: number, m: number, n: number): number {
  let lost = 0;
  let renewed = 0;
  let both = 0;
  let withLoss = 0;
  let withRenewal = 0;
  for (const gain of accounts) {
    const byLoss = gain.lost - gain.lostTerms * value;
    const byRenewal = gain.renewed - gain.renewedTerms * value;
    if (gain.lostTerms > 0) withLoss += 1;
    if (gain.renewedTerms > 0) withRenewal += 1;
    lost += byLoss ** 2;
    renewed += byRenewal ** 2;
    both += byLoss * byRenewal;
  }
  const correct = (clusters: number): number => (clusters > 1 ? clusters / (clusters - 1) : 1);
  return Math.max(0, (correct(withLoss) * lost) / m ** 2 + (correct(withRenewal) * renewed) / n ** 2 + (2 * correct(accounts.length) * both) / (m * n));
}
