import type { ItemFault } from './item-fault.js';

const control = /\p{Cc}/u;
const mail = /^[^@\s]+@[^@\s]+$/;

/** What is wrong with an id that must be 1-200 characters without control characters; null when it is good. */
export function idFault(value: unknown, pointer: string): ItemFault | null {
  if (typeof value !== 'string') return { code: 'id_invalid', pointer, detail: 'must be text' };
  if (value.length === 0) return { code: 'id_invalid', pointer, detail: 'is empty: leave it out or give 1 to 200 characters' };
  if (value.length > 200) return { code: 'id_invalid', pointer, detail: `has ${value.length} characters: at most 200` };
  if (control.test(value)) return { code: 'id_invalid', pointer, detail: 'holds a control character: remove it' };
  return null;
}

/**
 * Who a SIGNAL's personId is: the product's own user id, else `email:<lower case>`. What starts with
 * `email:` must hold an address and is put into lower case.
 */
export function personKey(id: string): string {
  return id.startsWith('email:') ? id.toLowerCase() : id;
}

export function personIdFault(id: string, pointer: string): ItemFault | null {
  if (!id.startsWith('email:') || mail.test(id.slice('email:'.length))) return null;
  return { code: 'person_id_invalid', pointer, detail: 'starts with email: but no address follows: send email:<address> or your own user id' };
}

export const emailKey = (address: string): string => `email:${address.toLowerCase()}`;
/** Key of a visitor who has not signed in. */
export const anonymousKey = (id: string): string => `anonymous:${id}`;

export function isEmail(text: string): boolean {
  return text.length >= 3 && text.length <= 320 && mail.test(text);
}
