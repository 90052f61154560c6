/** What a request shows to say who sends it. */
export type Presented = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'token'; readonly token: string } | { readonly kind: 'none' } | { readonly kind: 'malformed' };

const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads an Authorization header: Basic with `writeKey:` or the key alone, Bearer with a write key or with
 * the gateway's identity token (a JWT, which a write key can never look like).
 */
export function presentedBy(authorization: string | undefined): Presented {
  if (authorization === undefined) return { kind: 'none' };
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return jwt.test(value) ? { kind: 'token', token: value } : { kind: 'key', key: value };
  if (scheme.toLowerCase() !== 'basic') return { kind: 'malformed' };
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const key = colon < 0 ? text : text.slice(0, colon);
  return key === '' || (colon >= 0 && colon !== text.length - 1) ? { kind: 'malformed' } : { kind: 'key', key };
}
