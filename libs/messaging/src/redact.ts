/** Longest message kept with a dead letter, in characters. */
const maxMessage = 512;

/** Values that give themselves away in free text: mail addresses, our keys, credentials, passwords in addresses, quoted row values. */
const telltales: readonly [RegExp, string][] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]'],
  [/\b(?:wk|pk|whsec)_[\w+/=-]{6,}/g, '[key]'],
  [/\b(?:bearer|basic)\s+[\w+/=.~-]{6,}/gi, '[credentials]'],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]+/g, '[token]'],
  [/(:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:[password]@'],
  // Postgres: Key (email)=(..) already exists. Failing row contains (..).
  [/\)=\([^)]*\)/g, ')=([value])'],
  [/(Failing row contains) \(.*\)/gs, '$1 ([values])'],
  // Postgres: invalid input syntax for type integer: "..". V8: Unexpected token 'x', "..".. is not valid JSON.
  [/((?:invalid input|out of range|not valid|malformed)[^":]*): ".*"/gs, '$1: "[value]"'],
  [/(Unexpected (?:non-whitespace )?(?:token|character|string|number)).* is not valid JSON/gs, '$1: not valid JSON'],
];

/** Free text without what may stand neither in a log nor in a dead letter. */
export function redactText(text: string): string {
  return telltales.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** An error's message as it may be kept: personal data and secrets out, no control characters, at most 512 characters. */
export function redactedMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return redactText(text).replace(/[\u0000-\u001f\u007f]+/g, ' ').trim().slice(0, maxMessage);
}
