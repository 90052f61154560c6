import { addresses, vendors } from '../domain/vendors/vendors.js';

const settings = vendors.flatMap((vendor) => (vendor.settings ?? []).map(({ path }) => path));
const hooks = /^\/v1\/hooks\/[^/]+\/[^/]+$/;
const fixed = new Set([...addresses.map(({ path }) => path), ...settings].filter((path) => !path.includes(':')));
const patterns = [...addresses.map(({ path }) => path), ...settings].filter((path) => path.includes(':')).map((path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`));

/** True for the addresses that belong to vendors' clients (query allowed): they stand at the root of the one origin. */
export function vendorPaths(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return fixed.has(path) || hooks.test(path) || patterns.some((pattern) => pattern.test(path));
}
