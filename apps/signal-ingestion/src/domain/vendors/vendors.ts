import { hookVendors } from '../hooks/hook-sources.js';
import { perennial } from './perennial.js';
import { segment } from './segment.js';
import type { Vendor } from './vendor.js';

/** Every vendor whose clients may send to us. A new one is a module beside `segment.ts` and a line here. */
export const vendors: readonly Vendor[] = [segment, perennial, ...hookVendors];

const byName = new Map(vendors.map((vendor) => [vendor.name, vendor]));

export function vendorNamed(name: string): Vendor | null {
  return byName.get(name) ?? null;
}
