import { perennial } from '../vendors/perennial.js';
import type { Item, Meaning, Vendor } from '../vendors/vendor.js';
import { calendly } from './calendly.js';
import { chargebee } from './chargebee.js';
import { delighted } from './delighted.js';
import { generic } from './generic.js';
import { gong } from './gong.js';
import type { HookSource } from './hook-source.js';
import { hubspot } from './hubspot.js';
import { intercom } from './intercom.js';
import { jiraServiceManagement } from './jira-service-management.js';
import { lago } from './lago.js';
import { qualtrics } from './qualtrics.js';
import { recurly } from './recurly.js';
import { salesforce } from './salesforce.js';
import { stripe } from './stripe.js';
import { surveymonkey } from './surveymonkey.js';
import { typeform } from './typeform.js';
import { zendesk } from './zendesk.js';

/** Every business system whose webhooks are understood. A new one is a module beside `zendesk.ts` and a line here. */
export const hookSources: readonly HookSource[] = [
  zendesk, intercom, jiraServiceManagement, hubspot, salesforce, stripe, chargebee, recurly, lago,
  delighted, typeform, surveymonkey, qualtrics, calendly, gong, generic,
];

const byName = new Map(hookSources.map((source) => [source.name, source]));

export function hookSourceNamed(name: string): HookSource | null {
  return byName.get(name) ?? null;
}

/**
 * On the telemetry topic a webhook's signals stand as SIGNALs under the source's name. That somebody wrote a ticket
 * for an account, or was on a call about it, does not move them there; only what is told about the person does.
 */
export const hookVendors: readonly Vendor[] = hookSources.map(({ name }) => (name === generic.name ? { ...perennial, name } : { ...perennial, name, meaningOf }));

function meaningOf(call: string, item: Item): Meaning {
  const meaning = perennial.meaningOf(call, item);
  return meaning.signal?.kind === 'person' ? meaning : { ...meaning, movesPerson: 'if_unplaced' };
}
