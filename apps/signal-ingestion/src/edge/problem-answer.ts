import { ProblemException } from '@perennial/service-kit/http/problem';
import type { ItemFault } from '../domain/item-fault.js';

/** Whether a body is refused because of how much it is: sent in parts it would be taken. */
export const isTooMuch = ({ code }: ItemFault): boolean => code === 'too_large' || code === 'too_many_items';

/** A refusal of the whole request, as problem details. */
export function refusal(status: number, fault: ItemFault): ProblemException {
  const errors = fault.pointer !== '' ? { errors: [{ pointer: fault.pointer, detail: fault.detail }] } : {};
  return new ProblemException(status, fault.pointer !== '' ? `${fault.pointer} ${fault.detail}` : fault.detail, { code: fault.code, ...errors });
}

export function notAuthorised(code: 'write_key_missing' | 'write_key_unknown' | 'write_keys_disagree' | 'authorization_malformed'): ProblemException {
  const details = {
    write_key_missing: 'send the source\'s write key: Basic with the key as user name, Bearer, or where the client writes it itself',
    write_key_unknown: 'no source has this write key: it may be revoked or misspelt',
    write_keys_disagree: 'the request carries different write keys: send one',
    authorization_malformed: 'the Authorization header must be Basic with the write key as user name and no password, or Bearer',
  };
  return new ProblemException(401, details[code], { code });
}
