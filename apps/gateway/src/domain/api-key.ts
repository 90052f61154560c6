/**
 * An API key: `pk_<lookup>_<secret>`. The lookup part is stored in the clear to find the row, of the whole
 * only a SHA-256 is kept. 8 and 32 characters of a 62-letter alphabet: 190 bits of secret.
 */
const format = /^pk_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The lookup part of a key; null for what is no API key. */
export function lookupOf(key: string): string | null {
  return format.exec(key)?.[1] ?? null;
}

/** A key made of random bytes; bytes from 248 on are skipped so that all letters are equally likely. */
export function formatApiKey(random: Uint8Array): string {
  const letters = [...random].filter((byte) => byte < 248).map((byte) => alphabet[byte % 62]);
  if (letters.length < 40) throw new RangeError('too few random bytes for an API key');
  return `pk_${letters.slice(0, 8).join('')}_${letters.slice(8, 40).join('')}`;
}
