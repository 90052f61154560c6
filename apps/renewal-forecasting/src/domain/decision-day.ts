import { effectiveDay } from './contract-entry.js';
import type { Term } from './contract-terms.js';
import { earlierDay, type Day } from './day.js';
import type { RenewalState } from './renewal.js';

/** When it became known what becomes of the term: by notice, signature or loss, or by the last day for notice of one that renews by itself. Null: nobody said anything. */
export function decisionDay(term: Term, next: Term | undefined, state: RenewalState): Day | null {
  const { notice, ended, lost, agreed } = term.standing;
  const signed = agreed && effectiveDay(agreed);
  switch (state) {
    case 'renewed':
      return earliest(signed, next?.toldOn) ?? term.noticeOn;
    case 'agreed':
      return signed;
    case 'churned':
    case 'churn_notified':
      return earliest(notice?.day, ended && effectiveDay(ended.entry), lost && effectiveDay(lost));
    default:
      return null;
  }
}

const earliest = (...days: readonly (Day | null | undefined)[]): Day | null => days.reduce<Day | null>((first, day) => (day ? earlierDay(day, first ?? day) : first), null);
