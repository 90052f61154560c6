import ipaddr from 'ipaddr.js';

/** Ranges an operator may open for receivers inside the own network; all other special ranges stay closed. */
const privateRanges = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Why a webhook may not connect to `address` (IPv4 or IPv6 text), or null when it may. Only global unicast is
 * open: mapped (::ffff:0:0/96), translated (64:ff9b::/96), 6to4, Teredo, link-local (cloud metadata),
 * multicast and reserved addresses are refused whatever the setting, except mapped ones, which are judged as IPv4.
 */
export function addressRefusal(address: string, allowPrivate: boolean): string | null {
  if (!ipaddr.isValid(address)) return `${address} is no IP address`;
  const range = ipaddr.process(address).range();
  if (range === 'unicast') return null;
  if (allowPrivate && privateRanges.has(range)) return null;
  return `the address is ${range}, not public`;
}

/** Why `url` cannot be a webhook target, or null. Plain http is for private networks only. */
export function urlRefusal(url: string, allowPrivate: boolean): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed) return 'must be an absolute URL, e.g. https://example.com/hooks';
  if (parsed.protocol !== 'https:' && !(allowPrivate && parsed.protocol === 'http:')) return 'must start with https://';
  if (parsed.username || parsed.password) return 'must not carry a user name or password';
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? addressRefusal(host, allowPrivate) : null;
}
