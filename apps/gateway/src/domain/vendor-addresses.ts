/**
 * Where vendors' clients send to: what lies at or below one of these goes to the edge untouched, which checks write
 * keys itself. Everything else at the root stays closed.
 */
export const vendorAddresses = ['/v1', '/beacon/v1', '/pixel/v1', '/sourceConfig', '/e', '/i', '/batch', '/capture', '/2/httpapi', '/track', '/engage', '/groups', '/com.snowplowanalytics.snowplow'] as const;

/** Whether a path (without query) is forwarded to the edge. */
export function isVendorAddress(path: string): boolean {
  return vendorAddresses.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
