import { perennial } from '../vendors/perennial.js';
import type { Vendor } from '../vendors/vendor.js';
import { generic } from './generic.js';
import type { HookSource } from './hook-source.js';
import { stripe } from './stripe.js';
import { zendesk } from './zendesk.js';

/** Every business system whose webhooks are understood. A new one is a module beside `zendesk.ts` and a line here. */
export const hookSources: readonly HookSource[] = [zendesk, stripe, generic];

const byName = new Map(hookSources.map((source) => [source.name, source]));

export function hookSourceNamed(name: string): HookSource | null {
  return byName.get(name) ?? null;
}

/** On the telemetry topic a webhook's signals stand as SIGNALs under the source's name. */
export const hookVendors: readonly Vendor[] = hookSources.map(({ name }) => ({ ...perennial, name }));
