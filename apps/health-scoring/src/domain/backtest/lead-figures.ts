import { aucOf, type Estimate, type Scored } from './auc.js';
import { backtestWords } from './backtest-words.js';
import { claimLevel, findingOf, isTooFew, type Finding } from './finding.js';
import { shareOf, type Share } from './share.js';
import { leads, type LeadReading, type TermRow } from './term-row.js';

/** What is neither known nor unknown goes halfway: it says nothing of the account. */
export const neutralBp = 5000;

/** A term with what was read at one lead. */
export type TermAtLead = Pick<TermRow, 'accountId' | 'segment' | 'lost'> & LeadReading;

/** How well the score, and red, told losses from renewals so many days before the notice date. Figures that would mean nothing are null. */
export interface LeadFigures {
  readonly leadDays: number;
  readonly terms: number;
  readonly losses: number;
  readonly accounts: number;
  /** Terms that do not count here: their outcome was known by then; nothing had been read about that day. */
  readonly leftOut: { readonly decided: number; readonly unread: number };
  readonly finding: Finding;
  readonly text: string;
  /** Share of these terms that were lost: what precision must be held against. */
  readonly lossRate: Share | null;
  /** Of the score, over the terms that had one. */
  readonly auc: Estimate | null;
  /** Of goal attainment alone, over the same terms. */
  readonly goalsOnlyAuc: Estimate | null;
  /** Of the red ones, those that were lost. */
  readonly precision: Share | null;
  /** Of the lost ones, those that were red. */
  readonly recall: Share | null;
}

/** The terms that count at the `index`-th of `leads`. */
export function termsAt(rows: readonly TermRow[], index: number): TermAtLead[] {
  return rows.flatMap(({ accountId, segment, lost, at }) => {
    const reading = at[index]!;
    return typeof reading === 'string' ? [] : [{ accountId, segment, lost, scoreBp: reading.scoreBp, isRed: reading.isRed, pointsBp: reading.pointsBp }];
  });
}

/** By `leads`; yields after each. `goals`: place of goal attainment among the measures; `together`: how many such figures are looked at together. */
export function* leadFiguresOf(rows: readonly TermRow[], goals: number | null, together: number): Generator<void, LeadFigures[]> {
  const figures: LeadFigures[] = [];
  for (const index of leads.keys()) {
    figures.push(figuresAt(rows, index, goals, together));
    yield;
  }
  return figures;
}

function figuresAt(rows: readonly TermRow[], index: number, goals: number | null, together: number): LeadFigures {
  const terms = termsAt(rows, index);
  const leftOut = (why: string): number => rows.filter(({ at }) => at[index] === why).length;
  const scored: Scored[] = terms.flatMap(({ accountId, lost, scoreBp }) => (scoreBp === null ? [] : [{ accountId, lost, score: scoreBp }]));
  const isFew = isTooFew(scored);
  const claim = isFew ? null : aucOf(scored, claimLevel(together));
  const finding = claim === null ? 'too_few' : findingOf(claim, 0.5);
  const auc = isFew ? null : aucOf(scored);
  const says = finding === 'signal' || finding === 'reversed';
  const lost = terms.filter((term) => term.lost);
  const known = { leadDays: leads[index]!, terms: terms.length, losses: lost.length };
  return {
    ...known,
    accounts: new Set(terms.map(({ accountId }) => accountId)).size,
    leftOut: { decided: leftOut('decided'), unread: leftOut('unread') },
    finding,
    text: backtestWords.lead(finding, known, auc),
    lossRate: shareOf(terms.map((term) => ({ accountId: term.accountId, counts: term.lost }))),
    auc,
    goalsOnlyAuc: isFew || goals === null ? null : aucOf(terms.flatMap(({ accountId, lost: isLost, scoreBp, pointsBp }) => (scoreBp === null ? [] : [{ accountId, lost: isLost, score: pointsBp[goals] ?? neutralBp }]))),
    precision: says ? shareOf(terms.filter(({ isRed }) => isRed).map((term) => ({ accountId: term.accountId, counts: term.lost }))) : null,
    recall: says ? shareOf(lost.map(({ accountId, isRed }) => ({ accountId, counts: isRed }))) : null,
  };
}
