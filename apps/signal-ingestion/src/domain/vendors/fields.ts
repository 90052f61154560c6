import type { SignalData } from '@perennial/contracts/signal';
import { eventTime, parseInstant } from '../event-time.js';
import { anonymousKey, emailKey, idFault, isEmail, personIdFault, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import type { Item, Meaning } from './vendor.js';

/** What vendors' items have in common: how their fields are read, and what can be wrong with them. */

export const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);
export const object = (value: unknown): Item => (isItem(value) ? value : {});
export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** Ids come as text; some clients send whole numbers. */
export const id = (value: unknown): string | null => (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value));

/** More items than any vendor takes at once: such a body is refused, whosever it is. */
const mostItems = 5000;

/** The write keys that the items of a batch carry, where each carries its own. */
export function keysOf(items: unknown, read: (item: Item) => readonly unknown[]): readonly unknown[] {
  return Array.isArray(items) ? items.slice(0, mostItems).flatMap((item) => read(object(item))) : [];
}

/** The topic key of what a known person or a visitor does; null: neither is named. */
export function personTopicKey(userId: unknown, anonymousId: unknown): string | null {
  const known = id(userId);
  if (known !== null) return personKey(known);
  const visitor = id(anonymousId);
  return visitor === null ? null : anonymousKey(visitor);
}

/** A person's key from a user id, else from an address. */
export function personOf(userId: unknown, email: unknown): string | null {
  const known = id(userId);
  if (known !== null) return personKey(known);
  const address = text(email);
  return address !== null && address.length <= 194 && isEmail(address) ? emailKey(address) : null;
}

export function anonymousOf(value: unknown): string | null {
  const visitor = id(value);
  return visitor === null ? null : anonymousKey(visitor);
}

/** Types of groups that stand for an account, in clients that know several; the first that is given counts. */
const accountGroups: readonly string[] = ['account', 'company', 'organization', 'account_id', 'company_id'];

export function isAccountGroup(type: unknown): boolean {
  return typeof type === 'string' && accountGroups.includes(type);
}

/** The account among groups by type; several of one type are given as an array, whose first counts. */
export function accountGroupOf(groups: Item): string | null {
  for (const type of accountGroups) {
    const given: unknown = groups[type];
    const account = id(Array.isArray(given) ? given[0] : given);
    if (account !== null) return account;
  }
  return null;
}

/** What is wrong with the account among groups by type. */
export function accountGroupFault(groups: Item, pointer: string): ItemFault | null {
  return idsFault(accountGroups.map((type) => [Array.isArray(groups[type]) ? (groups[type] as unknown[])[0] : groups[type], `${pointer}/${type}`] as const));
}

/** A product event as a signal. */
export function usage(event: string, properties: unknown): Meaning['signal'] {
  const given = object(properties);
  return { kind: 'usage', data: { event, quantity: 1, ...(Object.keys(given).length === 0 ? {} : { properties: given }) } };
}

/** What traits say about a person; names as in Segment's spec for traits. */
export function personData(traits: Item): SignalData['person'] {
  const name = text(traits['name']) ?? text([traits['firstName'], traits['lastName']].filter((part) => typeof part === 'string').join(' '));
  const email = text(traits['email']);
  const title = text(traits['title']);
  const company = text(traits['company']) ?? text(object(traits['company'])['name']);
  return {
    change: 'updated',
    ...(email === null ? {} : { email }),
    ...(name === null ? {} : { name }),
    ...(title === null ? {} : { title }),
    ...(company === null ? {} : { company }),
  };
}

/** First fault of ids that may be left out; SDKs write null, or an empty text, for what they do not know. */
export function idsFault(given: readonly (readonly [value: unknown, pointer: string])[]): ItemFault | null {
  for (const [value, pointer] of given) {
    if (value === undefined || value === null || value === '') continue;
    const fault = idFault(id(value) ?? value, pointer);
    if (fault) return fault;
  }
  return null;
}

/** Who an item is about: a user id's form, and room for the prefix that marks a visitor. */
export function personFault(userId: unknown, userPointer: string, visitors: readonly (readonly [value: unknown, pointer: string])[]): ItemFault | null {
  for (const [value, pointer] of visitors) {
    if ((id(value)?.length ?? 0) > 190) return { code: 'id_invalid', pointer, detail: 'has more than 190 characters: shorten it' };
  }
  const known = id(userId);
  return known === null ? null : personIdFault(known, userPointer);
}

export function eventNameFault(value: unknown, pointer: string): ItemFault | null {
  if (typeof value !== 'string' || value === '') return { code: 'missing_field', pointer, detail: 'is required: give the name of the event' };
  return value.length > 200 ? { code: 'invalid_field', pointer, detail: `has ${value.length} characters: at most 200` } : null;
}

/** Fields that hold an object where they are given. */
export function objectsFault(given: readonly (readonly [value: unknown, pointer: string])[]): ItemFault | null {
  const wrong = given.find(([value]) => value !== undefined && value !== null && !isItem(value));
  return wrong ? { code: 'invalid_field', pointer: wrong[1], detail: 'must be an object' } : null;
}

/** The time of an event given as ISO 8601, judged after it was corrected by `sentAt`. */
export function instantFault(value: unknown, pointer: string, sentAt: string | null, receivedAt: number): ItemFault | null {
  if (value === undefined || value === null) return null;
  const original = parseInstant(value);
  if (original === null) return { code: 'timestamp_invalid', pointer, detail: 'is no instant of the calendar: send ISO 8601, e.g. 2026-01-31T09:30:00.000Z' };
  return timeFault(original, pointer, sentAt, receivedAt);
}

/** The same for a time that is read already, ms. */
export function timeFault(original: number, pointer: string, sentAt: string | null, receivedAt: number): ItemFault | null {
  const time = eventTime({ receivedAt, original, sentAt: parseInstant(sentAt) });
  return 'code' in time ? { ...time, pointer } : null;
}

/** What is told about a person: an address that is one, texts of a length that can be kept. */
export function traitsFault(traits: Item, pointer: string): ItemFault | null {
  const { email } = traits;
  if (typeof email === 'string' && email !== '' && !isEmail(email)) return { code: 'invalid_field', pointer: `${pointer}/email`, detail: 'is no mail address: mend it or leave it out' };
  const { name, title, company } = personData(traits);
  for (const [field, value] of [['name', name], ['title', title], ['company', company]] as const) {
    if ((value?.length ?? 0) > 500) return { code: 'invalid_field', pointer: `${pointer}/${field}`, detail: 'has more than 500 characters: shorten it' };
  }
  return null;
}
