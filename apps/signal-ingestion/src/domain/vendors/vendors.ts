import { hookVendors } from '../hooks/hook-sources.js';
import { amplitude } from './amplitude.js';
import { cloudevents } from './cloudevents.js';
import { mixpanel } from './mixpanel.js';
import { otlp } from './otlp.js';
import { perennial } from './perennial.js';
import { posthog } from './posthog.js';
import { rudderstack } from './rudderstack.js';
import { segment } from './segment.js';
import { snowplow } from './snowplow.js';
import type { Item, Vendor, VendorPath, VendorRequest } from './vendor.js';

/**
 * Every vendor whose clients may send to us. A new one is a module beside `segment.ts` and a line here. Of those
 * that serve the same address the first whose client it was takes the request, and the last what is left.
 */
export const vendors: readonly Vendor[] = [rudderstack, segment, posthog, cloudevents, otlp, amplitude, mixpanel, snowplow, perennial, ...hookVendors];

const byName = new Map(vendors.map((vendor) => [vendor.name, vendor]));

export function vendorNamed(name: string): Vendor | null {
  return byName.get(name) ?? null;
}

/** One vendor's part in an address. */
export interface Served {
  readonly vendor: Vendor;
  readonly path: VendorPath;
}

/** Every address with the vendors that serve it, in order. */
export const addresses: readonly { readonly method: 'GET' | 'POST'; readonly path: string; readonly served: readonly Served[] }[] = addressesOf(vendors);

function addressesOf(all: readonly Vendor[]): { method: 'GET' | 'POST'; path: string; served: Served[] }[] {
  const served = all.flatMap((vendor) => vendor.paths.map((path) => ({ vendor, path })));
  return [...Map.groupBy(served, ({ path }) => `${path.method ?? 'POST'} ${path.path}`)].map(([, group]) => ({ method: group[0]!.path.method ?? 'POST', path: group[0]!.path.path, served: group }));
}

/** Whose client sent a request to an address; `body` null: it is not read yet. */
export function senderOf(served: readonly Served[], request: VendorRequest, body: Item | null): Served {
  return served.find(({ vendor }, at) => at === served.length - 1 || (vendor.sent?.(request, body) ?? false))!;
}
