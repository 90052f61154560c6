import { vendors } from '../domain/vendors/vendors.js';

const paths = new Set(vendors.flatMap((vendor) => vendor.paths.map(({ path }) => path)));
const settings = /^\/v1\/projects\/[^/]+\/settings$/;
const hooks = /^\/v1\/hooks\/[^/]+\/[^/]+$/;

/** True for the addresses that belong to vendors' clients (query allowed): they stand at the root of the one origin. */
export function vendorPaths(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return paths.has(path) || settings.test(path) || hooks.test(path);
}
