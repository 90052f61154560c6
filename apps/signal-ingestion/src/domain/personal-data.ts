import type { Arrival } from './arrival.js';
import type { ItemFault } from './item-fault.js';
import { anonymousKey, emailKey, personKey } from './identifiers.js';
import type { Meaning } from './vendors/vendor.js';

/** Answered, and counted; it is not listed, for the list would hold what must not be kept. */
export const personSuppressed: ItemFault = { code: 'person_suppressed', pointer: '', detail: 'is about a person of whom nothing is taken any more: stop sending it, or lift the suppression' };

/** Every key under which a message names the person it is about. */
export function subjectsOf({ person, anonymous, formerly, signal }: Meaning): string[] {
  const email = signal?.kind === 'person' && signal.data.email !== undefined ? [emailKey(signal.data.email)] : [];
  return [...(person === null ? [] : [person]), ...(anonymous === null ? [] : [anonymous]), ...formerly, ...email];
}

/** The arrival without attendees that `isGone`; null: it is about somebody who is. */
export function withoutPeople(arrival: Arrival, isGone: (key: string) => boolean): Arrival | null {
  const { meaning } = arrival;
  if (subjectsOf(meaning).some(isGone)) return null;
  const { signal } = meaning;
  if (signal?.kind !== 'engagement' || !signal.data.attendees?.some(({ personId }) => isGone(personId))) return arrival;
  const attendees = signal.data.attendees.filter(({ personId }) => !isGone(personId));
  return { ...arrival, meaning: { ...meaning, signal: { kind: 'engagement', data: { ...signal.data, attendees } } } };
}

/** Whether a text, as senders write it, may name somebody that `isGone`: a user id, a mail address or a visitor's id. */
export function namesPerson(text: string, isGone: (key: string) => boolean): boolean {
  if (text === '' || text.length > 320) return false;
  return isGone(personKey(text)) || isGone(anonymousKey(text)) || (text.includes('@') && isGone(emailKey(text)));
}

/** Whether any text of a JSON value, names included, may name somebody that `isGone`. */
export function mentions(value: unknown, isGone: (key: string) => boolean): boolean {
  return hasText(value, (text) => namesPerson(text, isGone));
}

/** Whether any text of a JSON value fits, names and numbers included; however deep it nests, which nobody may have checked. */
export function hasText(value: unknown, fits: (text: string) => boolean): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if ((typeof one === 'string' || typeof one === 'number') && fits(String(one))) return true;
    if (typeof one !== 'object' || one === null) continue;
    if (!Array.isArray(one) && Object.keys(one).some(fits)) return true;
    for (const each of Object.values(one)) left.push(each);
  }
  return false;
}

const address = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu;

/** The same as `mentions`, also by a mail address within a text. */
export function speaksOf(value: unknown, isGone: (key: string) => boolean): boolean {
  return hasText(value, (text) => namesPerson(text, isGone) || (text.match(address) ?? []).some((one) => isGone(emailKey(one))));
}

/** Whether one of a list of people, e.g. of attendees, `isGone`. */
export function isPerson(one: unknown, isGone: (key: string) => boolean): boolean {
  return typeof one === 'object' && one !== null && 'personId' in one && typeof one.personId === 'string' && isGone(personKey(one.personId));
}

/** An item as a producer sent it without attendees that `isGone`; the same object where there are none. */
export function withoutAttendees<I extends Readonly<Record<string, unknown>>>(item: I, isGone: (key: string) => boolean): I {
  const { data } = item;
  if (typeof data !== 'object' || data === null || !('attendees' in data) || !Array.isArray(data.attendees)) return item;
  const attendees = (data.attendees as readonly unknown[]).filter((one) => !isPerson(one, isGone));
  return attendees.length === data.attendees.length ? item : { ...item, data: { ...data, attendees } };
}
