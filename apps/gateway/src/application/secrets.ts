import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A session's token: 256 random bits; only its hash is stored. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url');

/** The CSRF token of a session: follows from the session's token, which scripts of other sites cannot read. */
export const csrfTokenOf = (sessionToken: string): string => createHmac('sha256', sessionToken).update('csrf').digest('base64url');

/** Compares without telling by its time where two texts differ. */
export function sameText(a: string, b: string): boolean {
  const [x, y] = [sha256(a), sha256(b)];
  return timingSafeEqual(x, y);
}
