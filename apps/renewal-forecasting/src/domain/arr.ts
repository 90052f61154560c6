import type { ContractTimeline, Term } from './contract-terms.js';
import type { Day } from './day.js';

/**
 * ARR of one contract on a day, in minor units. The timeline must have been unrolled to that day or later.
 * Where terms overlap or share a day the later one counts, once; in a gap between terms it is 0, and from
 * the effective day of a cancellation on.
 */
export function arrOn(timeline: ContractTimeline, day: Day): number {
  const term = timeline.terms.findLast(({ startsOn }) => startsOn <= day);
  if (!term || !runsOn(term, day)) return 0;
  return timeline.values.findLast(({ from }) => from <= day)?.arrMinor ?? 0;
}

/** True when the term's contract is in force on a day not before its start. */
export function runsOn(term: Term, day: Day): boolean {
  const { ended, lost } = term.standing;
  if (ended && day >= ended.from) return false;
  if (lost && lost.effectiveOn !== null && day >= lost.effectiveOn) return false;
  return term.endsOn === null || day <= term.endsOn;
}
