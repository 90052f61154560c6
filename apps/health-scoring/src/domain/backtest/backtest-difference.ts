import { accountsIn, aucOf, type Estimate } from './auc.js';
import { aucDifference } from './auc-difference.js';
import { backtestWords } from './backtest-words.js';
import { claimLevel, fewestAccounts, findingOf, isTooFew, type Finding } from './finding.js';
import type { PairedReading, Sides, TermOfAccount } from './paired-term.js';
import { daysOf, type Days } from './red-figures.js';
import { shareDifference } from './share-difference.js';
import { shareOf, shownLevel, type Share } from './share.js';
import { leads } from './term-row.js';

/** What the terms let anybody say of the draft against what is in force. `too_few`: nothing, outcomes are missing. `mixed`: better at one lead, worse at another. */
export type DifferenceFinding = 'too_few' | 'no_difference' | 'better' | 'worse' | 'mixed';

/** How well one side told losses from renewals. Precision and recall are null where its score said nothing. */
export interface SideFigures {
  readonly finding: Finding;
  readonly auc: Estimate | null;
  readonly precision: Share | null;
  readonly recall: Share | null;
}

/** Both sides on the same terms, so many days before the notice date. */
export interface LeadDifference {
  readonly leadDays: number;
  readonly terms: number;
  readonly losses: number;
  readonly accounts: number;
  readonly leftOut: { readonly decided: number; readonly unread: number };
  readonly finding: DifferenceFinding;
  readonly text: string;
  readonly lossRate: Share | null;
  readonly inForce: SideFigures;
  readonly draft: SideFigures;
  /** How much each figure grows by the draft; null where either side has none. */
  readonly growth: { readonly auc: Estimate | null; readonly precision: Estimate | null; readonly recall: Estimate | null };
}

/** When losses turned red before the decision. Figures of fewer than ten accounts are null. */
export interface RedDifference {
  readonly losses: number;
  readonly leadDays: Sides<Days | null>;
  /** Days by which the draft was red earlier, of the losses that turned red by both; below 0: later. */
  readonly earlier: Days | null;
  readonly neverRed: Sides<Share | null>;
  /** How much the share that was never red grows. */
  readonly neverRedGrowth: Estimate | null;
}

export interface BacktestDifference {
  /** Terms of which a day was kept before the decision. */
  readonly terms: number;
  readonly losses: number;
  readonly accounts: number;
  readonly finding: DifferenceFinding;
  readonly text: string;
  readonly leads: readonly LeadDifference[];
  readonly red: RedDifference;
  /** How often an interval that is shown may miss; findings hold at this level over all leads together. */
  readonly level: number;
}

/** Holds a draft against what is in force, on the terms that both read. The same terms give the same figures, in any order of accounts. */
export function backtestDifferenceOf(terms: readonly TermOfAccount[]): BacktestDifference {
  const figures = leads.map((_, index) => differenceAt(terms, index));
  const has = (finding: DifferenceFinding): boolean => figures.some((lead) => lead.finding === finding);
  const finding = has('better') ? (has('worse') ? 'mixed' : 'better') : has('worse') ? 'worse' : has('no_difference') ? 'no_difference' : 'too_few';
  return {
    terms: terms.length, losses: terms.filter(({ lost }) => lost).length, accounts: accountsIn(terms), finding, text: backtestWords.difference.book(finding), leads: figures, red: redOf(terms), level: shownLevel,
  };
}

function differenceAt(terms: readonly TermOfAccount[], index: number): LeadDifference {
  const read = terms.flatMap(({ accountId, lost, at }) => (typeof at[index] === 'string' ? [] : [{ accountId, lost, ...(at[index] as PairedReading) }]));
  const leftOut = (why: string): number => terms.filter(({ at }) => at[index] === why).length;
  const scored = read.flatMap(({ accountId, lost, inForce, draft }) => (inForce.scoreBp === null || draft.scoreBp === null ? [] : [{ accountId, lost, before: inForce.scoreBp, after: draft.scoreBp }]));
  const isFew = isTooFew(scored);
  const claimed = isFew ? null : findingOf(aucDifference(scored, claimLevel(leads.length))!, 0);
  const finding = claimed === null ? 'too_few' : claimed === 'signal' ? 'better' : claimed === 'reversed' ? 'worse' : 'no_difference';
  const lost = read.filter((term) => term.lost);
  const sideOf = (side: keyof PairedReading, score: 'before' | 'after'): SideFigures => {
    if (isFew) return { finding: 'too_few', auc: null, precision: null, recall: null };
    const own = scored.map((term) => ({ accountId: term.accountId, lost: term.lost, score: term[score] }));
    const says = findingOf(aucOf(own, claimLevel(2 * leads.length))!, 0.5);
    const shows = says === 'signal' || says === 'reversed';
    return {
      finding: says, auc: aucOf(own),
      precision: shows ? shareOf(read.filter((term) => term[side].isRed).map((term) => ({ accountId: term.accountId, counts: term.lost }))) : null,
      recall: shows ? shareOf(lost.map((term) => ({ accountId: term.accountId, counts: term[side].isRed }))) : null,
    };
  };
  const [inForce, draft] = [sideOf('inForce', 'before'), sideOf('draft', 'after')];
  const auc = isFew ? null : aucDifference(scored);
  const known = { leadDays: leads[index]!, terms: read.length, losses: lost.length };
  return {
    ...known,
    accounts: accountsIn(read),
    leftOut: { decided: leftOut('decided'), unread: leftOut('unread') },
    finding,
    text: auc === null ? backtestWords.lead('too_few', known, null) : backtestWords.difference.lead(finding, known.leadDays, inForce.auc!.value, draft.auc!.value, auc, inForce.finding === 'no_signal' && draft.finding === 'no_signal'),
    lossRate: shareOf(read.map((term) => ({ accountId: term.accountId, counts: term.lost }))),
    inForce,
    draft,
    growth: {
      auc,
      precision: inForce.precision && draft.precision && shareDifference(read.map((term) => ({ accountId: term.accountId, before: term.inForce.isRed ? term.lost : null, after: term.draft.isRed ? term.lost : null }))),
      recall: inForce.recall && draft.recall && shareDifference(lost.map((term) => ({ accountId: term.accountId, before: term.inForce.isRed, after: term.draft.isRed }))),
    },
  };
}

function redOf(terms: readonly TermOfAccount[]): RedDifference {
  const losses = terms.filter(({ lost, isWatched }) => lost && isWatched);
  const isFew = accountsIn(losses) < fewestAccounts;
  const turned = (daysBy: (term: TermOfAccount) => number | null): Days | null => daysOf(losses.flatMap((term) => (daysBy(term) === null ? [] : [{ accountId: term.accountId, leadDays: daysBy(term)! }])));
  const never = (side: keyof Sides<unknown>): Share | null => (isFew ? null : shareOf(losses.map(({ accountId, red }) => ({ accountId, counts: red[side] === null }))));
  return {
    losses: losses.length,
    leadDays: { inForce: turned(({ red }) => red.inForce), draft: turned(({ red }) => red.draft) },
    earlier: turned(({ red }) => (red.inForce === null || red.draft === null ? null : red.draft - red.inForce)),
    neverRed: { inForce: never('inForce'), draft: never('draft') },
    neverRedGrowth: isFew ? null : shareDifference(losses.map(({ accountId, red }) => ({ accountId, before: red.inForce === null, after: red.draft === null }))),
  };
}
