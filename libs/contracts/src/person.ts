import { Type, type Static } from 'typebox';
import { Id } from './primitives.js';

const Words = Type.Array(Type.String({ minLength: 1 }));

/**
 * `person.erased`: what was put into words about this person of the account is to be taken out (erased-words.ts says how).
 * It comes once all that was said of them was read, may come again, and is itself taken out of the log after that, where the log can.
 */
export const PersonErased = Type.Object({
  accountId: Id,
  /** As senders wrote them. */
  ids: Words,
  names: Words,
  /** Mail addresses, lower case. */
  emails: Words,
});
export type PersonErased = Static<typeof PersonErased>;
