import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import { about, bodyText, id, instant, invalidJson, isItem, number, parsed, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { fiveMinutes, hmac, milliseconds } from './schemes.js';

/** Properties of contacts that say something about a person, and as what. */
const properties = { jobtitle: 'title', email: 'email', company: 'company' } as const;
const isKnown = (name: string): name is keyof typeof properties => Object.hasOwn(properties, name);

/** Contacts of HubSpot, by the webhooks of a private or public app. */
export const hubspot: HookSource = {
  name: 'hubspot',
  title: 'HubSpot',
  secretFrom: 'them',
  settings: [],
  checks: () => ({
    secret: hmac({
      hash: 'sha256',
      encoding: 'base64',
      shows: 'X-HubSpot-Signature-v3 and X-HubSpot-Request-Timestamp',
      toleranceSeconds: fiveMinutes,
      read({ headers, method, urls, body }) {
        const shown = headers['x-hubspot-signature-v3'];
        const time = headers['x-hubspot-request-timestamp'];
        return shown === undefined || time === undefined ? null : { signatures: [shown], signedAt: milliseconds(time), texts: urls.map((url) => [method, url, body, time]) };
      },
    }),
  }),
  eventsOf(request) {
    const json = parsed(bodyText(request));
    if (json === null) return invalidJson;
    const events = Array.isArray(json.value) ? (json.value as unknown[]) : [json.value];
    if (!events.every(isItem)) return { code: 'invalid_field', pointer: '', detail: 'the body must be an array of events' };
    // HubSpot says that its eventId alone is not unique.
    return events.map((body) => ({ id: ['eventId', 'subscriptionId', 'objectId', 'occurredAt'].map((name) => id(body[name]) ?? '').join('/'), type: text(body['subscriptionType']) ?? '', body }));
  },
  signalsOf(event, settings) {
    const property = text(event.body['propertyName']) ?? '';
    if (event.type !== 'contact.propertyChange' || !isKnown(property)) return [];
    const contact = id(event.body['objectId']);
    return about(subjectOf(event, settings, { person: contact === null ? null : `hubspot:${contact}` }), (subject) => contactSignal(event, property, subject));
  },
  page: {
    events: [['contact.propertyChange of jobtitle, email, company', 'person updated']],
    account: 'none: the contact `hubspot:<id>` waits until you assign it to an account, or merge it with the person you know',
    setUp: [
      'In your app, Webhooks: target URL `{url}`, subscriptions to the property changes above.',
      'Give the source the app\'s client secret.',
      'HubSpot signs the address it calls: start with `--public-url` (`PUBLIC_URL`) set to the address it knows.',
    ],
    checkedAgainst: 'HubSpot\'s page on validating requests; a vector of signature v3 is that of its official library',
    thin: 'An event holds one property and the contact\'s id only, no name and no company; of deals and companies it says too little to be a signal, so those events are taken and ignored.',
  },
};

function contactSignal({ body }: HookEvent, property: keyof typeof properties, subject: Subject): readonly SignalInput[] | ItemFault {
  const value = words(body['propertyValue'], property === 'email' ? 320 : 500);
  // Emptied: nothing is known any more, which no signal says.
  if (value === null) return [];
  return [signal('person', subject, instant(number(body['occurredAt'])), { change: 'updated', [properties[property]]: value })];
}
