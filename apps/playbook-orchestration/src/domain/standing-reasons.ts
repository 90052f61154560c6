import type { AccountBook } from './account-book.js';
import type { Track } from './playbook-document.js';
import { needsReview } from './save-plan-review.js';
import type { Facts } from './run.js';

/** A reason that holds for an account, whatever event told of it. */
export interface StandingReason {
  readonly subject: string;
  readonly facts: Facts;
  readonly trigger: string;
  /** False: keeps a running thread informed, but is none to start one for. */
  readonly startsThread: boolean;
}

const reviewSubject = 'save-plan-review';

/**
 * The reasons of a track that hold now. Tracks started by a change of risk have none: only the change
 * itself starts them (follow-risk-change.ts).
 */
export function standingReasons(book: AccountBook, track: Track, today: string): readonly StandingReason[] {
  const { trigger } = track;
  switch (trigger.on) {
    case 'risk':
      return [];
    case 'savePlanReview': {
      const { reviewCalledFor, groups } = book.strikes;
      // A green account has nothing to save, whatever else was said of it.
      if (!reviewCalledFor || book.riskLevel === 'green') return [];
      return [{ subject: reviewSubject, facts: { groups, riskLevel: book.riskLevel }, trigger: `strikes in ${groups.join(', ')}`, startsThread: needsReview(book.reviews, groups) }];
    }
    case 'indicator':
      return book.indicators
        .filter((indicator, index, all) => indicator.group === trigger.group && all.findIndex((other) => other.kind === indicator.kind) === index)
        .map(({ kind, text, byRevision }) => ({ subject: kind, facts: { indicator: kind, text }, trigger: `indicator ${kind}`, startsThread: byRevision !== true }));
    case 'renewal':
      return book.renewals
        .filter((renewal) => renewal.state === 'open')
        .map(({ id, noticeOn }) => ({ subject: id, facts: { noticeOn }, trigger: `renewal ${id}`, startsThread: today <= noticeOn }));
  }
}

/** Why a running thread's reason no longer holds: null while it does. */
export function clearance(book: AccountBook, track: Track, subject: string): { outcome: string; because: string } | null {
  switch (track.trigger.on) {
    case 'risk':
      return null;
    case 'savePlanReview':
      // Fewer strikes alone do not take the question off the table; a green account does.
      return book.riskLevel === 'green' ? { outcome: 'risk_cleared', because: 'the risk level is green again' } : null;
    case 'indicator':
      return book.indicators.some((indicator) => indicator.kind === subject) ? null : { outcome: 'indicator_cleared', because: `${subject} has cleared` };
    case 'renewal': {
      const renewal = book.renewals.find((other) => other.id === subject);
      if (!renewal) return { outcome: 'renewal_withdrawn', because: 'the renewal no longer exists' };
      return renewal.state === 'open' ? null : { outcome: `renewal_${renewal.state}`, because: `the renewal is ${renewal.state.replace('_', ' ')}` };
    }
  }
}
