import { addTo, never } from '../facts/ring.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import { count, moveLastActive, type Cohort } from './cohort.js';
import { newContact, type ContactFacts } from './contact-facts.js';

export function contactOf(state: AccountHealthState, personId: string): ContactFacts {
  let contact = state.contacts.get(personId);
  if (contact === undefined) state.contacts.set(personId, (contact = newContact(personId)));
  return contact;
}

/** Changes one contact and keeps the account's sums over contacts in step. */
export function changeContact(state: AccountHealthState, personId: string, change: (contact: ContactFacts) => void): void {
  const contact = contactOf(state, personId);
  count(state.facts.cohort, contact, -1);
  change(contact);
  count(state.facts.cohort, contact, 1);
  state.dirtyContacts.add(personId);
}

/** The contact used the product on `day`. Writes nothing when that adds no news: the hot path. */
export function markActive(state: AccountHealthState, personId: string, day: EpochDay): void {
  const contact = contactOf(state, personId);
  const week = weekOf(day, weekdayOf(state.accountId));
  if (day > contact.lastActiveDay) {
    moveLastActive(state.facts.cohort, contact.lastActiveDay, day);
    contact.lastActiveDay = day;
    state.dirtyContacts.add(personId);
  }
  if (week !== contact.activeWeek && markWeek(state.facts.cohort, contact, week)) state.dirtyContacts.add(personId);
}

const weeksKept = 64n;
const all = (1n << weeksKept) - 1n;

/** False when the week is known or too old. Windows of four weeks that were empty before gain one contact. */
function markWeek(cohort: Cohort, contact: ContactFacts, week: AccountWeek): boolean {
  if (contact.activeWeek !== never && BigInt(contact.activeWeek - week) >= weeksKept) return false;
  if (isActiveIn(contact, week)) return false;
  for (let end = week; end < week + 4; end += 1) {
    const known = isActiveIn(contact, end) || isActiveIn(contact, end - 1) || isActiveIn(contact, end - 2) || isActiveIn(contact, end - 3);
    if (!known) addTo(cohort.activeInFourWeeks, end, 1);
  }
  if (contact.activeWeek === never) {
    contact.activeWeeks = 1n;
    contact.activeWeek = week;
  } else if (week > contact.activeWeek) {
    contact.activeWeeks = ((contact.activeWeeks << BigInt(week - contact.activeWeek)) | 1n) & all;
    contact.activeWeek = week;
  } else {
    contact.activeWeeks |= 1n << BigInt(contact.activeWeek - week);
  }
  return true;
}

function isActiveIn(contact: ContactFacts, week: AccountWeek): boolean {
  if (contact.activeWeek === never) return false;
  const back = contact.activeWeek - week;
  return back >= 0 && back < 64 && ((contact.activeWeeks >> BigInt(back)) & 1n) === 1n;
}
