import type { SignalInput } from '@perennial/contracts/signal';
import type { Item } from '../vendors/vendor.js';
import { about, given, id, instant, list, object, oneEvent, signal, subjectOf, text } from './fields.js';
import { emailKey, isEmail } from '../identifiers.js';
import type { HookSource, TokenFacts } from './hook-source.js';

/** Calls recorded by Gong, sent by an automation rule. */
export const gong: HookSource = {
  name: 'gong',
  title: 'Gong',
  secretFrom: 'them',
  settings: [],
  checks: () => ({
    publicKey: {
      kind: 'token',
      shows: 'Authorization with the signed token',
      read: ({ headers }) => headers['authorization']?.trim().replace(/^Bearer +/i, '') ?? null,
      faultOf,
    },
  }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(object(object(body['callData'])['metaData'])['id']), type: body['isTest'] === true ? 'test' : 'call' })),
  signalsOf(event, settings) {
    const call = object(event.body['callData']);
    const { scope } = object(call['metaData']);
    if (event.type === 'test' || scope === 'Internal') return [];
    const attendees = externalParties(call);
    return about(subjectOf(event, settings, { account: accountIn(call), person: attendees[0]?.personId.slice('email:'.length) }), (subject) => [callSignal(call, attendees, subject)]);
  },
  page: {
    events: [['an automation rule on recorded calls', 'call, or meeting for a conference, held with the external parties']],
    account: 'the CRM account in the call\'s context (`objectType` Account), else the account of the first external party',
    setUp: [
      'In Gong, Automation rules: add a rule with the action *Fire webhook*, URL `{url}`, and *Signed JWT header* as authentication.',
      'Give the source the public key that Gong shows there, as `publicKey`.',
      'The token names the address that is called: start with `--public-url` (`PUBLIC_URL`) set to the address Gong knows.',
      'Make each CRM account\'s id an alias of its account.',
    ],
    checkedAgainst: 'Gong\'s page with the payload of automation rules and its guide to the token\'s claims; the `jose` library signs the test vectors',
    thin: 'There is no event name: the rule decides what comes. Tests from Gong\'s page, and internal calls, are taken and ignored.',
  },
};

function faultOf({ claims, bodySha256, urls }: TokenFacts): string | null {
  if (claims['body_sha256'] !== bodySha256) return 'the token is about another body: the call was changed on the way, or the token was taken from another call';
  const named = address(text(claims['webhook_url']) ?? '');
  return urls.some((url) => address(url) === named) ? null : 'the token is about another address: set PUBLIC_URL to the one the sender knows';
}

function address(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/$/, '')}`;
}

function accountIn(call: Item): string | null {
  const objects = list(call['context']).flatMap((context) => list(object(context)['objects'])).map(object);
  return id(objects.find(({ objectType }) => objectType === 'Account')?.['objectId']);
}

function externalParties(call: Item): { personId: string }[] {
  const addresses = list(call['parties']).map(object).filter(({ affiliation }) => affiliation === 'External').map((party) => text(party['emailAddress']));
  return [...new Set(addresses.filter((found) => found !== null && isEmail(found) && found.length <= 190).map((found) => emailKey(found as string)))].slice(0, 500).map((personId) => ({ personId }));
}

function callSignal(call: Item, attendees: { personId: string }[], subject: { accountId?: string; personId?: string }): SignalInput {
  const { direction, started } = object(call['metaData']);
  const way = direction === 'Inbound' ? 'inbound' : direction === 'Outbound' ? 'outbound' : null;
  return signal('engagement', subject, instant(started), { type: direction === 'Conference' ? 'meeting' : 'call', outcome: 'held', ...given({ direction: way, attendees: attendees.length > 0 ? attendees : null }) });
}
