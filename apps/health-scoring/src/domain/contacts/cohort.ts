import type { Mark } from '../facts/mark.js';
import { latest } from '../facts/mark.js';
import { addTo, emptyRing, never, type Ring } from '../facts/ring.js';
import { dayOf } from '../time/day.js';
import { rolesOf, type Answer, type ContactFacts } from './contact-facts.js';
import { isStakeholder } from './roles.js';

export type AnswerType = 'nps' | 'csat' | 'intent';
export const answerTypes: readonly AnswerType[] = ['nps', 'csat', 'intent'];

/** Number and sum (hundredths) of answers. */
export interface AnswerSum {
  count: number;
  sum: number;
}

/** Sums over all contacts of an account: always what adding up the contacts one by one would give. */
export interface Cohort {
  /** Contacts by the day they last used the product. */
  readonly lastActive: Ring;
  /** Contacts by the day they were last touched. */
  readonly lastTouched: Ring;
  /** Contacts with use in the four account-weeks that end with each week. */
  readonly activeInFourWeeks: Ring;
  /** Newest answers of contacts without a stakeholder's role. */
  readonly others: Record<AnswerType, AnswerSum>;
  /** Newest answer of anybody, by type. */
  readonly newest: Record<AnswerType, Mark | null>;
  /** Contacts that ever used the product. */
  activated: number;
}

export const lastActiveDays = 56;
export const lastTouchedDays = 128;
export const fourWeekWindows = 64;

export const emptyCohort = (): Cohort => ({
  lastActive: emptyRing(lastActiveDays),
  lastTouched: emptyRing(lastTouchedDays),
  activeInFourWeeks: emptyRing(fourWeekWindows),
  others: { nps: { count: 0, sum: 0 }, csat: { count: 0, sum: 0 }, intent: { count: 0, sum: 0 } },
  newest: { nps: null, csat: null, intent: null },
  activated: 0,
});

/** Adds (`sign` 1) or takes out (-1) what the contact contributes, apart from its use. */
export function count(cohort: Cohort, contact: ContactFacts, sign: 1 | -1): void {
  if (contact.lastTouch !== null) addTo(cohort.lastTouched, dayOf(contact.lastTouch.at), sign);
  const other = !isStakeholder(rolesOf(contact));
  for (const type of answerTypes) {
    const answer: Answer | null = contact[type];
    if (answer === null) continue;
    if (other) {
      cohort.others[type].count += sign;
      cohort.others[type].sum += sign * Math.round(answer.score * 100);
    }
    if (sign === 1) cohort.newest[type] = latest(cohort.newest[type], { at: answer.at, id: answer.id });
  }
}

/** Moves the contact to a later day of use. */
export function moveLastActive(cohort: Cohort, from: number, to: number): void {
  if (from === never) cohort.activated += 1;
  else addTo(cohort.lastActive, from, -1);
  addTo(cohort.lastActive, to, 1);
}
