/** Longest message kept with a dead letter, in characters. */
const maxMessage = 512;

/** Values that give themselves away in the text of an error: mail addresses, our keys, credentials, quoted row values. */
const telltales: readonly [RegExp, string][] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]'],
  [/\b(?:wk|pk|whsec)_[\w+/=-]{6,}/g, '[key]'],
  [/\b(?:bearer|basic)\s+[\w+/=.~-]{6,}/gi, '[credentials]'],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]+/g, '[token]'],
  [/(:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:[password]@'],
  // Postgres: Key (email)=(..) already exists.
  [/\)=\([^)]*\)/g, ')=([value])'],
];

/** An error's message as it may be kept: personal data and secrets out, no control characters, at most 512 characters. */
export function redactedMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const redacted = telltales.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
  return redacted.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim().slice(0, maxMessage);
}
