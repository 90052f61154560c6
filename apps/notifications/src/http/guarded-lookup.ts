import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressRefusal } from '../domain/target-address.js';

/** Resolves a name to all of its addresses, as `dns.lookup` with `all: true`. */
export type ResolveAll = (hostname: string, options: { readonly family?: number | 'IPv4' | 'IPv6'; readonly hints?: number; readonly all: true }, callback: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void) => void;

/**
 * A lookup for connecting sockets: the very answer that is connected to is the one that is judged, so a name
 * that changes its answer between check and use gains nothing. Any forbidden address refuses the whole name.
 */
export function guardedLookup(allowPrivate: boolean, resolve: ResolveAll = lookup): LookupFunction {
  return (hostname, { family, hints, all }, callback) => {
    resolve(hostname, { ...(family === undefined ? {} : { family }), ...(hints === undefined ? {} : { hints }), all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refusal = addresses.map(({ address }) => addressRefusal(address, allowPrivate)).find((reason) => reason !== null);
      if (refusal) return callback(new Error(`refused target: ${refusal}`), '', 0);
      const [first] = addresses;
      if (!first) return callback(new Error('the name has no address'), '', 0);
      if (all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
