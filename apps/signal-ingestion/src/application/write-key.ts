import { createHash, randomBytes } from 'node:crypto';

const format = /^wk_[\w-]{32}$/;

/** A new random write key: 192 bits. */
export function newWriteKey(): string {
  return `wk_${randomBytes(24).toString('base64url')}`;
}

/** Whether a text looks like a write key made by `newWriteKey`. */
export function isWriteKey(text: string): boolean {
  return format.test(text);
}

/** How a write key is kept: it is random, so a plain SHA-256 cannot be guessed back. */
export function writeKeyHash(writeKey: string): Buffer {
  return createHash('sha256').update(writeKey).digest();
}
