import { addTo, never, type Ring } from '../facts/ring.js';
import type { AccountHealthState } from '../state.js';
import { firstDayOf, weekdayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import { count, moveLastActive } from './cohort.js';
import { moveProductUse } from '../products/product-facts.js';
import { noteUse } from '../usage/heaviest-track.js';
import { markActiveDay } from './active-days.js';
import { markUse, useKey } from './days-of-use.js';
import { newContact, type ContactFacts, type WeeksOfUse } from './contact-facts.js';

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
export function markActive(state: AccountHealthState, personId: string, day: EpochDay, product: string | null, feature: string | undefined): void {
  const contact = contactOf(state, personId);
  const before = product === null ? never : (contact.uses.get(useKey(product, ''))?.newest ?? never);
  if (markUse(contact, product, feature, day)) {
    state.dirtyContacts.add(personId);
    if (product !== null) moveProductUse(state, contact, product, before);
  }
  const week = weekOf(day, weekdayOf(state.accountId));
  const lastDay = contact.lastActiveDay;
  if (markActiveDay(contact, day)) {
    if (day > lastDay) moveLastActive(state.facts.cohort, lastDay, day);
    state.dirtyContacts.add(personId);
    noteUse(state.memory, week);
  }
  if (week !== contact.activeWeek && markWeek(state.facts.cohort.activeInFourWeeks, contact, week)) state.dirtyContacts.add(personId);
}

/** The contact used a key feature in `week`; `users` counts those who did by windows of four weeks. */
export function markFeature(state: AccountHealthState, personId: string, feature: string, users: Ring, week: AccountWeek): void {
  const contact = contactOf(state, personId);
  let weeks = contact.features.get(feature);
  if (weeks === undefined) contact.features.set(feature, (weeks = { activeWeek: never, activeWeeks: 0n }));
  if (week !== weeks.activeWeek && markWeek(users, weeks, week)) state.dirtyContacts.add(personId);
}

const weeksKept = 64n;
const all = (1n << weeksKept) - 1n;

/** False when the week is known or too old. Windows of four weeks that were empty before gain one contact. */
function markWeek(windows: Ring, weeks: WeeksOfUse, week: AccountWeek): boolean {
  if (weeks.activeWeek !== never && BigInt(weeks.activeWeek - week) >= weeksKept) return false;
  if (isActiveIn(weeks, week)) return false;
  for (let end = week; end < week + 4; end += 1) if (!isActiveUpTo(weeks, end)) addTo(windows, end, 1);
  if (weeks.activeWeek === never) {
    weeks.activeWeeks = 1n;
    weeks.activeWeek = week;
  } else if (week > weeks.activeWeek) {
    weeks.activeWeeks = ((weeks.activeWeeks << BigInt(week - weeks.activeWeek)) | 1n) & all;
    weeks.activeWeek = week;
  } else {
    weeks.activeWeeks |= 1n << BigInt(weeks.activeWeek - week);
  }
  return true;
}

/** Use in one of the four account-weeks that end with `end`. */
export const isActiveUpTo = (weeks: WeeksOfUse, end: AccountWeek): boolean =>
  isActiveIn(weeks, end) || isActiveIn(weeks, end - 1) || isActiveIn(weeks, end - 2) || isActiveIn(weeks, end - 3);

/** True where use in the days [from, to] is certain; days are known by weeks only, but for the last one. */
export function wasActiveIn(contact: ContactFacts, from: EpochDay, to: EpochDay, weekday: number): boolean {
  if (contact.lastActiveDay >= from && contact.lastActiveDay <= to) return true;
  for (let week = weekOf(from + 6, weekday); firstDayOf(week, weekday) + 6 <= to; week += 1) if (isActiveIn(contact, week)) return true;
  return false;
}

function isActiveIn(weeks: WeeksOfUse, week: AccountWeek): boolean {
  if (weeks.activeWeek === never) return false;
  const back = weeks.activeWeek - week;
  return back >= 0 && back < 64 && ((weeks.activeWeeks >> BigInt(back)) & 1n) === 1n;
}
